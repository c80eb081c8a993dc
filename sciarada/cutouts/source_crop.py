"""Crop cutouts to the source at their centre, so that it fills them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from sciarada.cutouts.square import squared

SIGMAS = 4.0
JOINED = 2  # pixels by which emission is widened before its parts are separated
NEAR = 24.0  # pixels from the middle within which the source has emission
MARGIN, MORE = 1.2, 3.0  # the half side is that much of the source's reach, and so many pixels
MIN_HALF_SIDE = 20.0  # pixels, half side
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
    finite = np.isfinite(picture)
    values = np.sort(picture if finite.all() else picture[finite], axis=None)  # saves a copy
    if not len(values):
        return np.nan
    middle = _median(values)
    sigma = _MAD * _median(np.sort(np.abs(values - middle)))
    bright = np.flatnonzero(picture > middle + SIGMAS * sigma)
    rows, columns = np.divmod(bright, picture.shape[1])
    if not len(rows):
        return np.nan
    y, x = (
        np.abs(places - 0.5 * (side - 1))
        for places, side in zip((rows, columns), picture.shape, strict=True)
    )
    near = np.hypot(x, y) < NEAR
    if not near.any():
        return np.nan
    group = _groups(rows, columns)
    member = np.isin(group, group[near])
    return float(max(y[member].max(), x[member].max()))


def _groups(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the number of the group of each pixel; gaps of twice `JOINED` are bridged."""
    first = np.array([rows.min(), columns.min()]) - JOINED
    shape = np.array([rows.max(), columns.max()]) + JOINED + 1 - first
    place = (rows - first[0], columns - first[1])
    emission = np.zeros(shape, bool)
    emission[place] = True
    for _ in range(JOINED):
        wider = emission.copy()
        wider[1:] |= emission[:-1]
        wider[:-1] |= emission[1:]
        wider[:, 1:] |= emission[:, :-1]
        wider[:, :-1] |= emission[:, 1:]
        emission = wider
    joined, _ = ndimage.label(emission)
    return joined[place]


def _median(ordered: np.ndarray) -> np.floating:
    """Return the median of values in order, as `numpy.median` computes it."""
    middle = len(ordered) // 2
    return np.mean(ordered[middle - 1 + len(ordered) % 2 : middle + 1])


def crop_to_source(picture: np.ndarray, npix: int, times: float = 1.0) -> np.ndarray:
    """Return the square about the source in the middle of a picture, resampled.

    Parameters
    ----------
    picture : ndarray of float32, shape (ny, nx)
        NaN where there is nothing.
    npix : int
        Side of the result in pixels.
    times : float
        Factor of the side of the square.

    Returns
    -------
    ndarray of float32, shape (npix, npix)
        The square reaches 1.2 times as far as the source and 3 pixels more, at least 20 pixels
        to each side, times the factor, and not beyond the longer side of the picture: that far
        where there is no source.
    """
    return squared(picture, npix, crop_side(picture, times))


def crop_side(picture: np.ndarray, times: float = 1.0) -> float:
    """Return the side of the square of `crop_to_source`, in pixels of the picture."""
    longest = max(picture.shape)
    reach = source_reach(picture)
    if not np.isfinite(reach):
        return longest
    return min(longest, 2 * times * max(MIN_HALF_SIDE, MARGIN * reach + MORE))
