"""Positions on the sky, out of anything that has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sciarada.cutouts.reading import ZARR, read_set
from sciarada.errors import CutoutError
from sciarada.io.finders.reading import read_finder
from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.cells import numbers


def read_positions(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of a set of cutouts, a catalogue, or another table.

    Parameters
    ----------
    path : str or Path
        A set (its images need not be there), a catalogue that
        `sciarada.io.finders.reading.read_finder` reads, or any table with columns ``ra`` and
        ``dec``.

    Returns
    -------
    ra, dec : ndarray of float64
        ICRS degrees, without those that are unknown.

    Raises
    ------
    CatalogueError, CutoutError
        If the file cannot be read, or has no positions.
    """
    path = Path(path)
    if path.is_dir() or path.suffix.lower() == ZARR:
        ra, dec = read_set(path).positions
    else:
        table = read_user_table(path)
        if not {"cutout_id", "ra", "dec"} <= set(table.colnames):
            table = read_finder(path).sources
        ra, dec = (numbers(table[name]) for name in ("ra", "dec"))
    known = np.isfinite(ra) & np.isfinite(dec)
    if not known.any():
        raise CutoutError(f"{path} has no positions on the sky")
    return ra[known], dec[known]
