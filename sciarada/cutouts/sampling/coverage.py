"""Valid and bright pixels of an image, counted on a coarse grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window

NOISE_BOX = 128  # pixels; multiple of every cell
MAX_CELL = 16
_EVERY = 4  # one pixel in so many, along both axes, gives the noise
_LOW, _MIDDLE = 0.15865525393145705, 0.5  # shares one sigma apart in Gaussian noise


@dataclass(frozen=True, eq=False)
class Coverage:
    """Valid pixels and emission of one image, counted in the cells of a grid.

    Parameters
    ----------
    cell : int
        Side of a cell in pixels.
    valid : ndarray of float64, shape (rows + 1, columns + 1)
        Number of valid pixels below and left of each corner of the grid.
    bright : ndarray of float64 or None
        Likewise of the pixels that stand above the noise; None if they were not counted.
    """

    cell: int
    valid: np.ndarray
    bright: np.ndarray | None

    @property
    def valid_pixels(self) -> int:
        """Number of valid pixels of the image."""
        return int(self.valid[-1, -1])

    def valid_share(self, x: np.ndarray, y: np.ndarray, side: float) -> np.ndarray:
        """Return the valid fraction of squares; pixels outside the image are not valid.

        Parameters
        ----------
        x, y : ndarray, shape (n,)
            Centres in zero-based pixels.
        side : float
            Side of the squares in pixels. It is exact where the edge of a square crosses no
            cell that is valid in part.
        """
        return _sums(self.valid, *_edges(x, y, side, self.cell)) / side**2

    def bright_pixels(self, x: np.ndarray, y: np.ndarray, side: float) -> np.ndarray:
        """Return the number of pixels of squares above the noise.

        Cells that a square holds in part are omitted.

        Raises
        ------
        ValueError
            If they were not counted.
        """
        if self.bright is None:
            raise ValueError("the pixels above the noise were not counted")
        left, right, low, high = _edges(x, y, side, self.cell)
        whole = np.ceil(left), np.floor(right), np.ceil(low), np.floor(high)
        return _sums(self.bright, *whole)


def measure_coverage(image: SkyImage, side: int, sigma: float | None = None) -> Coverage:
    """Count the valid pixels, and those above the noise, of an image.

    Parameters
    ----------
    image : SkyImage
        Read once, in strips of `NOISE_BOX` rows.
    side : int
        Side in pixels of the squares that will be asked about; the cells are an eighth of it,
        at most `MAX_CELL` pixels.
    sigma : float, optional
        Also count the pixels so many times the noise above the median. Both are taken from
        the lower half of the values in boxes of `NOISE_BOX` pixels, which sources do not
        reach, and smoothed by a median over three by three boxes.
    """
    cell = _cell(side)
    strips = [
        Window(y0, min(y0 + NOISE_BOX, image.shape[0]), 0, image.shape[1])
        for y0 in range(0, image.shape[0], NOISE_BOX)
    ]
    if sigma is None:
        valid = [_counts(np.isfinite(image.read(strip)), cell) for strip in strips]
        return Coverage(cell, _summed(valid), None)
    limit = _limits(image, strips, sigma)
    valid, bright = [], []
    for strip, row in zip(strips, limit, strict=True):
        pixels = image.read(strip)
        valid.append(_counts(np.isfinite(pixels), cell))
        above = pixels > np.repeat(row, NOISE_BOX)[: image.shape[1]]  # never where it is NaN
        bright.append(_counts(above, cell))
    return Coverage(cell, _summed(valid), _summed(bright))


def _cell(side: int) -> int:
    """Return the largest power of two that is at most an eighth of a side."""
    return min(MAX_CELL, 1 << max(0, (side // 8).bit_length() - 1))


def _limits(image: SkyImage, strips: list[Window], sigma: float) -> np.ndarray:
    """Return the level above which a pixel of each box stands out."""
    boxes = [_box_levels(image.read(strip)) for strip in strips]
    middle, noise = np.stack([np.stack(row) for row in zip(*boxes, strict=True)])
    limit = middle + sigma * noise
    known = np.isfinite(limit)
    filled = np.where(known, limit, np.nanmedian(limit) if known.any() else np.inf)
    return ndimage.median_filter(filled, 3, mode="nearest")


def _box_levels(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the median and the noise of the boxes of one strip, NaN where a box is blank."""
    few = pixels[::_EVERY, ::_EVERY]
    wide = NOISE_BOX // _EVERY
    columns = -(-few.shape[1] // wide)
    padded = np.full((len(few), columns * wide), np.nan, np.float32)
    padded[:, : few.shape[1]] = few
    # NaN is sorted to the end of its box.
    boxes = np.sort(padded.reshape(len(few), columns, wide).swapaxes(0, 1).reshape(columns, -1))
    known = np.isfinite(boxes).sum(axis=1)
    low, middle = (_of_sorted(boxes, known, share) for share in (_LOW, _MIDDLE))
    return middle, middle - low


def _of_sorted(boxes: np.ndarray, known: np.ndarray, share: float) -> np.ndarray:
    """Return the quantile of the first ``known`` values of each row for a given share."""
    place = share * np.maximum(known - 1, 0)
    below = np.floor(place).astype(np.int64)
    rows = np.arange(len(boxes))
    lower, upper = boxes[rows, below], boxes[rows, np.minimum(below + 1, boxes.shape[1] - 1)]
    part = place - below
    return np.where(part > 0, lower + part * (upper - lower), lower)


def _counts(which: np.ndarray, cell: int) -> np.ndarray:
    """Return the number of true pixels in each cell; the last ones may be cut by the border."""
    ny, nx = which.shape
    wide = np.zeros((-(-ny // cell) * cell, -(-nx // cell) * cell), bool)
    wide[:ny, :nx] = which
    return wide.reshape(wide.shape[0] // cell, cell, -1, cell).sum(axis=(1, 3), dtype=np.int32)


def _summed(strips: list[np.ndarray]) -> np.ndarray:
    """Return the summed-area table of the counts of strips."""
    counts = np.concatenate(strips)
    table = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1))
    np.cumsum(np.cumsum(counts, axis=0), axis=1, out=table[1:, 1:])
    return table


def _edges(x: np.ndarray, y: np.ndarray, side: float, cell: int) -> tuple[np.ndarray, ...]:
    """Return left, right, lower and upper edges of squares in cells from the image's corner."""
    x, y = np.asarray(x) + 0.5, np.asarray(y) + 0.5
    half = side / 2
    return (x - half) / cell, (x + half) / cell, (y - half) / cell, (y + half) / cell


def _sums(
    table: np.ndarray, left: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Return the sums between edges, with straight lines between the corners of the grid."""

    def at(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return ndimage.map_coordinates(table, [rows, columns], order=1, mode="nearest")

    return at(high, right) - at(low, right) - at(high, left) + at(low, left)
