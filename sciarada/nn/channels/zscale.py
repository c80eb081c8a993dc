"""The zscale limits of IRAF for many images at once, on their device."""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from torch.nn import functional

from sciarada.nn.channels.valid import PixelRows

SAMPLES = 600
_REJECT, _ROUNDS, _LEAST_SHARE, _LEAST = 2.5, 5, 0.5, 5


def zscale_limits(
    rows: PixelRows, contrast: float = 0.25, samples: int = SAMPLES
) -> tuple[Tensor, Tensor]:
    """Return the lowest and highest value to show of each image.

    The algorithm of IRAF as `astropy.visualization.ZScaleInterval` has it: a straight line is
    fitted to the ordered values with rejection of those far from it, and its slope over the
    contrast sets the limits about the median.

    Parameters
    ----------
    rows : PixelRows
        The images.
    contrast : float
        0 shows the whole range; the higher, the more is shown of the slope, up to 1.
    samples : int
        How many of the ordered values are taken, evenly.

    Returns
    -------
    low, high : Tensor, shape (n, 1)
        Images without values give 0 and 0.
    """
    if contrast <= 0:
        return rows.quantile(0.0), rows.quantile(1.0)
    samples = min(samples, rows.ordered.shape[1])
    line = _whole_line if samples == SAMPLES else functools.partial(_line, samples=samples)
    return _limits(*rows.shared(line), contrast)


def _whole_line(rows: PixelRows) -> tuple[Tensor, Tensor, Tensor]:
    """Return the line of the usual number of samples: contrasts share it."""
    return _line(rows, SAMPLES)


def _limits(taken: Tensor, slope: Tensor, good: Tensor, contrast: float) -> tuple[Tensor, Tensor]:
    """Return the limits of a contrast, given the line that was fitted."""
    samples = taken.shape[1]
    low, high = taken[:, :1], taken[:, -1:]
    reach = slope / contrast
    centre = (samples - 1) // 2
    median = 0.5 * (taken[:, [(samples - 1) // 2]] + taken[:, [samples // 2]])
    enough = good >= max(_LEAST, int(samples * _LEAST_SHARE))
    return (
        torch.where(enough, torch.maximum(low, median - (centre - 1) * reach), low),
        torch.where(enough, torch.minimum(high, median + (samples - centre) * reach), high),
    )


def _line(rows: PixelRows, samples: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the samples, the slope through them and the number that it was fitted to."""
    last = (rows.count - 1).clamp(min=0)
    steps = torch.linspace(0, 1, samples, dtype=torch.float64, device=last.device)
    taken = torch.gather(rows.ordered, 1, (steps * last).round().long())
    taken = torch.where(rows.count > 0, taken, 0.0)
    least = max(_LEAST, int(samples * _LEAST_SHARE))
    x = torch.arange(samples, dtype=torch.float64, device=taken.device)
    y = taken.double()
    bad = torch.zeros_like(y, dtype=torch.bool)
    good = torch.full_like(y[:, :1], samples)
    before = good + 1
    slope = torch.zeros_like(good)
    grow = max(1, int(samples * 0.01)) | 1
    for _ in range(_ROUNDS):
        going = (good < before) & (good >= least)
        new_slope, offset = _least_squares(x, y, ~bad)
        slope = torch.where(going, new_slope, slope)
        flat = y - new_slope * x - offset
        far = flat.abs() > _REJECT * _spread(flat, ~bad)
        grown = functional.max_pool1d((bad | far).float()[:, None], grow, 1, grow // 2)[:, 0] > 0
        bad = torch.where(going, grown, bad)
        before = torch.where(going, good, before)
        good = torch.where(going, (~bad).sum(dim=1, keepdim=True).double(), good)
    return taken, slope.to(taken.dtype), good


def _least_squares(x: Tensor, y: Tensor, use: Tensor) -> tuple[Tensor, Tensor]:
    weight = use.double()
    number = weight.sum(dim=1, keepdim=True).clamp(min=1)
    mean_x = (weight * x).sum(dim=1, keepdim=True) / number
    mean_y = (weight * y).sum(dim=1, keepdim=True) / number
    across = (weight * (x - mean_x) * (y - mean_y)).sum(dim=1, keepdim=True)
    along = (weight * (x - mean_x).square()).sum(dim=1, keepdim=True)
    slope = across / along.clamp(min=1e-300)
    return slope, mean_y - slope * mean_x


def _spread(values: Tensor, use: Tensor) -> Tensor:
    weight = use.double()
    number = weight.sum(dim=1, keepdim=True).clamp(min=1)
    mean = (weight * values).sum(dim=1, keepdim=True) / number
    return ((weight * (values - mean).square()).sum(dim=1, keepdim=True) / number).sqrt()
