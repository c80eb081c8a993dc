"""Scores of a probe: classes, calibration, and the scatter between draws of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.evaluation.calibration import CalibrationScore, score_calibration
from sciarada.evaluation.classification import class_codes
from sciarada.evaluation.comparison import Comparison
from sciarada.evaluation.estimates import Estimate
from sciarada.evaluation.repeated import (
    MEASURES,
    RepeatedScore,
    compare_repeated,
    mean_estimate,
    score_repeated,
)

PROBABILITIES = ("ece", "ece_by_chance", "brier", "log_loss")


@dataclass(frozen=True, eq=False)
class ProbeScore:
    """Scores of one contender, probed in one way with one amount of labels.

    Parameters
    ----------
    contender : str
        Whose features were probed.
    kind : str
        How: ``linear``, ``knn`` or ``finetune``.
    amount : str
        What share of the labels was learned from.
    labels : int
        Number of labels that was, the mean over trainings.
    score : RepeatedScore
        Over trainings with several seeds.
    calibration : tuple of CalibrationScore
        Of the probabilities, one per seed.
    """

    contender: str
    kind: str
    amount: str
    labels: int
    score: RepeatedScore
    calibration: tuple[CalibrationScore, ...]

    @property
    def name(self) -> str:
        """Contender and kind."""
        return f"{self.contender}, {self.kind}"

    def estimate(self, measure: str) -> Estimate:
        """Return a score of all classes such as ``macro_f1``, or one of `PROBABILITIES`."""
        if measure in MEASURES:
            return getattr(self.score, measure)
        return mean_estimate([_estimate(each, measure) for each in self.calibration])

    def of_training(self, number: int) -> dict[str, float]:
        """Return all scores of one training."""
        confusion = self.score.confusion[number]
        calibration = self.calibration[number]
        return {name: float(score(confusion)) for name, score in MEASURES.items()} | {
            name: _estimate(calibration, name).value for name in PROBABILITIES
        }


def score_probe(
    contender: str,
    kind: str,
    amount: str,
    labels: int,
    true: np.ndarray,
    probabilities: np.ndarray,
    classes: Sequence[str],
) -> ProbeScore:
    """Score the class probabilities that several trainings gave to the same sources.

    Parameters
    ----------
    contender, kind, amount, labels
        See `ProbeScore`.
    true : ndarray of str, shape (n,)
        True classes.
    probabilities : ndarray, shape (r, n, k)
        Of each training; the most probable class is the one that is given.
    classes : sequence of str, length k
        All classes.
    """
    given = np.asarray(classes)[probabilities.argmax(axis=2)]
    codes = class_codes(np.asarray(true), classes)
    return ProbeScore(
        contender,
        kind,
        amount,
        labels,
        score_repeated(true, given, classes=classes),
        tuple(score_calibration(each, codes) for each in probabilities),
    )


def compare_probes(
    scores: Sequence[ProbeScore],
) -> list[tuple[ProbeScore, ProbeScore, Comparison]]:
    """Compare every two probes that learned from the same amount of labels."""
    return [
        (first, second, compare_repeated(first.score, second.score))
        for number, first in enumerate(scores)
        for second in scores[number + 1 :]
        if first.amount == second.amount
    ]


def _estimate(calibration: CalibrationScore, measure: str) -> Estimate:
    value = getattr(calibration, measure)
    if isinstance(value, Estimate):
        return value
    return Estimate(value, value, value, calibration.ece.count)
