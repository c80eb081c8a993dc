"""A picture-sized copy of an image of any size, made while streaming through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window

STRIP_PIXELS = 4_000_000  # pixels read at a time
UNKNOWN_BEAM = 3.0  # pixels across a point source where no beam is known


@dataclass(frozen=True, eq=False)
class Raster:
    """An image reduced in blocks.

    Parameters
    ----------
    values : ndarray of float32
        One value per block, ``[y, x]``, NaN where the whole block is missing. The last row and
        column of blocks may reach over the edge of the image.
    factor : int
        Side of a block in image pixels.
    statistic : str
        ``mean`` or ``max`` of the pixels of a block.
    """

    values: np.ndarray
    factor: int
    statistic: str


def reduce_image(image: SkyImage, long_side: int) -> Raster:
    """Return a copy with a long side of ``long_side`` to twice that, or the image itself.

    Blocks smaller than the beam are averaged, which keeps the noise what it is. In larger
    ones a point source would fade, so there the brightest pixel stands for the block.

    Parameters
    ----------
    image : SkyImage
        Read in strips of full width, about 16 MB at a time.
    long_side : int
        Pixels that the picture has to have at the least, if the image has as many.
    """
    factor = max(1, max(image.shape) // long_side)
    beam = image.beam_in_pixels()
    width = UNKNOWN_BEAM if beam is None else beam[1] * FWHM_PER_SIGMA
    statistic = "mean" if factor <= width else "max"
    ny, nx = image.shape
    values = np.empty((-(-ny // factor), -(-nx // factor)), np.float32)
    rows = factor * max(1, STRIP_PIXELS // (nx * factor))
    for y0 in range(0, ny, rows):
        strip = image.read(Window(y0, min(y0 + rows, ny), 0, nx))
        reduced = strip if factor == 1 else _reduce(strip, factor, statistic)
        values[y0 // factor : y0 // factor + len(reduced)] = reduced
    return Raster(values, factor, statistic)


def _reduce(strip: np.ndarray, factor: int, statistic: str) -> np.ndarray:
    """Return one value per block of ``strip``; blocks at the far edges may be cut short."""
    ny, nx = strip.shape
    padding = ((0, -ny % factor), (0, -nx % factor))
    if padding != ((0, 0), (0, 0)):
        strip = np.pad(strip, padding, constant_values=np.nan)
    if statistic == "max":
        return _over_blocks(np.fmax, strip, factor)
    missing = np.isnan(strip)
    if not missing.any():
        return _over_blocks(np.add, strip, factor) / np.float32(factor**2)
    strip[missing] = 0.0
    counts = factor**2 - _over_blocks(np.add, missing.astype(np.float32), factor)
    total = _over_blocks(np.add, strip, factor)
    return np.divide(total, counts, out=np.full_like(total, np.nan), where=counts > 0)


def _over_blocks(combine: np.ufunc, strip: np.ndarray, factor: int) -> np.ndarray:
    """Combine the pixels of each block, first down the columns, then along the rows."""
    columns = strip[::factor].copy()
    for row in range(1, factor):
        combine(columns, strip[row::factor], out=columns)
    blocks = columns[:, ::factor].copy()
    for column in range(1, factor):
        combine(blocks, columns[:, column::factor], out=blocks)
    return blocks
