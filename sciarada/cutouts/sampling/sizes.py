"""The size of a cutout as text: pixels or an angle."""

from __future__ import annotations

import re

from astropy import units as u

from sciarada.errors import OptionError

_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)")
_UNITS = {"": None, "px": None, "pix": None, "arcsec": u.arcsec, "arcmin": u.arcmin, "deg": u.deg}


def parse_side(text: str, option: str = "--size") -> int | u.Quantity:
    """Return the side that ``256``, ``2arcmin`` or ``90 arcsec`` means.

    Raises
    ------
    OptionError
        If it is no such thing, or not more than zero.
    """
    match = _SIZE.fullmatch(text.strip().lower())
    unit = match[2] if match else "?"
    if unit not in _UNITS or float(match[1]) <= 0 or (not _UNITS[unit] and "." in match[1]):
        raise OptionError(
            f"{option} {text!r} is no size: give whole pixels as in {option} 256, or an angle as "
            f"in {option} 2arcmin"
        )
    return int(match[1]) if _UNITS[unit] is None else float(match[1]) * _UNITS[unit]
