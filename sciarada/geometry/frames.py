"""The celestial frame of an image, and the way from it to ICRS and back."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.coordinates import (
    FK4,
    FK5,
    ICRS,
    BarycentricMeanEcliptic,
    BaseCoordinateFrame,
    FK4NoETerms,
    Galactic,
    Supergalactic,
    UnitSphericalRepresentation,
)
from astropy.time import Time
from astropy.wcs import WCS

FIRST_FK5_EQUINOX = 1984.0  # FITS WCS paper II: an older equinox without RADESYS means FK4


def celestial_frame(wcs: WCS) -> BaseCoordinateFrame:
    """Return the frame in which a celestial WCS gives its positions.

    Follows Calabretta & Greisen (2002), section 3.1: without RADESYS an equinox before
    1984 means FK4, a later one FK5, and none ICRS.

    Raises
    ------
    ValueError
        If the frame is not one that has a fixed relation to ICRS.
    """
    kind = wcs.wcs.lngtyp.strip()
    if kind == "GLON":
        return Galactic()
    if kind == "SLON":
        return Supergalactic()
    system, equinox = wcs.wcs.radesys.strip().upper(), wcs.wcs.equinox
    if kind in ("RA", "ELON") and not system:
        system = "FK4" if equinox < FIRST_FK5_EQUINOX else "FK5"
        system = "ICRS" if np.isnan(equinox) else system
    if kind == "ELON" and system in ("ICRS", "FK5"):
        epoch = 2000.0 if np.isnan(equinox) or system == "ICRS" else equinox
        return BarycentricMeanEcliptic(equinox=Time(epoch, format="jyear"))
    if kind == "RA" and system == "ICRS":
        return ICRS()
    if kind == "RA" and system == "FK5":
        return FK5(equinox=Time(2000.0 if np.isnan(equinox) else equinox, format="jyear"))
    if kind == "RA" and system in ("FK4", "FK4-NO-E"):
        epoch = Time(1950.0 if np.isnan(equinox) else equinox, format="byear")
        return FK4(equinox=epoch) if system == "FK4" else FK4NoETerms(equinox=epoch)
    raise ValueError(f"positions in {kind or 'unnamed'} {system} cannot be turned into ICRS")


def frame_name(frame: BaseCoordinateFrame) -> str:
    """Return a short name such as ``FK5 J2000``, ``Galactic`` or ``ICRS``."""
    if isinstance(frame, BarycentricMeanEcliptic):
        return f"Ecliptic J{frame.equinox.jyear:g}"
    if isinstance(frame, FK4 | FK4NoETerms):
        return f"{type(frame).__name__} B{frame.equinox.byear:g}"
    if isinstance(frame, FK5):
        return f"FK5 J{frame.equinox.jyear:g}"
    return type(frame).__name__


def convert(
    lon: np.ndarray, lat: np.ndarray, origin: BaseCoordinateFrame, target: BaseCoordinateFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Carry positions (degrees) from one frame to another; NaN stays NaN.

    Longitudes come out in [0, 360), however they went in.
    """
    if type(origin) is type(target) is ICRS:
        return whole_turn(lon), lat
    moved = origin.realize_frame(
        UnitSphericalRepresentation(lon * u.deg, lat * u.deg, copy=False)
    ).transform_to(target)
    sphere = moved.represent_as(UnitSphericalRepresentation)
    return whole_turn(sphere.lon.deg), sphere.lat.deg


def whole_turn(lon: np.ndarray) -> np.ndarray:
    """Return longitudes (degrees) brought into [0, 360)."""
    lon = np.asarray(lon, float) % 360.0
    return np.where(lon < 360.0, lon, lon - 360.0)  # the remainder of -1e-15 is 360 itself
