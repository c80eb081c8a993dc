"""One cutout: a square of an image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from astropy import units as u
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.cutouts.resampling import PixelGrid
from sciarada.errors import CutoutError
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window


@dataclass(frozen=True, eq=False)
class Cutout:
    """A square of an image, with its WCS, beam and unit.

    Parameters
    ----------
    data : ndarray of float32
        Surface brightness in the unit of the image, ``[y, x]``, NaN where there is none.
    image : SkyImage
        What it is cut from.
    grid : PixelGrid
        How its pixels lie on the pixels of the image.
    cutout_id : int or str
        Its name in the set.
    ra, dec : float
        Requested ICRS position (deg). Without resampling it is within half a pixel
        of the middle, with resampling right there.
    """

    data: np.ndarray
    image: SkyImage
    grid: PixelGrid
    cutout_id: int | str
    ra: float
    dec: float

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.data.shape

    @property
    def window(self) -> Window:
        """The pixels of the image under the cutout, which may lie beyond the image.

        Raises
        ------
        CutoutError
            If the position has no place in the projection of the image.
        """
        return self._placed_grid().window

    @cached_property
    def wcs(self) -> WCS:
        """Celestial WCS of the cutout.

        Raises
        ------
        CutoutError
            If the position has no place in the projection of the image.
        ImageError
            If the cutout is resampled from an image with distortion terms in its WCS.
        """
        return self._placed_grid().wcs(self.image.wcs)

    @property
    def pixel_scale(self) -> float:
        """Side in arcsec of a pixel of the cutout."""
        return self.image.pixel_scale * math.sqrt(abs(np.linalg.det(self.grid.matrix)))

    @property
    def beam(self) -> Beam | None:
        """Restoring beam of the image."""
        return self.image.beam

    @property
    def unit(self) -> u.UnitBase | None:
        """Unit of the pixels."""
        return self.image.unit

    def _placed_grid(self) -> PixelGrid:
        if not (math.isfinite(self.grid.x) and math.isfinite(self.grid.y)):
            raise CutoutError(
                f"cutout {self.cutout_id} has neither pixels nor a WCS: the projection of image "
                f"{self.image.name} does not reach {self.ra:.6f} {self.dec:+.6f}"
            )
        return self.grid
