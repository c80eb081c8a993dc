"""Sizes and positions as users give them: plain numbers, quantities with a unit, coordinates.

Whatever takes an angle, a frequency or a position of the sky turns it into plain numbers here.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import ICRS, BaseCoordinateFrame, ConvertError, SkyCoord

from sciarada.errors import OptionError, SciaradaError

_KINDS = {u.arcsec: "an angle", u.deg: "an angle", u.Hz: "a frequency", u.Jy: "a flux density"}


def in_unit(
    value: Any, unit: u.UnitBase, name: str, error: type[SciaradaError] = OptionError
) -> Any:
    """Return a quantity as plain numbers in a unit, which is also assumed for plain numbers.

    Parameters
    ----------
    value : `~astropy.units.Quantity`, array_like or None
        What was given; all but quantities are returned as they are.
    unit : `~astropy.units.UnitBase`
        Unit of the result.
    name : str
        Name of the parameter, for messages.
    error : type of SciaradaError
        What is raised.

    Raises
    ------
    OptionError
        Or ``error``, if the unit of the quantity is not suitable.

    Examples
    --------
    >>> in_unit(0.5 * u.arcmin, u.arcsec, "radius")
    30.0
    """
    if not isinstance(value, u.Quantity):
        return value
    try:
        plain = value.to_value(unit)
    except u.UnitConversionError as cause:
        raise error(
            f"{name} is {_KINDS[unit]}, not {_has_unit(value)}: give one such as 3 {unit}"
        ) from cause
    return float(plain) if np.ndim(plain) == 0 else plain


def number_in_unit(value: Any, unit: u.UnitBase, name: str) -> float | None:
    """Return one number in a unit, None for None.

    Parameters
    ----------
    value, unit, name
        As of `in_unit`.

    Raises
    ------
    OptionError
        If it is not one number, or its unit is not suitable.
    """
    plain = in_unit(value, unit, name)
    if plain is not None and (np.ndim(plain) or not isinstance(plain, Real)):
        raise OptionError(f"{name} is one number or {_KINDS[unit]}, not {value!r}")
    return None if plain is None else float(plain)


def _has_unit(value: u.Quantity) -> str:
    unit = value.unit.to_string()
    return f"in {unit}" if unit else "a quantity without a unit"


def whole_pixels(size: Any, pixel_scale: float, name: str) -> int:
    """Return a size as a number of pixels, at least 1.

    Parameters
    ----------
    size : `~astropy.units.Quantity` or int
        An angle, which is rounded to whole pixels, or pixels.
    pixel_scale : float
        Side of a pixel in arcsec.
    name : str
        Name of the parameter, for messages.

    Raises
    ------
    OptionError
        If it is neither, or not more than zero.
    """
    angular = isinstance(size, u.Quantity) and size.unit != u.pix
    value = in_unit(size, u.arcsec, name) if angular else getattr(size, "value", size)
    number = _one_number(value)
    if number is None or not (angular or number == round(number)):
        raise OptionError(
            f"{name} is whole pixels or one angle such as 30 * astropy.units.arcsec, not {size}"
        )
    if number <= 0:
        raise OptionError(f"{name} is more than zero, not {size}")
    return max(1, round(number / pixel_scale)) if angular else round(number)


def _one_number(value: Any) -> float | None:
    """Return a finite number, None for anything else."""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "iuf" or not np.isfinite(array):
        return None
    return float(array)


def icrs_degrees(ra: Any, dec: Any = None) -> tuple[Any, Any]:
    """Return ICRS right ascension and declination in degrees.

    Parameters
    ----------
    ra, dec : array_like or `~astropy.units.Quantity`
        In degrees, or angles with a unit; or ``ra`` alone, a `~astropy.coordinates.SkyCoord`
        of any frame.

    Raises
    ------
    OptionError
        If they are not angles, one is missing, or a frame has no way to ICRS.
    """
    if not isinstance(ra, SkyCoord | BaseCoordinateFrame):
        if dec is None:
            raise OptionError("dec is missing: give ra and dec in degrees, or ra as a SkyCoord")
        return in_unit(ra, u.deg, "ra"), in_unit(dec, u.deg, "dec")
    if dec is not None:
        raise OptionError("ra is a SkyCoord, which has both coordinates: leave out dec")
    try:
        icrs = ra.transform_to(ICRS())
    except (ConvertError, AttributeError) as error:  # the latter without a place on Earth
        raise OptionError(
            f"ra is a SkyCoord in {ra.name}, which cannot be converted to ICRS as it is: give its "
            "time and place, or a SkyCoord in ICRS"
        ) from error
    return icrs.ra.deg, icrs.dec.deg
