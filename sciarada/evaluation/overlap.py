"""The overlap of the masks of two label images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.pixels import PixelSource
from sciarada.geometry.windows import Window

PIXELS_AT_ONCE = 1 << 22


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Pairs of masks that share pixels, and the sizes of all masks.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Labels of each pair in the two images, sorted.
    common : ndarray of int, shape (n,)
        Number of pixels that the pair shares.
    first_labels, second_labels : ndarray of int
        All labels of each image but 0, ascending.
    first_sizes, second_sizes : ndarray of int
        Number of pixels of each of them.
    """

    first: np.ndarray
    second: np.ndarray
    common: np.ndarray
    first_labels: np.ndarray
    first_sizes: np.ndarray
    second_labels: np.ndarray
    second_sizes: np.ndarray

    @property
    def share_of_first(self) -> np.ndarray:
        """Share of the first mask's pixels that lie in the second."""
        return self.common / self.first_sizes[np.searchsorted(self.first_labels, self.first)]

    @property
    def share_of_second(self) -> np.ndarray:
        """Share of the second mask's pixels that lie in the first."""
        return self.common / self.second_sizes[np.searchsorted(self.second_labels, self.second)]

    @property
    def iou(self) -> np.ndarray:
        """Intersection over union of each pair, above 0 and at most 1."""
        first = self.first_sizes[np.searchsorted(self.first_labels, self.first)]
        second = self.second_sizes[np.searchsorted(self.second_labels, self.second)]
        return self.common / (first + second - self.common)


def measure_overlaps(first: PixelSource, second: PixelSource) -> Overlaps:
    """Compare two label images of the same field.

    Parameters
    ----------
    first, second : PixelSource
        Images of labels, 0 where there is no source; read in strips of a few million pixels.

    Returns
    -------
    Overlaps

    Raises
    ------
    ValueError
        The images differ in shape, or hold labels that are no whole numbers above 0.
    """
    if first.shape != second.shape:
        raise ValueError(f"label images of {first.shape} and {second.shape} pixels do not compare")
    ny, nx = first.shape
    rows = max(1, PIXELS_AT_ONCE // max(nx, 1))
    counts = []
    for start in range(0, ny, rows):
        window = Window(start, min(start + rows, ny), 0, nx)
        counts.append(_count(_labels(first, window) << 32 | _labels(second, window)))
    keys, inverse = np.unique(
        np.concatenate([key for key, _ in counts] or [np.empty(0, np.int64)]), return_inverse=True
    )
    pixels = np.concatenate([count for _, count in counts] or [np.empty(0, np.int64)])
    common = np.bincount(inverse, pixels, minlength=len(keys)).astype(np.int64)
    one, other = keys >> 32, keys & 0xFFFFFFFF
    both = (one > 0) & (other > 0)
    return Overlaps(
        one[both], other[both], common[both], *_sizes(one, common), *_sizes(other, common)
    )


def _labels(pixels: PixelSource, window: Window) -> np.ndarray:
    """Return labels as int64."""
    values = pixels.read(window)
    labels = values.astype(np.int64)
    if labels.size and (labels.min() < 0 or np.any(labels != values)):
        raise ValueError("a label image holds whole numbers from 0")
    return labels


def _count(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of labels of some pixels, without bare sky, and how often they occur."""
    return np.unique(keys[keys > 0], return_counts=True)


def _sizes(labels: np.ndarray, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each label but 0 once, and how many pixels it has."""
    names, inverse = np.unique(labels, return_inverse=True)
    sizes = np.bincount(inverse, pixels, minlength=len(names)).astype(np.int64)
    return names[names > 0], sizes[names > 0]
