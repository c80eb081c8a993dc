"""Blank pixels that cut through emission: masked channels of a camera, rows, single pixels."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def bridges(bright: np.ndarray, blank: np.ndarray, reach: float) -> np.ndarray:
    """Return the blank pixels that lie in a narrow gap of an island.

    Parameters
    ----------
    bright : ndarray of bool
        Pixels of islands.
    blank : ndarray of bool
        Pixels without a value.
    reach : float
        Gaps of up to twice so many pixels are narrow.

    Returns
    -------
    ndarray of bool
        Those blank pixels that a morphological closing of the bright ones with a disc covers.
    """
    found = np.zeros(bright.shape, bool)
    if not blank.any() or not bright.any():
        return found
    margin = int(np.ceil(reach)) + 1
    box = _box_of_blanks(bright, blank, margin)
    if box is None:
        return found
    wide = np.pad(bright[box], margin)
    near = ndimage.distance_transform_edt(~wide) <= reach
    closed = ndimage.distance_transform_edt(near)[margin:-margin, margin:-margin] > reach
    found[box] = closed & blank[box]
    return found


def _box_of_blanks(
    bright: np.ndarray, blank: np.ndarray, margin: int
) -> tuple[slice, slice] | None:
    """Return the box that holds all blank pixels with bright ones beside them, and a margin."""
    beside = ndimage.binary_dilation(bright, np.ones((3, 3))) & blank
    if not beside.any():
        return None
    rows, columns = (np.flatnonzero(beside.any(axis=axis)) for axis in (1, 0))
    box = [
        slice(max(0, ends[0] - 2 * margin), ends[-1] + 2 * margin + 1) for ends in (rows, columns)
    ]
    return box[0], box[1]
