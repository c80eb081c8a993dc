"""Ways to turn surface brightness into one channel from 0 to 1.

Each takes ``(n, p)``, an image a row with NaN where it is missing, and returns finite values
of the same shape: 0 where missing, and everywhere in an image that is constant.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sciarada.nn.channels.valid import clipped_median_and_sigma, ordered, quantile
from sciarada.nn.channels.zscale import zscale_limits

Stretch = Callable[[Tensor], Tensor]


def between(values: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Return values scaled so that ``low`` is 0 and ``high`` is 1, and cut there."""
    span = high - low
    scaled = (values - low) / torch.where(span > 0, span, 1.0)
    scaled = torch.where(span > 0, scaled.clamp(0, 1), 0.0)
    return torch.where(torch.isfinite(values), scaled, 0.0)


def minmax(values: Tensor) -> Tensor:
    """Scale from the lowest to the highest pixel."""
    rows, count = ordered(values)
    return between(values, quantile(rows, count, 0.0), quantile(rows, count, 1.0))


def zscale(contrast: float) -> Stretch:
    """Return a scaling between the zscale limits of a contrast."""

    def stretch(values: Tensor) -> Tensor:
        return between(values, *zscale_limits(values, contrast))

    return stretch


def clipped(below: float, above: float, then: Stretch = minmax) -> Stretch:
    """Return a stretch of values cut at so many sigma below and above the median."""

    def stretch(values: Tensor) -> Tensor:
        middle, sigma = clipped_median_and_sigma(values)
        cut = torch.clamp(values, middle - below * sigma, middle + above * sigma)
        return then(torch.where(torch.isfinite(values), cut, torch.nan))

    return stretch


def equalised(values: Tensor) -> Tensor:
    """Replace each pixel by the share of the image's pixels that are fainter."""
    rows, count = ordered(values)
    filled = torch.where(torch.isfinite(values), values, torch.inf)
    rank = torch.searchsorted(rows, filled, right=False)
    share = rank / (count[:, None] - 1).clamp(min=1)
    return torch.where(torch.isfinite(values), share.to(values.dtype), 0.0)


def above_noise(curve: Callable[[Tensor], Tensor], below: float, above: float) -> Stretch:
    """Return a curve of the signal to noise, cut at so many sigma, and scaled to 0 and 1."""

    def stretch(values: Tensor) -> Tensor:
        middle, sigma = clipped_median_and_sigma(values)
        snr = (values - middle) / torch.where(sigma > 0, sigma, 1.0)
        snr = torch.where(sigma > 0, snr, torch.where(torch.isfinite(values), 0.0, torch.nan))
        return minmax(curve(snr.clamp(-below, above)))

    return stretch


def curved(curve: Callable[[Tensor], Tensor]) -> Stretch:
    """Return a curve of the values scaled from the lowest to the highest."""

    def stretch(values: Tensor) -> Tensor:
        return torch.where(torch.isfinite(values), curve(minmax(values)), 0.0)

    return stretch


def log1000(values: Tensor) -> Tensor:
    """Return log(1000 v + 1) / log(1001) of values from 0 to 1."""
    return torch.log1p(1000 * values) / torch.log1p(torch.tensor(1000.0, device=values.device))


def asinh10(values: Tensor) -> Tensor:
    """Return asinh(10 v) / asinh(10) of values from 0 to 1."""
    return torch.asinh(10 * values) / torch.asinh(torch.tensor(10.0, device=values.device))
