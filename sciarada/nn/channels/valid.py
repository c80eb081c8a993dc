"""Statistics of the valid pixels of many images at once; NaN is the only missing value.

All work on ``(n, p)``, an image a row, on the device of the tensor.
"""

from __future__ import annotations

import torch
from torch import Tensor

MAD_TO_SIGMA = 1.482602218505602


def ordered(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return each row in ascending order, missing values last, and the number of valid ones."""
    valid = torch.isfinite(values)
    filled = torch.where(valid, values, torch.inf)
    return filled.sort(dim=1).values, valid.sum(dim=1)


def quantile(rows: Tensor, count: Tensor, share: float) -> Tensor:
    """Return quantiles ``(n, 1)`` of ordered rows, between two values in a straight line.

    Parameters
    ----------
    rows, count : Tensor, shapes (n, p) and (n,)
        As `ordered` gives them.
    share : float
        0 is the lowest value, 0.5 the median, 1 the highest. Rows without values give 0.
    """
    place = share * (count - 1).clamp(min=0).to(rows.dtype)
    below = place.floor().long()
    above = torch.minimum(below + 1, (count - 1).clamp(min=0))
    low, high = (torch.gather(rows, 1, index[:, None]) for index in (below, above))
    value = low + (high - low).nan_to_num() * (place - below)[:, None]
    return torch.where(count[:, None] > 0, value, 0.0)


def clipped_median_and_sigma(values: Tensor, sigma: float = 3.0, rounds: int = 5) -> Tensor:
    """Return median and standard deviation ``(2, n, 1)`` of rows without their outliers.

    Values more than ``sigma`` standard deviations from the median are left out, several times
    over, as `astropy.stats.sigma_clipped_stats` does.
    """
    for _ in range(rounds):
        middle, spread = _median_and_sigma(values)
        values = torch.where((values - middle).abs() <= sigma * spread, values, torch.nan)
    return torch.stack(_median_and_sigma(values))


def _median_and_sigma(values: Tensor) -> tuple[Tensor, Tensor]:
    rows, count = ordered(values)
    middle = quantile(rows, count, 0.5)
    valid = torch.isfinite(values)
    number = count[:, None].clamp(min=1)
    mean = torch.where(valid, values, 0.0).sum(dim=1, keepdim=True) / number
    variance = torch.where(valid, values - mean, 0.0).square().sum(dim=1, keepdim=True) / number
    return middle, variance.sqrt()
