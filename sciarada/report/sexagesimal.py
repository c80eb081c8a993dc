"""Round steps of right ascension, declination and angle, and how they are written."""

from __future__ import annotations

import math

HOUR = 15.0  # degrees

_SIXTIETHS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_DECIMALS = tuple(digit * 10.0**power for power in range(-7, 0) for digit in (1.0, 2.0, 5.0))

DEC_STEPS = (
    *(step / 3600.0 for step in (*_DECIMALS, *_SIXTIETHS)),
    *(step / 60.0 for step in _SIXTIETHS),
    *(1.0, 2.0, 5.0, 10.0, 20.0, 30.0),
)
"""Steps of declination in degrees."""

RA_STEPS = (
    *(step * HOUR / 3600.0 for step in (*_DECIMALS, *_SIXTIETHS)),
    *(step * HOUR / 60.0 for step in _SIXTIETHS),
    *(step * HOUR for step in (1.0, 2.0, 3.0, 6.0)),
)
"""Steps of right ascension in degrees."""


def round_step(span: float, steps: tuple[float, ...], wanted: float) -> float:
    """Return the step that cuts ``span`` (deg) into about ``wanted`` parts, not more."""
    return next((step for step in steps if step * wanted >= span), steps[-1])


def format_ra(degrees: float, step: float) -> str:
    """Write a right ascension, as finely as its step needs, such as ``19h04m30s``."""
    return _format(degrees % 360.0 / HOUR, step / HOUR, ("ʰ", "ᵐ", "ˢ"), wrap=24)


def format_dec(degrees: float, step: float) -> str:
    """Write a declination, as finely as its step needs, such as ``−66°30′``."""
    sign = "−" if degrees < -step / 1e6 else "+"
    return sign + _format(abs(degrees), step, ("°", "′", "″"))


def format_angle(degrees: float) -> str:
    """Write an angle in its natural unit, such as ``5′`` or ``20 µas``."""
    for unit, symbol in ((1.0, "°"), (60.0, "′")):
        if degrees * unit >= 0.999:
            return f"{degrees * unit:.3g}{symbol}"
    seconds = degrees * 3600.0
    for factor, symbol, least in ((1.0, "″", 0.999e-3), (1e3, " mas", 0.999e-6)):
        if seconds >= least or seconds == 0.0:
            return f"{seconds * factor:.3g}{symbol}"
    return f"{seconds * 1e6:.3g} µas"


def _format(value: float, step: float, symbols: tuple[str, str, str], wrap: int = 0) -> str:
    """Write ``value`` in sixtieths down to the last one that ``step`` reaches."""
    seconds = step * 3600.0
    decimals = max(0, math.ceil(-math.log10(seconds) - 1e-9)) if seconds < 0.999 else 0
    ticks = round(value * 3600.0 * 10**decimals)
    whole, part = divmod(ticks, 3600 * 10**decimals)
    minutes, rest = divmod(part, 60 * 10**decimals)
    if wrap:
        whole %= wrap
    text = f"{whole:02d}{symbols[0]}"
    if seconds < 3599.0:
        text += f"{minutes:02d}{symbols[1]}"
    if seconds < 59.9:
        width = 3 + decimals if decimals else 2
        text += f"{rest / 10**decimals:0{width}.{decimals}f}{symbols[2]}"
    return text
