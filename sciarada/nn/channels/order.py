"""Order along the rows of a tensor, on its device.

On CPUs numpy is used, whose sorts and running sums are several times faster than those of torch.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

_VALUE, _PLACE = 1, 0  # of the halves of a 64-bit number, the lower one first


def sorted_rows(values: Tensor) -> Tensor:
    """Return each row of ``(n, p)`` in ascending order, NaN last."""
    if values.device.type == "cpu":
        return torch.from_numpy(np.sort(values.detach().numpy(), axis=1))
    return values.sort(dim=1).values


def running_sums(values: Tensor) -> Tensor:
    """Return the sums ``(n, p + 1)`` of the first 0, 1, 2... values of each row."""
    sums = values.new_empty(len(values), values.shape[1] + 1)
    sums[:, 0] = 0
    if values.device.type == "cpu":
        np.cumsum(values.numpy(), axis=1, out=sums.numpy()[:, 1:])
    else:
        torch.cumsum(values, dim=1, out=sums[:, 1:])
    return sums


def ordering(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return the order of rows, and for each place in it the first place with the same value.

    Parameters
    ----------
    values : Tensor of float32, shape (n, p)
        NaN, where there is one, comes last.

    Returns
    -------
    order, first : Tensor of int64 and of int32, shape (n, p)
    """
    if values.device.type == "cpu":
        return _ordering_by_numpy(values.detach().numpy())
    ordered, order = values.sort(dim=1)
    places = torch.arange(1, ordered.shape[1], device=order.device, dtype=torch.int32)
    first = torch.zeros_like(order, dtype=torch.int32)
    first[:, 1:] = torch.where(ordered[:, 1:] != ordered[:, :-1], places, 0)
    return order, first.cummax(dim=1).values


def _ordering_by_numpy(values: np.ndarray) -> tuple[Tensor, Tensor]:
    order, ordered = _packed_sort(values)
    first = np.zeros(ordered.shape, np.int32)
    places = np.arange(1, ordered.shape[1], dtype=np.int32)
    np.multiply(ordered[:, 1:] != ordered[:, :-1], places, out=first[:, 1:])
    np.maximum.accumulate(first, axis=1, out=first)
    return torch.from_numpy(order), torch.from_numpy(first)


def _packed_sort(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return order and equal values, only for equal values: sorting is faster than argsort.

    A number holds the bits of a value, made to ascend as it does, above those of its place.
    """
    bits = (np.asarray(values, "<f4") + np.float32(0)).view("<i4")  # -0 becomes 0
    halves = np.empty((*values.shape, 2), "<i4")
    np.bitwise_xor(bits, (bits >> 31) & 0x7FFFFFFF, out=halves[..., _VALUE])
    halves[..., _VALUE][np.isnan(values)] = 0x7FFFFFFF
    halves[..., _PLACE] = np.arange(values.shape[1])
    packed = halves.view("<i8")[..., 0]
    packed.sort(axis=1)
    return halves[..., _PLACE].astype(np.int64), halves[..., _VALUE]
