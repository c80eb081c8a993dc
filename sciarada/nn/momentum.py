"""Momentum networks: copies with weights that are moving averages of the trained weights."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


def frozen_copy(module: nn.Module) -> nn.Module:
    """Return a copy of a module, with parameters that are not trained."""
    slow = copy.deepcopy(module)
    return slow.requires_grad_(False)


@torch.no_grad()
def ema_update(slow: nn.Module, fast: nn.Module, momentum: float) -> None:
    """Move a slow copy towards the trained module, in place.

    Parameters
    ----------
    slow, fast : Module
        Of the same structure.
    momentum : float
        1 leaves the slow one where it is, 0 makes it equal to the fast one. Statistics of
        normalisation are left alone: each network keeps those of the batches it sees.
    """
    targets: list[Tensor] = list(slow.parameters())
    sources: list[Tensor] = list(fast.parameters())
    torch._foreach_lerp_(targets, sources, 1.0 - momentum)
