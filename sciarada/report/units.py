"""Brightness as people read it: scaled by a prefix, with few digits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from astropy import units as u

PREFIXES = (("", 1.0), ("m", 1e3), ("µ", 1e6), ("n", 1e9))


@dataclass(frozen=True)
class Scale:
    """The number format of values of one unit.

    Parameters
    ----------
    factor : float
        What to multiply a value by.
    unit : str
        Name of the scaled unit, such as ``mJy/beam``; empty without a unit.
    """

    factor: float
    unit: str

    def write(self, value: float, digits: int = 3) -> str:
        """Format a value with its unit; a missing value is an em dash."""
        if not math.isfinite(value):
            return "—"
        return f"{self.number(value, digits)} {self.unit}".rstrip()

    def number(self, value: float, digits: int = 3) -> str:
        """Write a value without its unit and without a needless exponent."""
        scaled = value * self.factor
        if scaled == 0:
            return "0"
        power = math.floor(math.log10(abs(scaled)))
        if not -4 <= power <= 5:
            return f"{scaled:.{digits - 1}e}".replace("-", "−")
        text = f"{scaled:.{max(0, digits - 1 - power)}f}"
        return text.replace("-", "−")


def flux_scale(typical: float, unit: str) -> Scale:
    """Return the scale in which ``typical``, in Jy or Jy/beam, is one to a thousand.

    Parameters
    ----------
    typical : float
        Of either sign; NaN and 0 leave the unit as it is.
    unit : str
        ``Jy`` or a unit that starts with it.
    """
    size = abs(typical) if math.isfinite(typical) else 0.0
    for prefix, factor in PREFIXES:
        if size * factor >= 1.0:
            return Scale(factor, prefix + unit)
    return Scale(1.0, unit) if size == 0.0 else Scale(PREFIXES[-1][1], PREFIXES[-1][0] + unit)


def brightness_scale(typical: float, unit: u.UnitBase | None) -> Scale:
    """Return the scale for pixels of an image in any unit."""
    if unit is None:
        return Scale(1.0, "")
    if unit.is_equivalent(u.Jy / u.beam):
        to_jansky = unit.to(u.Jy / u.beam)
        scale = flux_scale(typical * to_jansky, "Jy/beam")
        return Scale(scale.factor * to_jansky, scale.unit)
    return Scale(1.0, unit.to_string("generic").replace(" ", ""))


def group_thousands(number: int) -> str:
    """Write a whole number in groups of three, such as ``2 304``."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def format_frequency(hertz: float) -> str:
    """Write a frequency, such as ``1.42 GHz``."""
    return f"{hertz / 1e9:.3g} GHz" if hertz >= 1e9 else f"{hertz / 1e6:.3g} MHz"
