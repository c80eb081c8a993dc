"""Heads: the small networks between features and a loss; thrown away after training."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def projector(
    inputs: int, hidden: int, outputs: int, layers: int = 2, *, normalise_last: bool = False
) -> nn.Sequential:
    """Return a perceptron with batch normalisation and rectifiers between its layers.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Lengths of the vectors that go in, between and out.
    layers : int
        Number of linear layers, at least 1.
    normalise_last : bool
        Normalise the vectors that come out over the batch, too.
    """
    widths = [inputs, *[hidden] * (layers - 1), outputs]
    parts: list[nn.Module] = []
    for number, (width, following) in enumerate(pairwise(widths), 1):
        last = number == layers
        normalised = normalise_last or not last
        parts.append(nn.Linear(width, following, bias=not normalised))
        if normalised:
            parts.append(nn.BatchNorm1d(following))
        if not last:
            parts.append(nn.ReLU(inplace=True))
    return nn.Sequential(*parts)
