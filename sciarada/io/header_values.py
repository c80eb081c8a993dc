"""Read single header values without trusting them."""

from __future__ import annotations

import math
import re

from astropy.io import fits
from astropy.io.fits.verify import VerifyError

_NUMBER = re.compile(r"^\s*['\"]?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?)\b")


def text(header: fits.Header, key: str) -> str:
    """Return a keyword as stripped text, empty where it is missing or unreadable."""
    value = _value(header, key)
    return "" if value is None else str(value).strip()


def number(header: fits.Header, key: str) -> float | None:
    """Return a keyword as a finite number, or None.

    Numbers written as text (``'2000.0'``, ``'1.4D9 Hz'``) are understood.
    """
    value = _value(header, key)
    if isinstance(value, str):
        match = _NUMBER.match(value)
        value = float(match[1].replace("D", "E").replace("d", "e")) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _value(header: fits.Header, key: str) -> object | None:
    try:
        value = header.get(key)
    except (VerifyError, ValueError):  # a card that cannot be parsed says nothing
        return None
    return None if isinstance(value, fits.card.Undefined) else value
