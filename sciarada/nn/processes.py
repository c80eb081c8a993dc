"""Batches that are spread over several processes."""

from __future__ import annotations

import torch
from torch import Tensor, distributed
from torch.distributed.nn.functional import all_gather


def gathered(vectors: Tensor) -> Tensor:
    """Return the vectors of all processes, in the order of their ranks.

    Gradients flow back to the process that a vector came from. Without other processes it
    is the same tensor.

    Parameters
    ----------
    vectors : Tensor, shape (n, ...)
        Of one length on every process.
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return vectors
    if distributed.get_world_size() == 1:
        return vectors
    return torch.cat(all_gather(vectors))
