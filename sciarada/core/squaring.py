"""One picture as a square of a given number of pixels."""

from __future__ import annotations

import numpy as np

from sciarada.core.resampling import REACH, PixelGrid, resample
from sciarada.core.windows import Window


def squared(picture: np.ndarray, npix: int) -> np.ndarray:
    """Return the square round a picture, resampled as cutouts of images are.

    Parameters
    ----------
    picture : ndarray of float32, shape (ny, nx)
        NaN where there is nothing.
    npix : int
        Side of the result in pixels. A picture that has it already is copied.

    Returns
    -------
    ndarray of float32, shape (npix, npix)
        Nothing is cut off: the shorter sides of an oblong picture get NaN beyond them. See
        `sciarada.core.resampling` for what becomes of the pixels.
    """
    if picture.shape == (npix, npix):
        return picture.astype(np.float32)
    ny, nx = picture.shape
    step = max(ny, nx) / npix
    grid = PixelGrid(npix, 0.5 * (nx - 1), 0.5 * (ny - 1), ((step, 0.0), (0.0, step)))
    window = grid.window.grow(REACH)
    wide = np.full(window.shape, np.nan, np.float32)
    wide[Window.whole(picture.shape).slices_in(window)] = picture
    return resample(wide, window, grid)
