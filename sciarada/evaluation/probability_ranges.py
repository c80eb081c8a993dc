"""Class scores of the sources about which a classifier was more, or less, certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.classification import ClassScore, class_names, score_classes
from sciarada.evaluation.estimates import Estimate, share_of
from sciarada.evaluation.tables import Meaning, make_table


@dataclass(frozen=True)
class ProbabilityRange:
    """A range of the probability of the class that was given, both ends included.

    Parameters
    ----------
    name : str
        How tables call it.
    low, high : float
        Its ends.
    """

    name: str
    low: float = 0.0
    high: float = 1.0


BARON_PEREZ_RANGES = (
    ProbabilityRange("p <= 0.85", high=0.85),
    ProbabilityRange("all"),
    ProbabilityRange("p >= 0.99", low=0.99),
)
"""The ranges of Baron Perez et al. (2025, A&A 699, A302)."""


@dataclass(frozen=True)
class ProbabilityScore:
    """Class scores by how certain the classifier was.

    Parameters
    ----------
    ranges : tuple of ProbabilityRange
    coverage : tuple of Estimate
        Share of the sources in each range.
    scores : tuple of ClassScore
        Of the sources in each range, all with the same classes.
    """

    ranges: tuple[ProbabilityRange, ...]
    coverage: tuple[Estimate, ...]
    scores: tuple[ClassScore, ...]

    def table(self) -> Table:
        """Return one row per range and class, then one for the mean over the classes."""
        meanings = {
            "range": Meaning("Range of the probability of the class that was given", str),
            "class": Meaning("Class; 'macro' is the mean over classes", str),
            "f1": Meaning("Harmonic mean of precision and recall"),
            "precision": Meaning("Share of the sources given this class that are of it", float),
            "recall": Meaning("Share of the sources of this class that were given it", float),
        }
        rows = []
        for range_, score in zip(self.ranges, self.scores, strict=True):
            columns = (score.classes, score.f1, score.precision, score.recall)
            for name, f1, precision, recall in zip(*columns, strict=True):
                rows.append((range_.name, name, f1, precision.value, recall.value))
            means = (_mean(score.precision), _mean(score.recall))
            rows.append((range_.name, "macro", score.macro_f1, *means))
        return make_table(meanings, [dict(zip(meanings, row, strict=True)) for row in rows])

    def summary(self) -> Table:
        """Return one row per range: how many sources lie in it, and their scores."""
        meanings = {
            "range": Meaning("Range of the probability of the class that was given", str),
            "coverage": Meaning("Share of the sources in this range"),
            "accuracy": Meaning("Share of the sources in it that were given their true class"),
            "macro_f1": Meaning("Mean F1 of the classes"),
        }
        rows = [
            {
                "range": range_.name,
                "coverage": coverage,
                "accuracy": score.accuracy,
                "macro_f1": score.macro_f1,
            }
            for range_, coverage, score in zip(self.ranges, self.coverage, self.scores, strict=True)
        ]
        return make_table(meanings, rows)


def score_by_probability(
    true: Sequence[str] | np.ndarray,
    given: Sequence[str] | np.ndarray,
    probability: np.ndarray,
    *,
    ranges: Sequence[ProbabilityRange] = BARON_PEREZ_RANGES,
    seed: int = 0,
) -> ProbabilityScore:
    """Score classes in ranges of the probability of the class that was given.

    Parameters
    ----------
    true, given : array_like of str, shape (n,)
        As in `~sciarada.evaluation.classification.score_classes`.
    probability : ndarray, shape (n,)
        Of the class that was given; NaN is in no range.
    ranges : sequence of ProbabilityRange
        Those of Baron Perez et al. (2025) by default.
    seed : int
        Of the bootstrap.

    Returns
    -------
    ProbabilityScore
    """
    every = np.asarray(true, dtype=str)
    known = every != ""
    classes, predicted = every[known], np.asarray(given, dtype=str)[known]
    probability = np.asarray(probability)[known]
    names = class_names(classes, predicted)
    inside = [(probability >= r.low) & (probability <= r.high) for r in ranges]
    return ProbabilityScore(
        ranges=tuple(ranges),
        coverage=tuple(share_of(rows) for rows in inside),
        scores=tuple(
            score_classes(classes[rows], predicted[rows], classes=names, seed=seed)
            for rows in inside
        ),
    )


def _mean(estimates: Sequence[Estimate]) -> float:
    values = np.array([estimate.value for estimate in estimates])
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
