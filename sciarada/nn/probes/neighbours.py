"""The nearest-neighbour probe: no weights are learned, only how many neighbours vote."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import NearestNeighbors

NEIGHBOURS = (1, 3, 5, 10, 20, 50)


def knn_probe(
    train: np.ndarray, codes: np.ndarray, test: np.ndarray, *, balanced: bool = False
) -> tuple[np.ndarray, dict[str, float]]:
    """Return the class probabilities of test features.

    The nearest training rows by cosine similarity vote, and the shares of the classes in the
    training rows count as one more vote. How many rows vote is the one of `NEIGHBOURS` with the
    lowest log loss when each training row is predicted from the others.

    Parameters
    ----------
    train, test : ndarray, shape (n, d) and (m, d)
        Standardised features.
    codes : ndarray of int64, shape (n,)
        Number of the class of each training row; every number from 0 to k - 1 occurs.
    balanced : bool
        Give every class the same weight, however many rows it has.

    Returns
    -------
    probabilities : ndarray, shape (m, k)
    chosen : dict
        ``neighbours``, how many vote.
    """
    counts = np.bincount(codes)
    votes = np.eye(len(counts))[codes] * (len(codes) / len(counts) / counts if balanced else 1.0)
    counted = [k for k in NEIGHBOURS if k < len(codes)]
    search = NearestNeighbors(n_neighbors=counted[-1], algorithm="brute").fit(_unit(train))
    among = votes[search.kneighbors(return_distance=False)]  # none is its own neighbour
    weights = votes.sum(axis=1)
    rows = np.arange(len(codes))
    losses = [-weights @ np.log(_shares(among, votes, k)[rows, codes]) for k in counted]
    best = counted[int(np.argmin(losses))]
    nearest = search.kneighbors(_unit(test), best, return_distance=False)
    return _shares(votes[nearest], votes, best), {"neighbours": best}


def _shares(among: np.ndarray, votes: np.ndarray, k: int) -> np.ndarray:
    """Return the shares of the first k votes (n, most, classes) and of that of all rows."""
    total = among[:, :k].sum(axis=1) + votes.mean(axis=0)
    return total / total.sum(axis=1, keepdims=True)


def _unit(features: np.ndarray) -> np.ndarray:
    """Return vectors of length 1, so that distances are in the order of their cosines."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1.0)
