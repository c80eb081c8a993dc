"""Losses of self-supervised learning: functions of two batches of vectors, row by row partners.

``n`` is the number of samples and ``d`` the length of a vector; row ``i`` of both batches
shows the same sample. With several processes the batches are those of all of them, see
`sciarada.nn.processes.gathered`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def nt_xent(first: Tensor, second: Tensor, temperature: float = 0.1) -> Tensor:
    """Return the normalised, temperature-scaled cross entropy of SimCLR.

    Chen et al. (2020, ICML, arXiv:2002.05709), equation 1: each of the 2n vectors has to tell its
    partner from the 2n - 2 others by cosine similarity.

    Parameters
    ----------
    first, second : Tensor, shape (n, d)
        Projections of two views; n is at least 2.
    temperature : float
        What similarities are divided by.

    Returns
    -------
    Tensor, shape ()
        Mean over the 2n vectors.
    """
    vectors = functional.normalize(torch.cat([first, second]).float(), dim=1)
    similarity = vectors @ vectors.T / temperature
    similarity.fill_diagonal_(-torch.inf)
    half, device = len(first), vectors.device
    partner = torch.arange(2 * half, device=device).roll(half)
    return functional.cross_entropy(similarity, partner)


def info_nce(queries: Tensor, keys: Tensor, temperature: float = 0.1) -> Tensor:
    """Return the cross entropy with which queries find their own keys among all keys.

    The loss of NNCLR (Dwibedi et al. 2021, ICCV, arXiv:2104.14548), equation 3, in one direction.

    Parameters
    ----------
    queries, keys : Tensor, shape (n, d)
        Row i of one belongs to row i of the other.
    temperature : float
        What cosine similarities are divided by.
    """
    queries, keys = (functional.normalize(v.float(), dim=1) for v in (queries, keys))
    own = torch.arange(len(queries), device=queries.device)
    return functional.cross_entropy(queries @ keys.T / temperature, own)


def cosine_distance(prediction: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared distance of vectors scaled to length 1: the loss of BYOL.

    Grill et al. (2020, NeurIPS, arXiv:2006.07733), equation 2: 2 - 2 cos. No gradient flows
    into the target.

    Parameters
    ----------
    prediction, target : Tensor, shape (n, d)
        What the online network predicts, and what the slow one projects.
    """
    return 2 - 2 * functional.cosine_similarity(prediction.float(), target.detach().float()).mean()


def redundancy(first: Tensor, second: Tensor, off_diagonal: float = 5e-3) -> Tensor:
    """Return the loss of Barlow Twins: the cross-correlation of features should be the identity.

    Zbontar et al. (2021, ICML, arXiv:2103.03230), equations 1 and 2.

    Parameters
    ----------
    first, second : Tensor, shape (n, d)
        Projections of two views; n is at least 2.
    off_diagonal : float
        Weight of the correlations between different features.
    """
    correlation = _standardised(first.float()).T @ _standardised(second.float()) / len(first)
    diagonal = torch.diagonal(correlation)
    others = correlation.square().sum() - diagonal.square().sum()
    return (1 - diagonal).square().sum() + off_diagonal * others


def _standardised(vectors: Tensor) -> Tensor:
    """Return features of mean 0 and variance 1 over the batch; constant ones become 0."""
    centred = vectors - vectors.mean(dim=0)
    return centred / (centred.square().mean(dim=0) + 1e-6).sqrt()
