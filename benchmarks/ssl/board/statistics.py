"""Scores of features and rankings, and their scatter when the sources are drawn again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.metrics import average_precision_score, roc_auc_score

RESAMPLINGS = 500


def area_under_curve(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the share of pairs in which the positive one has the higher score; ties are half."""
    return float(roc_auc_score(positive, scores))


def resampled(statistic: Callable[[np.ndarray], float], length: int, seed: int = 1) -> np.ndarray:
    """Return a statistic of all rows, and of rows drawn with replacement.

    Parameters
    ----------
    statistic : callable
        Takes row numbers.
    length : int
        Number of rows.
    seed : int
        With one seed and length the same rows are drawn: differences of samples are paired.

    Returns
    -------
    ndarray of float64, shape (1 + RESAMPLINGS,)
    """
    generator = np.random.default_rng(seed)
    drawn = (generator.integers(0, length, length) for _ in range(RESAMPLINGS))
    return np.array([statistic(rows) for rows in (np.arange(length), *drawn)], float)


def neighbours(features: np.ndarray, number: int) -> np.ndarray:
    """Return the nearest other rows of each row by cosine, nearest first, ``(n, number)``."""
    distance = cdist(features, features, "cosine")
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, :number]


def average_precisions(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each row the average precision of finding its class among all other rows."""
    near = -cdist(features, features, "cosine")
    others = ~np.eye(len(features), dtype=bool)
    return np.array(
        [
            average_precision_score(labels[other] == label, row[other])
            for label, row, other in zip(labels, near, others, strict=True)
        ]
    )


def coinciding(features: np.ndarray) -> int:
    """Return the number of rows whose vector another row has, too."""
    _, inverse, counts = np.unique(features, axis=0, return_inverse=True, return_counts=True)
    return int(np.count_nonzero(counts[inverse.ravel()] > 1))
