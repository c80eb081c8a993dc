"""Batches that are spread over several processes.

Every process computes the loss of the whole batch. Averaged over the processes, as data-parallel
training does, the gradients are then those of one process that has the whole batch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, distributed
from torch.autograd import Function


def process_count() -> int:
    """Return how many processes train together; 1 without a process group."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_world_size()
    return 1


def gathered(vectors: Tensor) -> Tensor:
    """Return the vectors of all processes, in the order of their ranks.

    Gradients flow back to the process that a vector came from. Without other processes it
    is the same tensor.

    Parameters
    ----------
    vectors : Tensor, shape (n, ...)
        Of one length on every process.
    """
    return vectors if process_count() == 1 else _Gather.apply(vectors)


def summed(values: Tensor) -> Tensor:
    """Return the sum of the values of all processes, through which gradients flow.

    Parameters
    ----------
    values : Tensor
        Of one shape on every process. Without other processes it is returned as it is.
    """
    return values if process_count() == 1 else _Sum.apply(values)


class _Gather(Function):
    """Concatenates the tensors of all processes; gradients of a vector are summed over them."""

    @staticmethod
    def forward(ctx: Any, vectors: Tensor) -> Tensor:
        ctx.length = len(vectors)
        parts = [torch.empty_like(vectors).contiguous() for _ in range(process_count())]
        distributed.all_gather(parts, vectors.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total.split(ctx.length)[distributed.get_rank()]


class _Sum(Function):
    """Sums the tensors of all processes; the gradient of a sum is the sum of the gradients."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total
