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
    number, name = match.groups() if match else ("0", "")
    unit = _UNITS.get(name)
    if name not in _UNITS or float(number) <= 0 or (unit is None and "." in number):
        raise OptionError(
            f"{option} {text!r} is not a size: give whole pixels as in {option} 256, or an angle "
            f"as in {option} 2arcmin"
        )
    return int(number) if unit is None else float(number) * unit
