"""Fewer squares that cover the same area."""

from __future__ import annotations

import numpy as np

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.leakage import REACH, known_vectors

MAX_POSITIONS = 100_000
_FIRST_CELL = 30.0  # arcsec


def thinned(cover: SkyCover, max_positions: int = MAX_POSITIONS) -> SkyCover:
    """Return at most ``max_positions`` squares that cover the area of these, and little more.

    Squares with centres close together become one that is wide enough for all of them.

    Parameters
    ----------
    cover : SkyCover
        All of them with a position; returned as it is where it has no more.
    max_positions : int
        At least a few hundred, or single squares would cover large parts of the sky.
    """
    if len(cover) <= max_positions:
        return cover
    places, _ = known_vectors(*cover.positions)
    size = np.where(np.isfinite(cover.size), cover.size, REACH * np.sqrt(2.0))
    cell = _FIRST_CELL
    while True:
        cells = np.floor(places / np.radians(cell / 3600)).astype(np.int64)
        _, first, which = np.unique(cells, axis=0, return_index=True, return_inverse=True)
        if len(first) <= max_positions:
            break
        cell *= 2
    widest = np.zeros(len(first))
    np.maximum.at(widest, which.reshape(-1), size)
    # What is a diagonal of the cell away from the first of it is within reach all the same.
    alone = np.bincount(which.reshape(-1)) == 1
    widest += np.where(alone, 0.0, np.sqrt(3.0) * cell * np.sqrt(2.0))
    return SkyCover(cover.ra[first], cover.dec[first], widest)
