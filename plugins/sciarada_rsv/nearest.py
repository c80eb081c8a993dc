"""Exact nearest neighbours by cosine, in blocks that fit into memory."""

from __future__ import annotations

import torch
from torch import Tensor

_QUERIES, _KEYS = 1024, 16384  # rows of a block of products: 64 MiB


def nearest(vectors: Tensor, among: Tensor, number: int, least: float) -> Tensor:
    """Return the nearest others of each vector, the nearest first.

    Parameters
    ----------
    vectors : Tensor of float16, shape (n, d)
        Of length 1, or 0 for those that are like none.
    among : Tensor of int64, shape (m,)
        Rows among which neighbours are looked for.
    number : int
        How many, at most.
    least : float
        Smallest product of a vector with its neighbour.

    Returns
    -------
    Tensor of int64, shape (n, number)
        Rows of ``vectors``; -1, last, where fewer are near enough.
    """
    found = torch.full((len(vectors), number), -1)
    for start in range(0, len(vectors), _QUERIES):
        rows = torch.arange(start, min(start + _QUERIES, len(vectors)))
        queries = vectors[rows].float()
        best = torch.full((len(rows), number), -torch.inf)
        who = torch.full((len(rows), number), -1)
        for keys in among.split(_KEYS):
            product = queries @ vectors[keys].float().T
            product.masked_fill_(rows[:, None] == keys, -torch.inf)
            top = product.topk(min(number, len(keys)), dim=1)
            together = torch.cat([best, top.values], dim=1)
            best, order = together.topk(number, dim=1)
            who = torch.cat([who, keys[top.indices]], dim=1).gather(1, order)
        # A vector of length 0 is similar to none, whatever the threshold.
        near = (best >= least) & (best > 0)
        found[rows] = torch.where(near, who, -1)
    return found
