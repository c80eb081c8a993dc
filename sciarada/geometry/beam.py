"""The restoring beam of a radio image."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True)
class Beam:
    """An elliptical Gaussian restoring beam.

    Parameters
    ----------
    major, minor : float
        FWHM in arcsec.
    pa : float
        Position angle of the major axis in degrees, north through east, in [0, 180).
    origin : str
        Where it was found: ``header``, ``history``, ``option``.
    """

    major: float
    minor: float
    pa: float = 0.0
    origin: str = "header"

    def __post_init__(self) -> None:
        if not (0 < self.minor <= self.major < math.inf and math.isfinite(self.pa)):
            raise ValueError(
                f"a beam needs 0 < minor <= major, not major={self.major}, minor={self.minor}"
            )
        pa = self.pa % 180.0
        # The remainder of a tiny negative angle is rounded up to 180 itself.
        object.__setattr__(self, "pa", pa if pa < 180.0 else 0.0)

    @property
    def area(self) -> float:
        """Solid angle in arcsec^2: the integral of the beam at unit peak."""
        return 2.0 * math.pi * self.major * self.minor / FWHM_PER_SIGMA**2

    @property
    def covariance(self) -> np.ndarray:
        """Covariance (2, 2) in arcsec^2, axes in the order (east, north)."""
        angle = math.radians(self.pa)
        along = np.array([math.sin(angle), math.cos(angle)]) * self.major / FWHM_PER_SIGMA
        across = np.array([math.cos(angle), -math.sin(angle)]) * self.minor / FWHM_PER_SIGMA
        return np.outer(along, along) + np.outer(across, across)

    def turned(self, angle: float) -> Beam:
        """Return the beam with ``angle`` degrees added to its position angle."""
        return replace(self, pa=self.pa + angle)

    def area_in_pixels(self, pixel_area: float) -> float:
        """Return the beam's solid angle in pixels of ``pixel_area`` arcsec^2."""
        return self.area / pixel_area
