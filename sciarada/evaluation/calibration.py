"""Calibration of probabilities: of predictions with 0.8, four in five should be right."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.core.schema import CLASS_PROBABILITY
from sciarada.evaluation.calibration_error import Claims, Draws, calibration_error
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.estimates import UNMEASURED, Estimate, proportion
from sciarada.evaluation.tables import Meaning, make_table

BINS = 15
_MIN_PROBABILITY = float(np.finfo(np.float64).eps)
_ROUNDING = 1e-3


@dataclass(frozen=True)
class ReliabilityBin:
    """Sources that were given about the same probability.

    Parameters
    ----------
    low, high : float
        Edges of the bin.
    confidence : float
        Mean probability.
    share : Estimate
        Share that was right, which should be the same.
    """

    low: float
    high: float
    confidence: float
    share: Estimate


@dataclass(frozen=True)
class CalibrationScore:
    """The calibration of predicted probabilities.

    Parameters
    ----------
    ece : Estimate
        Expected calibration error: mean distance between probability and share that was
        right, in bins of equal width.
    ece_by_mass : Estimate
        The same in bins that hold about as many sources each.
    ece_by_chance : float
        What ``ece`` would be on average if every probability were exactly right: with few
        sources no classifier reaches 0.
    classwise_ece : Estimate
        Mean over classes of the error of each class's probability, in bins of equal width.
    brier : Estimate
        Mean squared distance between probabilities and outcome (Brier 1950, MWR 78, 1); summed
        over classes, so 0 to 2.
    log_loss : Estimate
        Mean of -ln of the probability of what was true.
    diagram : tuple of ReliabilityBin
        Bins of equal width that are not empty.
    """

    ece: Estimate
    ece_by_mass: Estimate
    ece_by_chance: float
    classwise_ece: Estimate
    brier: Estimate
    log_loss: Estimate
    diagram: tuple[ReliabilityBin, ...]

    def table(self) -> Table:
        """Return the reliability diagram, one row per bin."""
        meanings = {
            "low": Meaning("Lower edge of the probability", float),
            "high": Meaning("Upper edge of the probability", float),
            "confidence": Meaning("Mean probability", float),
            "share": Meaning("Share that was right"),
        }
        return make_table(meanings, [vars(row) for row in self.diagram])

    def summary(self) -> Table:
        """Return one row per score."""
        meanings = {
            "score": Meaning("Name of the score", str),
            "value": Meaning("Its value"),
            "meaning": Meaning("What it is", str),
        }
        chance = Estimate(self.ece_by_chance, math.nan, math.nan, self.ece.count)
        rows = [
            {
                "score": name,
                "value": chance if name == "ece_by_chance" else getattr(self, name),
                "meaning": text,
            }
            for name, text in _MEANINGS.items()
        ]
        return make_table(meanings, rows)


_MEANINGS = {
    "ece": "expected calibration error, bins of equal width",
    "ece_by_mass": "expected calibration error, bins of equal numbers",
    "ece_by_chance": "what ece would be if all probabilities were right",
    "classwise_ece": "mean expected calibration error of the classes",
    "brier": "mean squared error of the probabilities",
    "log_loss": "mean of -ln of the probability of what was true",
}


def score_calibration(
    probabilities: np.ndarray, true: np.ndarray, *, bins: int = BINS, seed: int = 0
) -> CalibrationScore:
    """Score the class probabilities of sources.

    Parameters
    ----------
    probabilities : ndarray, shape (n, k)
        Of each class; each row adds up to 1.
    true : ndarray of int, shape (n,)
        Number of the true class, from 0.
    bins : int
        Number of bins of probability.
    seed : int
        Of the bootstrap.

    Returns
    -------
    CalibrationScore
        ``ece`` and ``diagram`` are about the highest probability of each source.

    Raises
    ------
    ValueError
        Rows do not add up to 1, or a class is not there.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    true = np.asarray(true, dtype=np.int64)
    count, k = probabilities.shape
    if not np.allclose(probabilities.sum(axis=1), 1.0, atol=_ROUNDING):
        raise ValueError("the probabilities of a source do not add up to 1")
    if count and not (true.min() >= 0 and true.max() < k):
        raise ValueError(f"true classes are numbers from 0 to {k - 1}")
    if not count:
        return CalibrationScore(
            UNMEASURED, UNMEASURED, math.nan, UNMEASURED, UNMEASURED, UNMEASURED, ()
        )
    outcome = np.zeros((count, k))
    outcome[np.arange(count), true] = 1.0
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    draws = Draws.of(count, seed)
    by_width = Claims(confidence, right, _equal_widths(confidence, bins), bins)
    by_mass = Claims(confidence, right, _equal_masses(confidence, bins), bins)
    classwise = [
        Claims(p, y, _equal_widths(p, bins), bins)
        for p, y in zip(probabilities.T, outcome.T, strict=True)
    ]
    of_truth = probabilities[np.arange(count), true]
    return CalibrationScore(
        ece=calibration_error([by_width], draws),
        ece_by_mass=calibration_error([by_mass], draws),
        ece_by_chance=by_width.error_by_chance(),
        classwise_ece=calibration_error(classwise, draws),
        brier=draws.mean(((probabilities - outcome) ** 2).sum(axis=1)),
        log_loss=draws.mean(-np.log(np.clip(of_truth, _MIN_PROBABILITY, 1.0))),
        diagram=_diagram(by_width),
    )


def class_probabilities(table: Table) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the classes of the columns ``p_<class>`` and their values, shape (n, k)."""
    columns = [name for name in table.colnames if CLASS_PROBABILITY.fullmatch(name)]
    values = [numbers(table, name) for name in columns]
    classes = tuple(name.removeprefix("p_") for name in columns)
    return classes, np.stack(values, axis=1) if values else np.empty((len(table), 0))


def _equal_widths(probability: np.ndarray, bins: int) -> np.ndarray:
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def _equal_masses(probability: np.ndarray, bins: int) -> np.ndarray:
    """Return bins of about equal numbers; equal probabilities share a bin."""
    edges = np.quantile(probability, np.arange(1, bins) / bins)
    return np.searchsorted(edges, probability, side="right")


def _diagram(claims: Claims) -> tuple[ReliabilityBin, ...]:
    counts, hits, sums = (
        np.bincount(claims.bin, weights, minlength=claims.bins)
        for weights in (None, claims.outcome, claims.probability)
    )
    return tuple(
        ReliabilityBin(
            low=i / claims.bins,
            high=(i + 1) / claims.bins,
            confidence=float(sums[i] / counts[i]),
            share=proportion(int(hits[i]), int(counts[i])),
        )
        for i in np.flatnonzero(counts).tolist()
    )
