"""Chance: a draw for each sample, from one generator, on its device."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor


def uniform(shape: tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    """Return float32 numbers from ``low`` to ``high``."""
    return low + (high - low) * torch.rand(shape, generator=generator, device=generator.device)


def log_uniform(shape: tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    """Return float32 numbers from ``low`` to ``high``, even in their logarithm."""
    return uniform(shape, math.log(low), math.log(high), generator).exp()


def chosen(n: int, probability: float, generator: Generator) -> Tensor:
    """Return the ascending numbers of the samples to change among ``n``."""
    return (uniform((n,), 0.0, 1.0, generator) < probability).nonzero()[:, 0]


def replaced(values: Tensor, rows: Tensor, changed: Tensor) -> Tensor:
    """Return a copy of ``values`` with some rows replaced."""
    return values.index_copy(0, rows, changed)
