"""A set of cutouts, each shown from as near as its source allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from astropy.table import Table

from sciarada.core.cutout_source import CutoutSource, Rows, row_numbers
from sciarada.core.fingerprint import combined
from sciarada.core.model_card import Crop
from sciarada.cutouts.shown import Shown
from sciarada.cutouts.source_crop import crop_to_source

NPIX = 64


@dataclass(frozen=True, eq=False)
class CroppedSource(Shown):
    """The cutouts of a set, cropped to the sources at their centres; a `CutoutSource`.

    Parameters
    ----------
    source : CutoutSource
        The set. Each of its cutouts is read in its own pixels and then cropped by
        `sciarada.cutouts.source_crop.crop_to_source`.
    times : float
        Factor of the sides of the squares.
    """

    source: CutoutSource
    times: float = 1.0

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, rows: Rows) -> CroppedSource:
        """Return the cutouts of a slice, a mask or row numbers."""
        return replace(self, source=self.source[rows])

    @property
    def ids(self) -> np.ndarray:
        """Names of the cutouts."""
        return self.source.ids

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees, NaN where unknown."""
        return self.source.positions

    @property
    def size(self) -> np.ndarray:
        """NaN: how much of a cutout is shown is seen only when its pixels are read."""
        return np.full(len(self), np.nan)

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of each beam in arcsec, NaN where unknown."""
        return self.source.beam_major

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return the pixels of many cutouts in one array.

        Parameters
        ----------
        rows : slice or array_like of int or bool, optional
            Which cutouts; all by default.
        npix : int, optional
            Side in pixels; 64 by default.

        Returns
        -------
        ndarray of float32, shape (n, npix, npix)
            NaN where pixels are missing.

        Raises
        ------
        CutoutError, ImageError
            As of the set.
        """
        chosen, npix = row_numbers(rows, len(self)), NPIX if npix is None else npix
        stack = np.empty((len(chosen), npix, npix), np.float32)
        for place, row in enumerate(chosen.tolist()):
            stack[place] = crop_to_source(self.source.pixels([row])[0], npix, self.times)
        return stack

    def to_table(self, headers: bool = True) -> Table:
        """Return the table of the set."""
        return self.source.to_table(headers)

    def data_hash(self) -> str:
        """Return the hash of the set and of the way it is cropped."""
        wider = [] if self.times == 1 else [f"{self.times:g} times as wide"]
        return combined([self.source.data_hash(), "source", *wider])


def cropped(source: CutoutSource, crop: Crop) -> CutoutSource:
    """Return a set as an encoder sees it: whole, or cropped to its sources."""
    return CroppedSource(source) if crop == "source" else source
