"""Whether one of two finders, or of two classifiers, is better on the same truth.

Both are drawn with the same sources in each bootstrap sample, so that what is hard for both
does not widen the interval of their difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluation.association import Association
from sciarada.evaluation.classification import (
    accuracy,
    balanced_accuracy,
    class_codes,
    class_names,
    macro_f1,
)
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.estimates import Estimate, divide, harmonic_mean, percentiles
from sciarada.evaluation.matching import match_positions
from sciarada.evaluation.resampling import resample_counts
from sciarada.evaluation.tables import Meaning, make_table
from sciarada.evaluation.truth_status import TruthStatus


@dataclass(frozen=True)
class Difference:
    """One score of two competitors.

    Parameters
    ----------
    name : str
        Name of the score.
    first, second : Estimate
        Of each.
    difference : Estimate
        First less second, with the interval of pairs drawn together.
    """

    name: str
    first: Estimate
    second: Estimate
    difference: Estimate


@dataclass(frozen=True)
class Comparison:
    """Scores of two competitors on the same truth.

    Parameters
    ----------
    rows : tuple of Difference
        One per score.
    """

    rows: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """Return the row of a score."""
        return next(row for row in self.rows if row.name == name)

    def table(self) -> Table:
        """Return one row per score."""
        meanings = {
            "score": Meaning("Name of the score", str),
            "first": Meaning("Score of the first"),
            "second": Meaning("Score of the second"),
            "difference": Meaning("First less second, sources drawn together"),
        }
        return make_table(meanings, [vars(row) | {"score": row.name} for row in self.rows])


def compare_detections(
    found: tuple[Table, Table],
    associations: tuple[Association, Association],
    radius: ArrayLike,
    *,
    seed: int = 0,
) -> Comparison:
    """Compare two lists of detections of the same field.

    Parameters
    ----------
    found : tuple of Table
        The two lists.
    associations : tuple of Association
        Each with the same truth, in which the same sources had to be found.
    radius : array_like
        False detections of the two that are nearer than this in arcsec are one and the same
        mistake.
    seed : int
        Of the bootstrap, which draws true sources and mistakes.

    Returns
    -------
    Comparison
        ``completeness``, ``reliability`` and ``f1``.

    Raises
    ------
    ValueError
        The truths differ.
    """
    first, second = associations
    if not np.array_equal(first.statuses, second.statuses):
        raise ValueError("two lists compare only on the same truth, with the same sources counted")
    real = first.statuses != TruthStatus.SPURIOUS
    fate = 2 * (first.recovered & real) + (second.recovered & real)
    counted, optional = (
        np.bincount(fate[first.statuses == status], minlength=4)
        for status in (TruthStatus.COUNTED, TruthStatus.OPTIONAL)
    )
    outcomes = np.concatenate([counted, optional[1:], _mistakes(found, associations, radius)])
    draws = np.vstack([outcomes, resample_counts(outcomes, np.random.default_rng(seed))])
    scores = _detection_scores(draws, 0), _detection_scores(draws, 1)
    there = int(counted.sum())
    one, other = (int(association.accepted.sum()) for association in associations)
    totals = {
        "completeness": (there, there),
        "reliability": (one, other),
        "f1": (there + one, there + other),
    }
    return Comparison(
        tuple(
            _difference(name, scores[0][name], scores[1][name], of_one, of_other, len(real))
            for name, (of_one, of_other) in totals.items()
        )
    )


def compare_classes(
    true: np.ndarray, first: np.ndarray, second: np.ndarray, *, seed: int = 0
) -> Comparison:
    """Compare two classifications of the same sources.

    Parameters
    ----------
    true, first, second : array_like of str, shape (n,)
        True classes and those that each gave, as in
        `~sciarada.evaluation.classification.score_classes`.
    seed : int
        Of the bootstrap, which draws sources.

    Returns
    -------
    Comparison
        ``accuracy``, ``balanced_accuracy`` and ``macro_f1``.
    """
    true, first, second = (np.asarray(labels, dtype=str) for labels in (true, first, second))
    known = true != ""
    names = class_names(true, first, second)
    codes = np.stack([class_codes(x[known], names) for x in (true, first, second)], axis=1)
    cells, counts = np.unique(codes, axis=0, return_counts=True)
    draws = np.vstack([counts, resample_counts(counts, np.random.default_rng(seed))])
    k, total = len(names), int(counts.sum())
    matrices = []
    for column in (1, 2):
        of_cell = np.zeros((len(cells), k * (k + 1)))
        of_cell[np.arange(len(cells)), cells[:, 0] * (k + 1) + cells[:, column]] = 1
        matrices.append((draws @ of_cell).reshape(len(draws), k, k + 1))
    scores = {
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "macro_f1": macro_f1,
    }
    return Comparison(
        tuple(
            _difference(name, score(matrices[0]), score(matrices[1]), total, total, total)
            for name, score in scores.items()
        )
    )


def _mistakes(
    found: tuple[Table, Table], associations: tuple[Association, Association], radius: ArrayLike
) -> np.ndarray:
    """Return how many mistakes only the second, only the first, and both have made."""
    first_ra, first_dec, second_ra, second_dec = (
        column[association.false]
        for table, association in zip(found, associations, strict=True)
        for column in (numbers(table, "ra"), numbers(table, "dec"))
    )
    both = len(match_positions(first_ra, first_dec, second_ra, second_dec, radius))
    return np.array([len(second_ra) - both, len(first_ra) - both, both])


def _detection_scores(outcomes: np.ndarray, which: int) -> dict[str, np.ndarray]:
    """Return scores of rows of outcomes.

    These are counted sources found by none, the second, the first, both; then optional ones
    and mistakes of the second, the first, both.
    """
    alone = 2 - which
    counted, optional, mistakes = outcomes[:, :4], outcomes[:, 4:7], outcomes[:, 7:]
    pairs = counted[:, alone] + counted[:, 3]
    real = pairs + optional[:, alone - 1] + optional[:, 2]
    completeness = divide(pairs, counted.sum(axis=1))
    reliability = divide(real, real + mistakes[:, alone - 1] + mistakes[:, 2])
    return {
        "completeness": completeness,
        "reliability": reliability,
        "f1": harmonic_mean(completeness, reliability),
    }


def _difference(
    name: str,
    first: np.ndarray,
    second: np.ndarray,
    first_count: int,
    second_count: int,
    count: int,
) -> Difference:
    """Return a row from values of which the first is the estimate, the others its samples."""
    between = first - second
    return Difference(
        name,
        percentiles(first[0], first[1:], first_count),
        percentiles(second[0], second[1:], second_count),
        percentiles(between[0], between[1:], count),
    )
