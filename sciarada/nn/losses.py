"""Losses of self-supervised learning: functions of two batches of vectors, row by row partners.

``n`` is the number of samples and ``d`` the length of a vector; row ``i`` of both batches
shows the same sample. With several processes the batches are those of all of them, see
`sciarada.nn.processes.gathered`. Under autocast they are computed in full precision all the same.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

_TINY = 1e-12


def _precise(loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Compute a loss of two batches without autocast, in float32, or in float64 if they are."""

    @functools.wraps(loss)
    def precise(first: Tensor, second: Tensor, *args: float, **kwargs: float) -> Tensor:
        kind = torch.promote_types(torch.promote_types(first.dtype, second.dtype), torch.float32)
        with torch.autocast(first.device.type, enabled=False):
            return loss(first.to(kind), second.to(kind), *args, **kwargs)

    return precise


@_precise
def nt_xent(first: Tensor, second: Tensor, temperature: float = 0.1) -> Tensor:
    """Return the normalised, temperature-scaled cross entropy of SimCLR.

    Chen et al. (2020, ICML, arXiv:2002.05709), equation 1: each of the 2n vectors has to
    identify its partner among the 2n - 2 others by cosine similarity.

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
    vectors = functional.normalize(torch.cat([first, second]), dim=1)
    similarity = vectors @ vectors.T / temperature
    similarity.fill_diagonal_(-torch.inf)
    half, device = len(first), vectors.device
    partner = torch.arange(2 * half, device=device).roll(half)
    return functional.cross_entropy(similarity, partner)


@_precise
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
    queries, keys = (functional.normalize(v, dim=1) for v in (queries, keys))
    own = torch.arange(len(queries), device=queries.device)
    return functional.cross_entropy(queries @ keys.T / temperature, own)


@_precise
def cosine_distance(prediction: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared distance of vectors scaled to length 1: the loss of BYOL.

    Grill et al. (2020, NeurIPS, arXiv:2006.07733), equation 2: 2 - 2 cos. No gradient flows
    into the target.

    Parameters
    ----------
    prediction, target : Tensor, shape (n, d)
        What the online network predicts, and what the slow one projects.
    """
    return 2 - 2 * functional.cosine_similarity(prediction, target.detach()).mean()


@_precise
def feature_contrast(first: Tensor, second: Tensor) -> Tensor:
    """Return how far the cross-correlation of two views' features is from the identity.

    The feature contrast of All4One (Estepa et al. 2023, ICCV, arXiv:2303.09417): the aim of
    Barlow Twins (Zbontar et al. 2021, ICML, arXiv:2103.03230), but with the roots of mean squares
    instead of sums, so that it does not grow with the number of features: half the root mean
    square of ``1 - c_ii``, and half that of ``c_ij`` of different features.

    Parameters
    ----------
    first, second : Tensor, shape (n, d)
        Projections of two views; n and d are at least 2.

    Returns
    -------
    Tensor, shape ()
        0 to about 1.
    """
    correlation = _standardised(first).T @ _standardised(second) / len(first)
    diagonal = torch.diagonal(correlation)
    features = len(diagonal)
    others = correlation.square().sum() - diagonal.square().sum()
    same = ((1 - diagonal).square().mean() + _TINY).sqrt()
    return 0.5 * (same + (others.clamp(min=0) / features / (features - 1) + _TINY).sqrt())


def _standardised(vectors: Tensor) -> Tensor:
    """Return features of mean 0 and variance 1 over the batch; constant ones become 0."""
    centred = vectors - vectors.mean(dim=0)
    return centred / (centred.square().mean(dim=0) + 1e-6).sqrt()
