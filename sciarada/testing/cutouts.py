"""A small set of cutouts in memory, to test objects that need a whole set."""

from __future__ import annotations

import hashlib

import numpy as np
from astropy.table import Table

from sciarada.core.cutout_source import Rows, row_numbers
from sciarada.cutouts.square import squared


class ArrayCutouts:
    """Cutouts that lie in an array; a `CutoutSource`.

    Parameters
    ----------
    array : ndarray of float32, shape (n, npix, npix)
        The pixels, NaN where missing.
    ids : ndarray, optional
        Names of the cutouts; their numbers by default.
    """

    def __init__(self, array: np.ndarray, ids: np.ndarray | None = None) -> None:
        self.array = np.asarray(array, np.float32)
        self.ids = np.arange(len(array)) if ids is None else ids

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, rows: Rows) -> ArrayCutouts:
        numbers = row_numbers(rows, len(self))
        return ArrayCutouts(self.array[numbers], self.ids[numbers])

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions, none of which are known."""
        return self.size, self.size

    @property
    def size(self) -> np.ndarray:
        """Sizes, none of which are known."""
        return np.full(len(self), np.nan)

    @property
    def beam_major(self) -> np.ndarray:
        """Beams, none of which are known."""
        return self.size

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return the pixels of some rows, resampled if wanted."""
        chosen = self.array[row_numbers(rows, len(self))]
        if npix in (None, self.array.shape[-1]):
            return chosen
        return np.stack([squared(picture, npix) for picture in chosen])

    def to_table(self, headers: bool = True) -> Table:
        """Return the names."""
        return Table({"cutout_id": self.ids})

    def data_hash(self) -> str:
        """Return a digest of the pixels."""
        return hashlib.sha256(self.array.tobytes()).hexdigest()
