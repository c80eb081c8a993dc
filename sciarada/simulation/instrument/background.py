"""Emission larger than any source: a smooth random field and the ridge of the Galactic plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window


@dataclass(frozen=True, eq=False)
class GalacticRidge:
    """A straight ridge along the Galactic equator, Gaussian in latitude.

    Parameters
    ----------
    brightness : float
        On the equator, in the image's unit.
    width : float
        Standard deviation in latitude, in degrees.
    latitude : float
        Galactic latitude of pixel (0, 0), in degrees.
    gradient : tuple of float
        Degrees per pixel along x and along y; the same all over the image.
    """

    brightness: float
    width: float
    latitude: float
    gradient: tuple[float, float]

    @classmethod
    def across(cls, image: SkyImage, brightness: float, width: float) -> Self:
        """Return the ridge as the WCS of an image shows it about its centre."""
        x, y = (image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2
        ra, dec = image.pixel_to_sky(np.array([x, x + 1, x]), np.array([y, y, y + 1]))
        latitude = SkyCoord(ra * u.deg, dec * u.deg).galactic.b.deg
        along_x, along_y = latitude[1:] - latitude[0]
        corner = latitude[0] - along_x * x - along_y * y
        return cls(brightness, width, float(corner), (float(along_x), float(along_y)))

    def over(self, window: Window) -> np.ndarray:
        """Return the brightness over a window, float64, ``[y, x]``."""
        along_x = self.gradient[0] * np.arange(window.x0, window.x1)
        along_y = self.gradient[1] * np.arange(window.y0, window.y1)[:, None]
        latitude = self.latitude + along_x + along_y
        return self.brightness * np.exp(-0.5 * (latitude / self.width) ** 2)
