"""Count islands and peaks of an image, by the tree of its level sets."""

from __future__ import annotations

import numpy as np


def count_islands_and_peaks(
    picture: np.ndarray, threshold: float, prominence: float, relative: float
) -> tuple[int, int]:
    """Count the connected regions above a threshold, and their prominent peaks.

    Pixels are neighbours if they touch, also corner to corner. The prominence of a peak is its
    height above the highest saddle that leads to a higher peak of its region.

    Parameters
    ----------
    picture : ndarray
        Surface brightness ``[y, x]``.
    threshold : float
        Islands are the regions at this level and above.
    prominence, relative : float
        A peak counts if its prominence is at least ``prominence`` and at least ``relative``
        times its height; the highest of an island always counts.

    Returns
    -------
    islands, peaks : int

    Notes
    -----
    Every pixel climbs to its highest neighbour until it is on a peak, of plateaus the last in
    reading order. So each peak has a basin, and only the saddles between basins have to be
    taken in order of height, each of which ends the lower of two peaks (Edelsbrunner et al.
    2002, Discrete Comput. Geom. 28, 511).
    """
    inside = picture >= threshold
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return 0, 0
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    height = np.pad(np.where(inside[box], picture[box], -np.inf), 1, constant_values=-np.inf)
    width = height.shape[1]
    height = height.ravel()
    pixels = np.flatnonzero(height > -np.inf)
    basin = _basins(height, pixels, width)
    tops = np.unique(basin[pixels])
    if len(tops) == 1:
        return 1, 1
    saddles = _saddles(height, pixels, basin, width)
    return _merge(height, tops, saddles, prominence, relative)


def _basins(height: np.ndarray, pixels: np.ndarray, width: int) -> np.ndarray:
    """Return the peak that each pixel climbs to, as a flat index."""
    steps = np.array([-width - 1, -width, -width + 1, -1, 0, 1, width - 1, width, width + 1])
    target, highest = pixels, np.full(len(pixels), -np.inf)
    for step in steps:
        beside = height[pixels + step]
        higher = beside >= highest
        target = np.where(higher, pixels + step, target)
        highest = np.where(higher, beside, highest)
    basin = np.arange(len(height))
    basin[pixels] = target
    while True:
        further = basin[basin]
        if np.array_equal(further, basin):
            return basin
        basin = further


def _saddles(
    height: np.ndarray, pixels: np.ndarray, basin: np.ndarray, width: int
) -> list[tuple[float, int, int]]:
    """Return the highest pass (height, peak, peak) between each two neighbouring basins."""
    here = np.concatenate([pixels] * 4)
    there = np.concatenate([pixels + step for step in (1, width - 1, width, width + 1)])
    border = (height[there] > -np.inf) & (basin[here] != basin[there])
    here, there = here[border], there[border]
    level = np.minimum(height[here], height[there])
    order = np.argsort(level)  # of one pair, the highest comes last, and stays in the dict
    one, other = basin[here[order]], basin[there[order]]
    pairs = zip(np.minimum(one, other).tolist(), np.maximum(one, other).tolist(), strict=True)
    found = dict(zip(pairs, level[order].tolist(), strict=True))
    return sorted(((value, *pair) for pair, value in found.items()), reverse=True)


def _merge(
    height: np.ndarray,
    tops: np.ndarray,
    saddles: list[tuple[float, int, int]],
    prominence: float,
    relative: float,
) -> tuple[int, int]:
    """Count the regions and the prominent peaks, from the highest saddle to the lowest."""
    ruler = {int(top): int(top) for top in tops}

    def top_of(peak: int) -> int:
        while ruler[peak] != peak:
            ruler[peak] = peak = ruler[ruler[peak]]
        return peak

    islands, minor = len(tops), 0
    for level, one, other in saddles:
        lower, higher = sorted((top_of(one), top_of(other)), key=lambda peak: (height[peak], peak))
        if lower == higher:
            continue
        ruler[lower] = higher
        islands -= 1
        minor += height[lower] - level >= max(prominence, relative * height[lower])
    return islands, islands + int(minor)
