"""The restoring beam of a radio image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from astropy import units as u

from sciarada.errors import OptionError
from sciarada.geometry.quantities import in_unit

FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True)
class Beam:
    """An elliptical Gaussian restoring beam.

    Parameters
    ----------
    major, minor : float or `~astropy.units.Quantity`
        FWHM in arcsec, or an angle.
    pa : float or `~astropy.units.Quantity`
        Position angle of the major axis in degrees, or an angle, north through east; kept in
        [0, 180).
    origin : str
        Where it was found: ``header``, ``history``, ``option``.
    """

    major: float
    minor: float
    pa: float = 0.0
    origin: str = "header"

    def __post_init__(self) -> None:
        for name, unit in (("major", u.arcsec), ("minor", u.arcsec), ("pa", u.deg)):
            object.__setattr__(self, name, in_unit(getattr(self, name), unit, name))
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


def as_beam(value: Any, name: str = "beam") -> Beam:
    """Return a beam as users give it.

    Parameters
    ----------
    value : Beam, `~astropy.units.Quantity`, float or a sequence of up to three
        A beam, also of another package if it has ``major``, ``minor`` and ``pa``; or the FWHM of
        major and minor axis (arcsec, or with a unit), the same if only one is given, and the
        position angle (degrees, or with a unit).
    name : str
        Name of the parameter, for messages.

    Raises
    ------
    OptionError
        If it is no beam.

    Examples
    --------
    >>> as_beam((0.25 * u.arcmin, 12, 30 * u.deg), "beam")
    Beam(major=15.0, minor=12, pa=30.0, origin='option')
    """
    if isinstance(value, Beam):
        return value
    try:
        major, minor, pa = _axes(value)
        return Beam(major, minor, pa, origin="option")
    except OptionError as error:
        raise OptionError(f"{name}: {error}") from error
    except (TypeError, ValueError) as error:
        raise OptionError(
            f"{name} is a Beam, or the FWHM of its axes and its position angle such as "
            f"(15 * u.arcsec, 12 * u.arcsec, 30 * u.deg), not {value}"
        ) from error


def _axes(value: Any) -> tuple[Any, Any, Any]:
    if all(hasattr(value, name) for name in ("major", "minor", "pa")):
        return value.major, value.minor, value.pa
    several = isinstance(value, Sequence) or bool(np.ndim(value))
    axes = list(value) if several else [value]
    if not 1 <= len(axes) <= 3:
        raise ValueError("a beam has one to three numbers")
    return axes[0], axes[min(1, len(axes) - 1)], axes[2] if len(axes) == 3 else 0.0
