"""The sky coverage of a training set: positions and sizes, without pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.cutout_source import CutoutSource
from sciarada.errors import CutoutError


@dataclass(frozen=True, eq=False)
class SkyCover:
    """Squares on the sky.

    Parameters
    ----------
    ra, dec : ndarray of float32, shape (n,)
        ICRS degrees of the centres, NaN where they are unknown; right to 0.1 arcsec.
    size : ndarray of float32, shape (n,)
        Sides in arcsec, NaN where they are unknown.

    Raises
    ------
    CutoutError
        If the three do not have one length.
    """

    ra: np.ndarray
    dec: np.ndarray
    size: np.ndarray

    def __post_init__(self) -> None:
        for name in ("ra", "dec", "size"):
            object.__setattr__(self, name, np.array(getattr(self, name), np.float32, ndmin=1))
        if not len(self.ra) == len(self.dec) == len(self.size):
            raise CutoutError("squares on the sky need one right ascension, declination and size")

    @classmethod
    def of(cls, source: CutoutSource) -> SkyCover:
        """Return the squares of a set."""
        return cls(*source.positions, source.size)

    @classmethod
    def from_bytes(cls, data: bytes) -> SkyCover:
        """Return the squares that `to_bytes` wrote.

        Raises
        ------
        CutoutError
            If they have another format.
        """
        if len(data) % 12:
            raise CutoutError("squares on the sky are written as three float32 each")
        return cls(*np.frombuffer(data, "<f4").reshape(3, -1))

    def to_bytes(self) -> bytes:
        """Return concatenated ra, dec and size, as little-endian float32."""
        return np.stack([self.ra, self.dec, self.size]).astype("<f4").tobytes()

    def __len__(self) -> int:
        return len(self.ra)

    def __getitem__(self, rows: slice | np.ndarray) -> SkyCover:
        """Return the squares of a slice, a mask or row numbers."""
        return SkyCover(self.ra[rows], self.dec[rows], self.size[rows])

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees, NaN where they are unknown."""
        return self.ra, self.dec

    @property
    def known(self) -> np.ndarray:
        """Whether each square has a position, bool (n,)."""
        return np.isfinite(self.ra) & np.isfinite(self.dec)
