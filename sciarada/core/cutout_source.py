"""The interface of a training set: names, positions and pixels, wherever they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from astropy.table import Table

Rows = slice | np.ndarray | Sequence[int]


class CutoutSource(Protocol):
    """Named square images of the sky, read on demand.

    Sets of positions on images (`sciarada.cutouts.cutout_set.CutoutSet`), folders of files
    (`sciarada.cutouts.folder_set.FolderSet`) and Zarr stores (`sciarada.cutouts.zarr_set.ZarrSet`)
    are such sources. All of them can be pickled and sent to a worker.
    """

    @property
    def ids(self) -> np.ndarray:
        """Names of the cutouts, int64 or text, shape (n,)."""

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees, float64, NaN where they are unknown."""

    @property
    def size(self) -> np.ndarray:
        """Side of each square in arcsec, float64, NaN where it is unknown.

        Read with ``npix`` pixels, a cutout has pixels of ``size / npix``.
        """

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of each cutout's beam in arcsec, float64, NaN where it is unknown."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Rows) -> CutoutSource:
        """Return some of the cutouts, given as slice, mask or numbers."""

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return float32 (n, npix, npix), NaN where pixels are missing; by default all rows.

        Resampled to ``npix`` where they have another size; by default all must have the same size.
        """

    def to_table(self, headers: bool = True) -> Table:
        """Return one row per cutout: ``cutout_id``, ``ra``, ``dec``, ``size`` and others.

        Without ``headers`` no file is opened: what is known only to those is omitted.
        """

    def data_hash(self) -> str:
        """Return the identity of the set: a hash of positions and images."""


def batches(length: int, size: int) -> Iterator[slice]:
    """Yield slices of at most ``size`` rows that make up ``length``."""
    return (slice(first, min(first + size, length)) for first in range(0, length, size))


def row_numbers(rows: Any, length: int) -> np.ndarray:
    """Return rows, given as slice, mask, numbers or None for all, as numbers from 0."""
    return np.arange(length)[slice(None) if rows is None else rows].reshape(-1)
