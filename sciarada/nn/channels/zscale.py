"""The zscale limits of IRAF for many images at once, on their device."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from sciarada.nn.channels.valid import PixelRows

SAMPLES = 600
_REJECT, _ROUNDS, _MIN_SHARE, _LEAST = 2.5, 5, 0.5, 5


def zscale_limits(
    rows: PixelRows, contrast: float = 0.25, samples: int = SAMPLES
) -> tuple[Tensor, Tensor]:
    """Return the lowest and highest value to show of each image.

    The algorithm of IRAF, as in `astropy.visualization.ZScaleInterval`: a straight line is
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
    samples = min(samples, rows.length)
    line = _whole_line if samples == SAMPLES else functools.partial(_line, samples=samples)
    taken, slope, good = rows.shared(line)
    return _limits(taken, slope, good, contrast)


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
    enough = good >= max(_LEAST, int(samples * _MIN_SHARE))
    return (
        torch.where(enough, torch.maximum(low, median - (centre - 1) * reach), low),
        torch.where(enough, torch.minimum(high, median + (samples - centre) * reach), high),
    )


def _line(rows: PixelRows, samples: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the samples, the slope through them and the number that it was fitted to."""
    last = (rows.count - 1).clamp(min=0)
    steps = torch.linspace(0, 1, samples, dtype=torch.float64, device=last.device)
    taken = rows.at((steps * last).round().long())
    taken = torch.where(rows.count > 0, taken, 0.0)
    least = max(_LEAST, int(samples * _MIN_SHARE))
    y = taken.double()
    y -= y[:, [samples // 2]]
    x = torch.arange(samples, dtype=torch.float64, device=y.device) - 0.5 * (samples - 1)
    bad = torch.zeros_like(y, dtype=torch.bool)
    good = torch.full_like(y[:, :1], samples)
    before = good + 1
    slope = torch.zeros_like(good)
    reach = int(samples * 0.01) // 2
    for _ in range(_ROUNDS):
        going = (good < before) & (good >= least)
        use = (~bad).double()
        new_slope, offset = _least_squares(x, y, use)
        slope = torch.where(going, new_slope, slope)
        squares = (y - torch.addcmul(offset, new_slope, x)).square_()
        spread = (use * squares).sum(dim=1, keepdim=True) / good.clamp(min=1)
        bad = torch.where(going, _grown(bad | (squares > _REJECT**2 * spread), reach), bad)
        before = torch.where(going, good, before)
        good = torch.where(going, (~bad).sum(dim=1, keepdim=True).double(), good)
    return taken, slope.to(taken.dtype), good


def _least_squares(x: Tensor, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return slopes and offsets ``(n, 1)`` of lines through points of weight 1."""
    powers = torch.stack([torch.ones_like(x), x, x.square()], dim=1)
    number, sum_x, sum_xx = (weight @ powers).split(1, dim=1)
    sum_y, sum_xy = ((weight * y) @ powers[:, :2]).split(1, dim=1)
    number = number.clamp(min=1)
    across = number * sum_xy - sum_x * sum_y
    along = number * sum_xx - sum_x.square()
    slope = across / along.clamp(min=1e-300)
    return slope, (sum_y - slope * sum_x) / number


def _grown(chosen: Tensor, reach: int) -> Tensor:
    """Choose also what is up to ``reach`` places from what is chosen."""
    grown = chosen.clone()
    for step in range(1, reach + 1):
        grown[:, step:] |= chosen[:, :-step]
        grown[:, :-step] |= chosen[:, step:]
    return grown
