"""Plain statistics of an image's pixels, streamed so that its size does not matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window

BAND = 1 << 22  # pixels read at a time
SAMPLE = 1 << 22  # pixels at most that median and scatter are taken from
SIGMA_PER_MAD = 1.482602218505602  # of a Gaussian


@dataclass(frozen=True)
class PixelStatistics:
    """Statistics of all pixels of an image.

    Parameters
    ----------
    total, missing : int
        Number of pixels, and of those that are NaN.
    minimum, maximum : float or None
        Of the valid pixels, in the image's unit; None where there is none.
    median, scatter : float or None
        Median, and 1.48 times the median absolute deviation, which is the noise of an image
        that is mostly empty. Of an evenly spread sample where there are many pixels.
    """

    total: int
    missing: int
    minimum: float | None
    maximum: float | None
    median: float | None
    scatter: float | None


def pixel_statistics(image: SkyImage, sample: int = SAMPLE) -> PixelStatistics:
    """Read an image once, in bands of rows, and return the statistics of its pixels.

    Parameters
    ----------
    image : SkyImage
    sample : int
        Pixels at most that median and scatter are taken from; all of a smaller image.

    Returns
    -------
    PixelStatistics
    """
    ny, nx = image.shape
    stride = -(-ny * nx // sample)
    while math.gcd(stride, nx) > 1:  # the same columns of each row would be no fair sample
        stride += 1
    rows = max(1, BAND // nx)
    low, high, valid, seen, kept = math.inf, -math.inf, 0, 0, []
    for y0 in range(0, ny, rows):
        values = image.read(Window(y0, min(y0 + rows, ny), 0, nx)).ravel()
        kept.append(values[-seen % stride :: stride])
        seen += values.size
        values = values[~np.isnan(values)]
        valid += values.size
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    if not valid:
        return PixelStatistics(ny * nx, ny * nx, None, None, None, None)
    some = np.concatenate(kept)
    some = some[~np.isnan(some)].astype(float)
    if not some.size:
        return PixelStatistics(ny * nx, ny * nx - valid, low, high, None, None)
    median = float(np.median(some))
    scatter = SIGMA_PER_MAD * float(np.median(np.abs(some - median)))
    return PixelStatistics(ny * nx, ny * nx - valid, low, high, median, scatter)
