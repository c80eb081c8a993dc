"""Ways to turn surface brightness into one channel from 0 to 1.

Each takes the pixels of images as `PixelRows`, and returns finite values ``(n, p)``: 0 where
missing, and everywhere in an image that is constant. The channels of an image share its order
and other quantities computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from sciarada.nn.channels.sky_level import sky_level_and_noise
from sciarada.nn.channels.valid import PixelRows, clipped_median_and_sigma
from sciarada.nn.channels.zscale import zscale_limits

Stretch = Callable[[PixelRows], Tensor]


def between(rows: PixelRows, low: Tensor, high: Tensor) -> Tensor:
    """Return values scaled so that ``low`` is 0 and ``high`` is 1, and cut there."""
    span = high - low
    scaled = (rows.values - low) / torch.where(span > 0, span, torch.inf)
    return scaled.clamp_(0, 1).nan_to_num_(0.0)


def minmax(rows: PixelRows) -> Tensor:
    """Scale from the lowest to the highest pixel."""
    return between(rows, rows.quantile(0.0), rows.quantile(1.0))


def zscale(contrast: float) -> Stretch:
    """Return a scaling between the zscale limits of a contrast."""

    def stretch(rows: PixelRows) -> Tensor:
        return between(rows, *zscale_limits(rows, contrast))

    return stretch


def clipped(below: float, above: float, then: Stretch = minmax) -> Stretch:
    """Return a stretch of values cut at so many sigma below and above the median."""

    def stretch(rows: PixelRows) -> Tensor:
        middle, sigma = rows.shared(clipped_median_and_sigma)
        return then(rows.cut(middle - below * sigma, middle + above * sigma))

    return stretch


def emission(curve: Callable[[Tensor], Tensor], sigmas: float) -> Stretch:
    """Return a curve of the emission above a multiple of sigma, scaled to the highest pixel."""

    def stretch(rows: PixelRows) -> Tensor:
        middle, sigma = rows.shared(clipped_median_and_sigma)
        return curve(between(rows, middle + sigmas * sigma, rows.quantile(1.0)))

    return stretch


def above_sky(curve: Callable[[Tensor], Tensor], sigmas: float) -> Stretch:
    """Return a curve of the emission above the sky, scaled to the highest pixel.

    It starts at a multiple of the noise above the level of the sky, but no higher than halfway
    from that level to the highest pixel: something is always seen.
    """

    def stretch(rows: PixelRows) -> Tensor:
        level, noise = rows.shared(sky_level_and_noise)
        peak = rows.quantile(1.0)
        floor = level + torch.minimum(sigmas * noise, (peak - level) / 2)
        return curve(between(rows, floor, peak))

    return stretch


def down_to_sky(curve: Callable[[Tensor], Tensor], sigmas: float) -> Stretch:
    """Return a curve of all pixels, scaled from a multiple of the noise below the sky."""

    def stretch(rows: PixelRows) -> Tensor:
        level, noise = rows.shared(sky_level_and_noise)
        floor = torch.maximum(level - sigmas * noise, rows.quantile(0.0))
        return torch.where(rows.valid, curve(between(rows, floor, rows.quantile(1.0))), 0.0)

    return stretch


def equalised(rows: PixelRows) -> Tensor:
    """Replace each pixel by the share of the image's pixels that are fainter."""
    share = rows.ranks() / (rows.count - 1).clamp(min=1)
    return torch.where(rows.valid, share.to(rows.values.dtype), 0.0)


def above_noise(curve: Callable[[Tensor], Tensor], below: float, above: float) -> Stretch:
    """Return a curve of the signal to noise, cut at so many sigma, and scaled to 0 and 1."""

    def snr(values: Tensor, middle: Tensor, sigma: Tensor) -> Tensor:
        scaled = (values - middle) / torch.where(sigma > 0, sigma, 1.0)
        scaled = torch.where(sigma > 0, scaled, scaled * 0.0)
        return curve(scaled.clamp(-below, above))

    def stretch(rows: PixelRows) -> Tensor:
        noise = rows.shared(clipped_median_and_sigma)
        return minmax(rows.changed(lambda values: snr(values, *noise)))

    return stretch


def curved(curve: Callable[[Tensor], Tensor]) -> Stretch:
    """Return a curve of the values scaled from the lowest to the highest."""

    def stretch(rows: PixelRows) -> Tensor:
        return torch.where(rows.valid, curve(rows.shared(minmax)), 0.0)

    return stretch


def log1000(values: Tensor) -> Tensor:
    """Return log(1000 v + 1) / log(1001) of values from 0 to 1."""
    return torch.log1p(1000 * values) / math.log1p(1000.0)


def asinh30(values: Tensor) -> Tensor:
    """Return asinh(30 v) / asinh(30) of values from 0 to 1."""
    return torch.asinh(30 * values) / math.asinh(30.0)


def asinh10(values: Tensor) -> Tensor:
    """Return asinh(10 v) / asinh(10) of values from 0 to 1."""
    return torch.asinh(10 * values) / math.asinh(10.0)
