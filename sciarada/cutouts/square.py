"""One picture as a square of a given number of pixels."""

from __future__ import annotations

import numpy as np

from sciarada.cutouts.resampling import REACH, PixelGrid, resample
from sciarada.geometry.windows import Window


def squared(picture: np.ndarray, npix: int, side: float | None = None) -> np.ndarray:
    """Return the square round a picture, resampled as cutouts of images are.

    Parameters
    ----------
    picture : ndarray of float32, shape (ny, nx)
        NaN where there is nothing.
    npix : int
        Side of the result in pixels. A picture that has it already is copied.
    side : float, optional
        Side of the square in pixels of the picture, about its middle; by default the longer
        side of the picture, so that nothing is cut off.

    Returns
    -------
    ndarray of float32, shape (npix, npix)
        NaN beyond the shorter sides of an oblong picture. See `sciarada.cutouts.resampling` for
        what becomes of the pixels.
    """
    ny, nx = picture.shape
    side = side or max(ny, nx)
    if picture.shape == (npix, npix) and side == npix:
        return picture.astype(np.float32)
    step = side / npix
    grid = PixelGrid(npix, 0.5 * (nx - 1), 0.5 * (ny - 1), ((step, 0.0), (0.0, step)))
    window = grid.window.grow(REACH)
    wide = np.full(window.shape, np.nan, np.float32)
    there = Window.whole(picture.shape).overlap(window)
    if there is not None:
        wide[there.slices_in(window)] = picture[there.slices]
    return resample(wide, window, grid)
