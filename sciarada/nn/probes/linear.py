"""The linear probe: logistic regression, its regularisation found inside the training rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

STRENGTHS = (*(float(f"{part}e{power}") for power in range(-5, 1) for part in (1, 3)), 10.0)
"""C of scikit-learn: smaller values are a stronger regularisation."""
USUAL_STRENGTH = 1e-2
FOLDS = 5
_STEPS, _TOLERANCE = 1000, 1e-5
_PATIENCE = 2
_LEAST = float(np.finfo(np.float64).eps)


def linear_probe(
    train: np.ndarray, codes: np.ndarray, test: np.ndarray, *, balanced: bool = False, seed: int = 0
) -> tuple[np.ndarray, dict[str, float]]:
    """Return the class probabilities of test features.

    Multinomial logistic regression with L2 regularisation. Its strength is the one of
    `STRENGTHS` with the least log loss in `FOLDS` stratified folds of the training rows, or in
    as many as the rarest class has rows; `USUAL_STRENGTH` where a class has a single row.

    Parameters
    ----------
    train, test : ndarray, shape (n, d) and (m, d)
        Standardised features.
    codes : ndarray of int64, shape (n,)
        Number of the class of each training row; every number from 0 to k - 1 occurs.
    balanced : bool
        Give every class the same weight in the fit, however many rows it has. The log loss by
        which the strength is chosen weighs every row the same all the same.
    seed : int
        Of the folds.

    Returns
    -------
    probabilities : ndarray, shape (m, k)
    chosen : dict
        ``C``, the strength.
    """
    # The matrices are small: threads would spend their time on waiting for one another.
    with threadpool_limits(1, user_api="blas"):
        train, test = _in_rowspace(train, test)
        strength = _best_strength(train, codes, balanced, seed)
        (model,) = _path(train, codes, (strength,), balanced)
        return model.predict_proba(test), {"C": strength}


def _in_rowspace(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return fewer features where there are more than rows.

    The best weights are combinations of training rows, so only what lies in the space of these
    matters; rotated into it, the regression is the same, and faster.
    """
    if train.shape[1] <= len(train):
        return train, test
    _, values, axes = np.linalg.svd(train, full_matrices=False)
    axes = axes[values > values[0] * 1e-10]
    return train @ axes.T, test @ axes.T


def _best_strength(train: np.ndarray, codes: np.ndarray, balanced: bool, seed: int) -> float:
    folds = min(FOLDS, int(np.bincount(codes).min()))
    if folds < 2:
        return USUAL_STRENGTH
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(train, codes))
    paths = [_path(train[seen], codes[seen], STRENGTHS, balanced) for seen, _ in splits]
    best, least, worse = USUAL_STRENGTH, np.inf, 0
    for strength, models in zip(STRENGTHS, zip(*paths, strict=True), strict=True):
        loss = sum(
            _log_loss(model, train[unseen], codes[unseen])
            for model, (_, unseen) in zip(models, splits, strict=True)
        )
        worse = 0 if loss < least else worse + 1
        if loss < least:
            best, least = strength, loss
        if worse == _PATIENCE:  # weaker regularisation is slow, and will not be better
            break
    return best


def _path(
    train: np.ndarray, codes: np.ndarray, strengths: tuple[float, ...], balanced: bool
) -> Iterator[LogisticRegression]:
    """Yield one model after the other, each begun from the one before: the same object."""
    model = LogisticRegression(
        tol=_TOLERANCE,
        max_iter=_STEPS,
        warm_start=True,
        class_weight="balanced" if balanced else None,
    )
    for strength in strengths:
        with warnings.catch_warnings():
            # With weak regularisation, separable classes have no optimal weights.
            warnings.simplefilter("ignore", ConvergenceWarning)
            yield model.set_params(C=strength).fit(train, codes)


def _log_loss(model: LogisticRegression, features: np.ndarray, codes: np.ndarray) -> float:
    given = model.predict_proba(features)[np.arange(len(codes)), codes]
    return float(-np.log(np.maximum(given, _LEAST)).sum())
