"""Average precision: how well scores rank correct detections before wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluation.candidate_pairs import MIN_IOU, CandidatePairs, find_candidate_pairs
from sciarada.evaluation.classification import class_names
from sciarada.evaluation.columns import compared_classes, numbers
from sciarada.evaluation.mask_pairs import MaskPairs
from sciarada.evaluation.matching import take_in_order
from sciarada.evaluation.overlap import Overlaps
from sciarada.evaluation.precision_recall import (
    AveragePrecision,
    PrecisionRecall,
    mean_of_classes,
    rank,
)
from sciarada.evaluation.truth_status import (
    NO_LIMITS,
    Limits,
    TruthStatus,
    below_limits,
    truth_status,
)


def score_ranking(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    limits: Limits = NO_LIMITS,
    overlaps: Overlaps | None = None,
    min_iou: float = MIN_IOU,
    score: str = "det_score",
    seed: int = 0,
) -> PrecisionRecall:
    """Score the ranking of detections by their scores, independent of their class.

    Parameters
    ----------
    found, truth, radius, overlaps, min_iou
        As in `~sciarada.evaluation.association.associate`.
    limits : Limits
        Fainter sources, and flagged ones, are omitted together with their detections.
        Artefacts of the truth are no sources.
    score : str
        Column of scores; detections without one are omitted.
    seed : int
        Of the bootstrap.

    Returns
    -------
    PrecisionRecall
        Detections take their source in the order of their scores, as is usual for average
        precision; so the pairs can differ from those of ``associate``.
    """
    statuses = truth_status(truth, limits)
    pairs = _candidates(found, truth, radius, overlaps, min_iou)
    values = numbers(found, score)
    curve, _ = _curve(
        "",
        pairs.select(statuses[pairs.truth] != TruthStatus.SPURIOUS),
        values,
        np.isfinite(values),
        statuses == TruthStatus.COUNTED,
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
    min_iou: float = MIN_IOU,
    score: str = "det_score",
    column: str | None = None,
    seed: int = 0,
) -> AveragePrecision:
    """Score the order of the detections class by class.

    A detection is right if it has the class of the true source it takes; ``spurious`` and
    ``flagged`` are classes like others.

    Parameters
    ----------
    found, truth, radius, limits, overlaps, min_iou, score, seed
        As in `score_ranking`.
    classes : sequence of str, optional
        Which; those of the truth by default.
    column : str, optional
        Column of classes in both tables; see `~sciarada.evaluation.columns.compared_classes`.

    Returns
    -------
    AveragePrecision
    """
    class_, true_class = compared_classes(found, truth, column)
    names = class_names(true_class) if classes is None else tuple(classes)
    bright = ~below_limits(truth, limits)
    pairs = _candidates(found, truth, radius, overlaps, min_iou)
    values = numbers(found, score)
    rng = np.random.default_rng(seed)
    ranked = []
    for name in names:
        own = (true_class[pairs.truth] == name) & (class_[pairs.found] == name)
        ranked.append(
            _curve(
                name,
                pairs.select(own),
                values,
                np.isfinite(values) & (class_ == name),
                bright & (true_class == name),
                rng,
            )
        )
    return mean_of_classes(ranked)


def score_class_probabilities(
    true: Sequence[str] | np.ndarray,
    probabilities: np.ndarray,
    classes: Sequence[str],
    *,
    seed: int = 0,
) -> AveragePrecision:
    """Score how well the probability of each class puts the sources of that class first.

    Parameters
    ----------
    true : array_like of str, shape (n,)
        True class of each source.
    probabilities : ndarray, shape (n, k)
        Of each class; NaN for sources that were given none, which are not found then.
    classes : sequence of str, length k
        Names of the classes, as in ``true``.
    seed : int
        Of the bootstrap.

    Returns
    -------
    AveragePrecision
    """
    true, rng = np.asarray(true, dtype=str), np.random.default_rng(seed)
    ranked = []
    for name, column in zip(classes, np.transpose(probabilities), strict=True):
        known, of_it = np.isfinite(column), true == name
        ranked.append(rank(name, column[known], of_it[known], int(of_it.sum()), rng))
    return mean_of_classes(ranked)


def _candidates(
    found: Table, truth: Table, radius: ArrayLike, overlaps: Overlaps | None, min_iou: float
) -> CandidatePairs:
    return find_candidate_pairs(found, truth, radius, MaskPairs.of(found, truth, overlaps), min_iou)


def _curve(
    name: str,
    pairs: CandidatePairs,
    score: np.ndarray,
    judged: np.ndarray,
    wanted: np.ndarray,
    rng: np.random.Generator,
) -> tuple[PrecisionRecall, np.ndarray]:
    """Return the curve, and bootstrap samples of its average precision.

    Detections that take a source which is not wanted are omitted.
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
    return rank(name, score[rows], right[rows], int(wanted.sum()), rng)
