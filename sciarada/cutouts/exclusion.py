"""Leave out cutouts of a set: files without pixels, and those that show given positions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.folder_set import FolderSet, shortened
from sciarada.cutouts.leakage import shows_any
from sciarada.cutouts.positions import read_positions
from sciarada.errors import CutoutError


def without_faults(cutouts: FolderSet, notes: list[str]) -> FolderSet:
    """Return the set without files that are empty or cannot be read, and note how many are.

    Raises
    ------
    CutoutError
        If none is left.
    """
    faults = dict(cutouts.faults())
    if not faults:
        return cutouts
    notes.append(f"left out {len(faults)} of {len(cutouts)} files: {shortened([*faults.values()])}")
    if len(faults) == len(cutouts):
        raise CutoutError(f"{cutouts.folder} has no file that can be used: {notes[-1]}")
    return cutouts[np.delete(np.arange(len(cutouts)), list(faults))]


def without_excluded(
    cutouts: CutoutSource, paths: Iterable[Path], radius: float | None, notes: list[str]
) -> CutoutSource:
    """Return the set without cutouts that contain a position of other sets.

    Parameters
    ----------
    cutouts : CutoutSource
    paths : iterable of path
        The other sets, or tables with positions.
    radius : float or None
        Arcsec; by default half the diagonal of each cutout.
    notes : list of str
        Told how many are left out.

    Raises
    ------
    CutoutError
        If no cutout has a position, or none is left.
    """
    for path in paths:
        ra, dec = read_positions(path)
        unknown = int(np.sum(~np.isfinite(cutouts.positions[0])))
        if unknown == len(cutouts):
            raise CutoutError(
                f"no cutout has a position, so none can be excluded for {path}: give positions "
                f"of the files with --about TABLE"
            )
        shown = shows_any(cutouts, ra, dec, radius)
        notes.append(f"left out {int(shown.sum())} of {len(cutouts)} that show positions of {path}")
        if unknown:
            notes.append(f"{unknown} of {len(cutouts)} have no position and stay")
        if shown.all():
            raise CutoutError(f"every cutout shows a position of {path}: give a smaller --radius")
        cutouts = cutouts[~shown]
    return cutouts
