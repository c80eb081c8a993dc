"""Agreement of the labels of nearest neighbours: a score without training."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_AT_ONCE = 1024


def knn_accuracy(features: Tensor, labels: Tensor, neighbours: int = 10) -> float:
    """Return the share of vectors with the same label as most of their nearest neighbours.

    Parameters
    ----------
    features : Tensor, shape (n, d)
        Compared by cosine similarity, each with all others but itself.
    labels : Tensor of int64, shape (n,)
        0, 1, 2...
    neighbours : int
        How many vote; a tie goes to the lowest label.
    """
    vectors = functional.normalize(features.float(), dim=1)
    classes = int(labels.max()) + 1
    right = 0
    for first in range(0, len(vectors), _AT_ONCE):
        part = vectors[first : first + _AT_ONCE]
        similarity = part @ vectors.T
        itself = torch.arange(first, first + len(part), device=vectors.device)
        similarity[torch.arange(len(part), device=vectors.device), itself] = -torch.inf
        nearest = similarity.topk(min(neighbours, len(vectors) - 1), dim=1).indices
        votes = functional.one_hot(labels[nearest], classes).sum(dim=1)
        right += int((votes.argmax(dim=1) == labels[first : first + len(part)]).sum())
    return right / len(vectors)


def spread(features: Tensor) -> float:
    """Return how far features fill their space: near 1 in all directions, 0 when collapsed.

    The standard deviation of unit vectors, per number, times the root of their length; after
    Chen & He (2021, CVPR, arXiv:2011.10566).
    """
    vectors = functional.normalize(features.float(), dim=1)
    return float(vectors.std(dim=0).mean() * vectors.shape[1] ** 0.5)
