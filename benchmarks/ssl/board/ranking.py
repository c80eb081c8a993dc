"""Unsupervised rankings of the strange, and ridge regression on scores that a person gave."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors

from benchmarks.ssl.board.features import principal_axes, standardised

TREES, NEIGHBOURS, FOLDS = 500, 10, 5
STRENGTHS = np.logspace(0, 5, 11)


def isolation_forest(features: np.ndarray) -> np.ndarray:
    """Return the score of an Isolation Forest on the principal axes, higher is stranger."""
    axes = principal_axes(features)
    return -IsolationForest(n_estimators=TREES, random_state=0).fit(axes).score_samples(axes)


def neighbour_distance(features: np.ndarray) -> np.ndarray:
    """Return the mean distance of the 10 nearest others on the principal axes."""
    axes = principal_axes(features)
    distance, _ = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(axes).kneighbors(axes)
    return distance[:, 1:].mean(axis=1)


DETECTORS = {"Isolation Forest": isolation_forest, "kNN distance": neighbour_distance}


def predicted_scores(features: np.ndarray, scores: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return what ridge regression on the other folds predicts of each row."""
    found = np.empty(len(scores))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(features, np.rint(scores)):
        found[test] = regression(features, scores, train)[test]
    return found


def regression(features: np.ndarray, scores: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Return what ridge regression, learned from some rows, predicts of all of them."""
    columns = standardised(features)
    return RidgeCV(STRENGTHS).fit(columns[train], scores[train]).predict(columns)
