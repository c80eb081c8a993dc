"""Precision and recall along a ranking, and the area under their curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.estimates import Estimate, divide, percentiles
from sciarada.evaluation.resampling import RESAMPLINGS, resample_counts
from sciarada.evaluation.tables import Meaning, make_table

_GROUPS = 1000


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """Precision and recall of the ranked items above each of their scores.

    Ranked are detections, or sources by the probability of a class.

    Parameters
    ----------
    name : str
        The class, empty for all sources.
    score : ndarray
        Scores, each once, falling.
    precision, recall : ndarray
        Of what has at least that score.
    average_precision : Estimate
        Sum of the precision at each score, weighted by what the recall gains there; nothing
        is interpolated.
    """

    name: str
    score: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    average_precision: Estimate

    def table(self) -> Table:
        """Return the curve, one row per score."""
        meanings = {
            "score": Meaning("Least score", float),
            "precision": Meaning("Share of what has it that is right", float),
            "recall": Meaning("Share of what was to be found that has it", float),
        }
        columns = (self.score, self.precision, self.recall)
        return make_table(
            meanings,
            [dict(zip(meanings, row, strict=True)) for row in zip(*columns, strict=True)],
        )


@dataclass(frozen=True)
class AveragePrecision:
    """Average precision of each class, and their mean.

    Parameters
    ----------
    curves : tuple of PrecisionRecall
        Of each class.
    mean : Estimate
        Over the classes that occur in the truth.
    """

    curves: tuple[PrecisionRecall, ...]
    mean: Estimate

    def table(self) -> Table:
        """Return one row per class, then one for the mean."""
        meanings = {
            "class": Meaning("Class; 'mean' is the mean over classes", str),
            "average_precision": Meaning("Area under the precision-recall curve"),
        }
        rows = [(curve.name, curve.average_precision) for curve in self.curves]
        rows.append(("mean", self.mean))
        return make_table(meanings, [dict(zip(meanings, row, strict=True)) for row in rows])


def rank(
    name: str, score: np.ndarray, right: np.ndarray, total: int, rng: np.random.Generator
) -> tuple[PrecisionRecall, np.ndarray]:
    """Walk down a ranking; equal scores count at once.

    Parameters
    ----------
    name : str
        The class, empty for all sources.
    score : ndarray, shape (n,)
        Of what is ranked, the best the highest.
    right : ndarray of bool, shape (n,)
        What of it is right.
    total : int
        How much was to be found, whether or not it is ranked.
    rng : `~numpy.random.Generator`
        Of the bootstrap.

    Returns
    -------
    curve : PrecisionRecall
    samples : ndarray
        Of the bootstrap of its average precision.
    """
    steps, place = np.unique(-score, return_inverse=True)
    hits, counts = (
        np.bincount(place, weights, minlength=len(steps)).astype(np.int64)
        for weights in (right, None)
    )
    above, all_above = np.cumsum(hits), np.cumsum(counts)
    precision = divide(above, all_above)
    value = float(_average_precision(hits, counts - hits, np.array(total)))
    again = value + _resampled_error(hits, counts - hits, total, rng)
    again = np.clip(again, 0.0, 1.0)
    return (
        PrecisionRecall(
            name, -steps, precision, divide(above, total), percentiles(value, again, total)
        ),
        again,
    )


def mean_of_classes(ranked: Sequence[tuple[PrecisionRecall, np.ndarray]]) -> AveragePrecision:
    """Return the curves of `rank`, one per class, and the mean of their areas."""
    curves = tuple(curve for curve, _ in ranked)
    measured = [
        (curve.average_precision, samples)
        for curve, samples in ranked
        if not math.isnan(curve.average_precision.value)
    ]
    count = sum(area.count for area, _ in measured)
    if not measured:
        return AveragePrecision(curves, Estimate(math.nan, math.nan, math.nan, count))
    value = float(np.mean([area.value for area, _ in measured]))
    again = np.mean([samples for _, samples in measured], axis=0)
    return AveragePrecision(curves, percentiles(value, again, count))


def _average_precision(hits: np.ndarray, false: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the area of hits and false detections (..., steps), the best score first."""
    above = np.cumsum(hits, axis=-1)
    precision = divide(above, above + np.cumsum(false, axis=-1))
    area = np.where(hits > 0, hits * np.nan_to_num(precision), 0.0).sum(axis=-1)
    return divide(area, total)


def _resampled_error(
    hits: np.ndarray, false: np.ndarray, total: int, rng: np.random.Generator
) -> np.ndarray:
    """Return bootstrap samples of the area less its value.

    Drawn are hits, false detections and missed sources. Of many scores neighbours are put
    together, which changes the area a little, but not how it scatters.
    """
    group = np.arange(len(hits)) * min(_GROUPS, len(hits)) // max(len(hits), 1)
    hits, false = (
        np.bincount(group, values, minlength=1).astype(np.int64) for values in (hits, false)
    )
    missed = total - int(hits.sum())
    outcomes = np.concatenate([hits, false, [missed]])
    if not total:
        return np.full(RESAMPLINGS, math.nan)
    drawn = resample_counts(outcomes, rng)
    steps = len(hits)
    hits_again = drawn[:, :steps]
    total_again = hits_again.sum(axis=1) + drawn[:, -1]
    again = _average_precision(hits_again, drawn[:, steps:-1], total_again)
    return again - _average_precision(hits, false, np.array(total))
