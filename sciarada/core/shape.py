"""The shape of one source: a cloud of Gaussians of total flux one.

Every simulated source is such a cloud. A Gaussian seen through a Gaussian beam is a Gaussian
again, so its picture is exact and its flux is exactly the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike

# Unit vectors (east, north) at 90 position angles in half a turn, and at twice these angles.
_ANGLES = np.linspace(0, np.pi, 90, endpoint=False)[:, None]
_DIRECTIONS = np.hstack([np.sin(_ANGLES), np.cos(_ANGLES)])
_DOUBLED = np.hstack([np.sin(2 * _ANGLES), np.cos(2 * _ANGLES)])


@dataclass(frozen=True, eq=False)
class Shape:
    """Gaussians that make up one source; `Shape.of` makes one of any numbers.

    Parameters
    ----------
    share : ndarray
        Share of the source's flux, adding up to 1.
    east, north : ndarray
        Offset from the source's position, its centre of flux, in arcsec.
    major, minor : ndarray
        Intrinsic FWHM in arcsec; 0 for a point.
    pa : ndarray
        Position angle in degrees, north through east, in [0, 180).
    """

    share: np.ndarray
    east: np.ndarray
    north: np.ndarray
    major: np.ndarray
    minor: np.ndarray
    pa: np.ndarray

    def __len__(self) -> int:
        return len(self.share)

    @property
    def extent(self) -> float:
        """Largest angular size in arcsec, end to end; 0 for a point.

        It is the longest distance between two points within the half-power ellipses of the
        Gaussians, from the widths of the whole in 90 directions: right to 2 parts in 10 000.
        """
        double = np.radians(2 * self.pa)
        mean = (self.major**2 + self.minor**2) / 8
        spread = (self.major**2 - self.minor**2) / 8
        elongation = np.stack([spread * np.sin(double), spread * np.cos(double)])
        middle = _DIRECTIONS @ np.stack([self.east, self.north])
        reach = np.sqrt(np.maximum(mean + _DOUBLED @ elongation, 0.0))
        return float(((middle + reach).max(axis=1) - (middle - reach).min(axis=1)).max())

    def scaled(self, size: float) -> Shape:
        """Return the same shape with an `extent` of ``size`` arcsec; a point stays a point."""
        extent = self.extent
        factor = size / extent if extent > 0 else 1.0
        lengths = ("east", "north", "major", "minor")
        return replace(self, **{name: getattr(self, name) * factor for name in lengths})

    @classmethod
    def of(
        cls,
        share: ArrayLike,
        east: ArrayLike,
        north: ArrayLike,
        major: ArrayLike,
        minor: ArrayLike,
        pa: ArrayLike,
    ) -> Shape:
        """Return a shape of parts with arbitrary fluxes and origin.

        Parameters
        ----------
        share, east, north, major, minor, pa : array_like
            Numbers or sequences of one length. The shares are divided by their sum, the offsets
            count from their centre of flux, and where ``minor`` is larger than ``major`` the two
            change places.

        Raises
        ------
        ValueError
            A share or an axis is negative, a number is not finite, or there is no flux.
        """
        columns = map(np.atleast_1d, (share, east, north, major, minor, pa))
        return cls._normalised(np.array(np.broadcast_arrays(*columns), dtype=np.float64))

    @classmethod
    def _normalised(cls, values: np.ndarray) -> Shape:
        """Return the shape of six rows of numbers, in the order of the fields."""
        share, east, north, major, minor, pa = values
        if not np.isfinite(values).all():
            raise ValueError("a shape needs finite numbers")
        if share.min() < 0 or share.sum() <= 0:
            raise ValueError("the parts of a shape need fluxes of 0 or more, not all of them 0")
        if min(major.min(), minor.min()) < 0:
            raise ValueError("the parts of a shape need axes of 0 or more")
        share = share / share.sum()
        swapped = minor > major
        return cls(
            share,
            east - share @ east,
            north - share @ north,
            np.where(swapped, minor, major),
            np.where(swapped, major, minor),
            np.where(swapped, pa + 90.0, pa) % 180.0 % 180.0,  # twice: -1e-36 gives 180 at first
        )

    def __post_init__(self) -> None:
        lengths = {np.shape(getattr(self, field.name)) for field in fields(self)}
        if len(lengths) != 1 or len(next(iter(lengths))) != 1:
            raise ValueError("a shape needs six one-dimensional arrays of one length")
