"""Units as headers and tables write them: in capitals, in the plural, abbreviated."""

from __future__ import annotations

import re
from functools import cache

from astropy import units as u

_SPELLINGS = {
    "degree": "deg", "asec": "arcsec", "arcsecond": "arcsec", "sec of arc": "arcsec",
    "amin": "arcmin", "arcminute": "arcmin", "masec": "mas", "radian": "rad",
    "hertz": "hz", "metre": "m", "meter": "m", "m/sec": "m/s", "km/sec": "km/s",
    "m s-1": "m/s", "km s-1": "km/s", "angstrom": "angstrom",
}  # fmt: skip
_CASES = {
    "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz", "thz": "THz",
    "ev": "eV", "kev": "keV", "j": "J", "angstrom": "Angstrom",
}  # fmt: skip


@cache
def scale(written: str, target: u.UnitBase) -> float | None:
    """Return how many ``target`` one of a unit is, None where its text is no such unit.

    Examples
    --------
    >>> from astropy import units as u
    >>> scale("GHZ", u.Hz), scale("DEGREES", u.deg), scale("furlongs", u.deg)
    (1000000000.0, 1.0, None)
    """
    lower = " ".join(written.split()).lower()
    singular = re.sub(r"(?<=[a-z]{3})s\b", "", lower)
    spelt = _SPELLINGS.get(lower) or _SPELLINGS.get(singular) or singular
    for spelling in (written, _CASES.get(spelt, spelt), lower):
        try:
            return float(u.Unit(spelling).to(target))
        except (ValueError, TypeError):  # UnitConversionError is a TypeError
            continue
    return None
