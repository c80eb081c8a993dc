"""Framing: which square of a cutout is shown, so that its source fills it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import ndimage

from sciarada.core.squaring import squared

Frame = Literal["whole", "source"]
FRAMES: tuple[Frame, ...] = ("whole", "source")

SIGMAS = 4.0
JOINED = 2  # pixels by which emission is widened before it is told apart
NEAR = 24.0  # pixels from the middle within which the source has emission
MARGIN, MORE = 1.2, 3.0  # the half side is that much of the source's reach, and so many pixels
LEAST = 20.0  # pixels, half side
_MAD = 1.4826


def source_reach(picture: np.ndarray) -> float:
    """Return how far the source in the middle of a picture reaches, along x or y.

    Emission is what is 4 sigma above the median, sigma being that of the median absolute
    deviation: in a picture whose noise was clipped, all that is above the clip. The source
    is all connected emission, gaps of 4 pixels bridged, that comes within 24 pixels of the
    middle: both lobes of a double, but not its neighbours.

    Parameters
    ----------
    picture : ndarray of float32, shape (ny, nx)
        NaN where there is nothing.

    Returns
    -------
    float
        Pixels from the middle to the outermost pixel of the source; NaN where there is none.
    """
    finite = picture[np.isfinite(picture)]
    if not len(finite):
        return np.nan
    middle = np.median(finite)
    sigma = _MAD * np.median(np.abs(finite - middle))
    emission = np.nan_to_num(picture, nan=middle) > middle + SIGMAS * sigma
    y, x = (np.arange(side) - 0.5 * (side - 1) for side in picture.shape)
    near = emission & (np.hypot(x, y[:, None]) < NEAR)
    if not near.any():
        return np.nan
    joined, _ = ndimage.label(ndimage.binary_dilation(emission, iterations=JOINED))
    member = np.zeros(joined.max() + 1, bool)
    member[joined[near]] = True
    rows, columns = np.nonzero(member[joined] & emission)
    return float(max(np.abs(y[rows]).max(), np.abs(x[columns]).max()))


def framed(picture: np.ndarray, npix: int) -> np.ndarray:
    """Return the square about the source in the middle of a picture, resampled.

    Parameters
    ----------
    picture : ndarray of float32, shape (ny, nx)
        NaN where there is nothing.
    npix : int
        Side of the result in pixels.

    Returns
    -------
    ndarray of float32, shape (npix, npix)
        The square reaches 1.2 times as far as the source and 3 pixels more, at least 20 pixels
        to each side, and not beyond the longer side of the picture: that far where there is
        no source.
    """
    longest = max(picture.shape)
    reach = source_reach(picture)
    if not np.isfinite(reach):
        return squared(picture, npix)
    return squared(picture, npix, min(longest, 2 * max(LEAST, MARGIN * reach + MORE)))
