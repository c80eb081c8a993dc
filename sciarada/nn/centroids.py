"""Centroids: a small transformer that summarises a sequence of neighbours."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class Centroids(nn.Module):
    """Summarises each sequence of vectors in one vector, by self-attention.

    Estepa et al. (2023, ICCV, arXiv:2303.09417), section 3: sinusoidal places are added to the
    vectors, a transformer mixes them, and the first one that it returns is the centroid. Two
    things are our own: each vector is first scaled to the length of its place, which would
    outweigh it by far otherwise; and there is no dropout, so that a step of training depends on
    nothing but its state.

    Parameters
    ----------
    dimension : int
        Length of a vector; a multiple of ``heads``.
    layers, heads : int
        Of the transformer.
    """

    def __init__(self, dimension: int, layers: int = 3, heads: int = 8) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(
            dimension, heads, dim_feedforward=2 * dimension, dropout=0.0, batch_first=True
        )
        self.transformer = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)

    def forward(self, sequences: Tensor) -> Tensor:
        """Return centroids ``(n, d)`` of sequences ``(n, k, d)``."""
        length = math.sqrt(sequences.shape[2] / 2)
        scaled = functional.normalize(sequences, dim=2) * length
        return self.transformer(scaled + sinusoids(scaled))[:, 0]


def sinusoids(sequences: Tensor) -> Tensor:
    """Return the sinusoidal position embeddings ``(k, d)`` of a sequence.

    Vaswani et al. (2017, NeurIPS, arXiv:1706.03762), section 3.5.

    Parameters
    ----------
    sequences : Tensor, shape (n, k, d)
        Its type and device are those of the answer.
    """
    length, dimension = sequences.shape[1:]
    place = torch.arange(length, device=sequences.device, dtype=torch.float32)
    feature = torch.arange(dimension, device=sequences.device)
    rate = torch.exp(-(feature // 2 * 2) * math.log(10_000.0) / dimension)
    angle = place[:, None] * rate
    return torch.where(feature % 2 == 0, angle.sin(), angle.cos()).to(sequences.dtype)
