"""Average precision: how well a detector's scores put sources before false detections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluate.candidates import LEAST_IOU, Candidates, find_candidates
from sciarada.evaluate.classification import class_names
from sciarada.evaluate.columns import numbers, words
from sciarada.evaluate.estimates import Estimate, divide, percentiles
from sciarada.evaluate.mask_pairs import MaskPairs
from sciarada.evaluate.matching import take_in_order
from sciarada.evaluate.overlap import Overlaps
from sciarada.evaluate.resampling import RESAMPLINGS, resample_counts
from sciarada.evaluate.roles import NO_LIMITS, Limits, Role, below_limits, truth_roles
from sciarada.evaluate.tables import Meaning, make_table

_GROUPS = 1000


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """Precision and recall of the detections above each of their scores.

    Parameters
    ----------
    name : str
        The class, empty for all sources.
    score : ndarray
        Scores of the detections, each once, falling.
    precision, recall : ndarray
        Of the detections with at least that score.
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
        """Return the curve, one row a score."""
        meanings = {
            "score": Meaning("Least score of the detections", float),
            "precision": Meaning("Share of them that are true sources", float),
            "recall": Meaning("Share of the true sources that they find", float),
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
        """Return one row a class, then one for the mean."""
        meanings = {
            "class": Meaning("Class; 'mean' is the mean over classes", str),
            "average_precision": Meaning("Area under the precision-recall curve"),
        }
        rows = [(curve.name, curve.average_precision) for curve in self.curves]
        rows.append(("mean", self.mean))
        return make_table(meanings, [dict(zip(meanings, row, strict=True)) for row in rows])


def score_ranking(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    limits: Limits = NO_LIMITS,
    overlaps: Overlaps | None = None,
    least_iou: float = LEAST_IOU,
    score: str = "det_score",
    seed: int = 0,
) -> PrecisionRecall:
    """Score the order in which a detector's scores put its detections, whatever their class.

    Parameters
    ----------
    found, truth, radius, overlaps, least_iou
        As in `~sciarada.evaluate.association.associate`.
    limits : Limits
        Fainter sources, and flagged ones, are left out together with their detections.
        Artefacts of the truth are no sources.
    score : str
        Column of scores; detections without one are left out.
    seed : int
        Of the bootstrap.

    Returns
    -------
    PrecisionRecall
        Detections take their source in the order of their scores, as is usual for average
        precision; so the pairs can differ from those of ``associate``.
    """
    roles = truth_roles(truth, limits)
    pairs = _candidates(found, truth, radius, overlaps, least_iou)
    values = numbers(found, score)
    curve, _ = _curve(
        "",
        pairs.select(roles[pairs.truth] != Role.SPURIOUS),
        values,
        np.isfinite(values),
        roles == Role.COUNTED,
        np.random.default_rng(seed),
    )
    return curve


def score_class_rankings(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    limits: Limits = NO_LIMITS,
    overlaps: Overlaps | None = None,
    least_iou: float = LEAST_IOU,
    score: str = "det_score",
    column: str = "class_name",
    seed: int = 0,
) -> AveragePrecision:
    """Score the order of the detections class by class.

    A detection is right if it has the class of the true source it takes; ``spurious`` and
    ``flagged`` are classes like others.

    Parameters
    ----------
    found, truth, radius, limits, overlaps, least_iou, score, seed
        As in `score_ranking`.
    classes : sequence of str, optional
        Which; those of the truth by default.
    column : str
        Column of classes in both tables.

    Returns
    -------
    AveragePrecision
    """
    true_class, class_ = words(truth, column), words(found, column)
    names = class_names(true_class) if classes is None else tuple(classes)
    bright = ~below_limits(truth, limits)
    pairs = _candidates(found, truth, radius, overlaps, least_iou)
    values = numbers(found, score)
    rng = np.random.default_rng(seed)
    curves, samples = [], []
    for name in names:
        own = (true_class[pairs.truth] == name) & (class_[pairs.found] == name)
        curve, again = _curve(
            name,
            pairs.select(own),
            values,
            np.isfinite(values) & (class_ == name),
            bright & (true_class == name),
            rng,
        )
        curves.append(curve)
        samples.append(again)
    return AveragePrecision(tuple(curves), _mean(curves, samples))


def _candidates(
    found: Table, truth: Table, radius: ArrayLike, overlaps: Overlaps | None, least_iou: float
) -> Candidates:
    return find_candidates(found, truth, radius, MaskPairs.of(found, truth, overlaps), least_iou)


def _curve(
    name: str,
    pairs: Candidates,
    score: np.ndarray,
    judged: np.ndarray,
    wanted: np.ndarray,
    rng: np.random.Generator,
) -> tuple[PrecisionRecall, np.ndarray]:
    """Return the curve, and bootstrap samples of its average precision.

    Detections that take a source which is not wanted are left out.
    """
    pairs = pairs.select(judged[pairs.found])
    best_first = np.lexsort(
        (
            pairs.truth,
            pairs.cost,
            ~pairs.by_mask,
            ~wanted[pairs.truth],
            pairs.found,
            -score[pairs.found],
        )
    )
    pairs = pairs.select(best_first)
    pairs = pairs.select(take_in_order(pairs.truth, pairs.found))
    right, left_out = np.zeros((2, len(score)), dtype=bool)
    right[pairs.found] = wanted[pairs.truth]
    left_out[pairs.found] = ~wanted[pairs.truth]
    rows = np.flatnonzero(judged & ~left_out)
    steps, place = np.unique(-score[rows], return_inverse=True)
    hits, counts = (
        np.bincount(place, weights, minlength=len(steps)).astype(np.int64)
        for weights in (right[rows], None)
    )
    total = int(wanted.sum())
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


def _mean(curves: list[PrecisionRecall], samples: list[np.ndarray]) -> Estimate:
    measured = [i for i, c in enumerate(curves) if not math.isnan(c.average_precision.value)]
    count = sum(curves[i].average_precision.count for i in measured)
    if not measured:
        return Estimate(math.nan, math.nan, math.nan, count)
    value = float(np.mean([curves[i].average_precision.value for i in measured]))
    return percentiles(value, np.mean([samples[i] for i in measured], axis=0), count)
