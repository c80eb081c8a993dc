"""Outlines of masks as polygons of few vertices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from contourpy import contour_generator
from scipy import ndimage

MAX_VERTICES = 64
LARGE, SMOOTHING = 1000, 0.03
FIRST_TOLERANCE = 0.4


def outlines(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Trace the largest part of each mask.

    Parameters
    ----------
    masks : sequence of ndarray of bool, shape (ny, nx)
        At least one pixel of each is set.

    Returns
    -------
    list of ndarray of float, shape (n, 2)
        Vertices (x, y) in pixels of each mask, at least 4 and at most 64, not closed. The
        line runs half-way between pixel centres inside and outside the mask. That of a mask
        of more than 1000 pixels is smoothed over up to 3 % of its size first, and where
        64 vertices are not enough the line departs by 0.4 pixels or more.
    """
    return [_thinned(ring) for ring in _longest_rings([_smoothed(mask) for mask in masks])]


def largest_extent(points: np.ndarray) -> float:
    """Return the largest distance between any two of the points (n, dimensions)."""
    offsets = points[:, None] - points
    return float(np.sqrt((offsets**2).sum(axis=-1).max()))


def _smoothed(mask: np.ndarray) -> np.ndarray:
    """Return a large mask without its fine indentations, as numbers to be cut at a half.

    It is smoothed less where it would fall apart.
    """
    pixels = int(mask.sum())
    width = SMOOTHING * np.sqrt(pixels)
    parts = _parts(mask) if pixels > LARGE else 0
    while parts and width > 1.0:
        margin = int(np.ceil(3 * width))
        padded = np.pad(mask, margin).astype(np.float32)
        values = ndimage.gaussian_filter(padded, width)[margin:-margin, margin:-margin]
        if 0 < _parts(values > 0.5) <= parts:
            return values
        width /= 2.0
    return mask


def _parts(mask: np.ndarray) -> int:
    """Return the number of connected parts, counting diagonal neighbours."""
    return ndimage.label(mask, np.ones((3, 3)))[1]


def _longest_rings(masks: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Contour all masks in one go, side by side in one image with gaps between them."""
    if not masks:
        return []
    starts = np.cumsum([1, *(mask.shape[1] + 2 for mask in masks)])
    strip = np.zeros((max(mask.shape[0] for mask in masks) + 2, starts[-1] + 1))
    for mask, start in zip(masks, starts, strict=False):
        strip[1 : mask.shape[0] + 1, start : start + mask.shape[1]] = mask
    longest = [np.empty((0, 2))] * len(masks)
    for line in map(np.asarray, contour_generator(z=strip).lines(0.5)):
        i = int(np.searchsorted(starts, line[0, 0] + 0.75, side="right")) - 1
        if len(line) > len(longest[i]):
            longest[i] = line
    return [line[:-1] - (start, 1) for line, start in zip(longest, starts, strict=False)]


def _thinned(ring: np.ndarray) -> np.ndarray:
    """Drop the vertices that lie on a straight line, then as many as must go."""
    before, after = np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0)
    one, other = ring - before, after - ring
    corner = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) > 1e-9
    simple = ring = ring[corner]
    tolerance = FIRST_TOLERANCE
    while len(simple) > MAX_VERTICES:
        simple = _simplified(ring, tolerance)
        tolerance *= 1.5
    return simple


def _simplified(ring: np.ndarray, tolerance: float) -> np.ndarray:
    """Thin out a closed ring (Douglas and Peucker 1973), keeping two opposite vertices."""
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(axis=1)))
    closed = np.concatenate([ring, ring[:1]])
    keep = np.zeros(len(closed), bool)
    keep[[0, far, -1]] = True
    pending = [(0, far), (far, len(closed) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        chord = closed[last] - closed[first]
        offset = closed[first + 1 : last] - closed[first]
        length = np.hypot(*chord)
        distance = (
            np.abs(chord[0] * offset[:, 1] - chord[1] * offset[:, 0]) / length
            if length > 0
            else np.hypot(*offset.T)
        )
        worst = int(np.argmax(distance))
        if distance[worst] > tolerance:
            split = first + 1 + worst
            keep[split] = True
            pending += [(first, split), (split, last)]
    return closed[:-1][keep[:-1]]
