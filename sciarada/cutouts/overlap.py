"""Cutouts that show the same sky: pairs of them, and groups of connected pairs."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from sciarada.core.cutout_source import batches, row_numbers
from sciarada.cutouts.leakage import REACH, Placed, chord, known_vectors

_AT_ONCE = 1024


def overlapping(first: Placed, second: Placed) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of cutouts that lie nearer to each other than half of both sides.

    Two squares of one size do so within one side. `REACH` takes the place of half a side where
    the size is unknown; cutouts without position are in no pair.

    Parameters
    ----------
    first, second : CutoutSource or SkyCover
        Given one set twice, each cutout is a pair with itself.

    Returns
    -------
    rows, others : ndarray of int64, shape (k,)
        Of the first and of the second.
    """
    (ours, seen), (theirs, known) = (known_vectors(*each.positions) for each in (first, second))
    numbers, places = np.flatnonzero(seen), np.flatnonzero(known)
    if not len(numbers) or not len(places):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    ours, theirs = ours[numbers], theirs[places]
    mine, other = _half(first)[numbers], _half(second)[places]
    tree, pairs = KDTree(theirs), []
    for part in batches(len(numbers), _AT_ONCE):
        found = tree.query_ball_point(ours[part], chord(mine[part] + other.max()))
        rows = np.repeat(row_numbers(part, len(numbers)), [len(each) for each in found])
        others = np.concatenate([np.asarray(each, np.int64) for each in found])
        distance = np.linalg.norm(ours[rows] - theirs[others], axis=1)
        near = distance <= chord(mine[rows] + other[others])
        pairs.append((numbers[rows[near]], places[others[near]]))
    rows, others = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return rows, others


def overlaps_any(first: Placed, second: Placed) -> np.ndarray:
    """Return whether each cutout of the first overlaps with any of the second, bool (n,)."""
    return np.isin(np.arange(len(first)), overlapping(first, second)[0])


def overlap_groups(cutouts: Placed) -> np.ndarray:
    """Return the number of the group of each cutout, int (n,).

    Cutouts that overlap directly, or through others between them, are in one group;
    a cutout without position is a separate group.
    """
    rows, others = overlapping(cutouts, cutouts)
    size = len(cutouts)
    links = coo_array((np.ones(len(rows), bool), (rows, others)), shape=(size, size))
    return connected_components(links, directed=False)[1]


def _half(cutouts: Placed) -> np.ndarray:
    """Return half the side of each cutout in arcsec."""
    return np.where(np.isfinite(cutouts.size), cutouts.size / 2.0, REACH)
