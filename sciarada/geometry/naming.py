"""Names of sources after their sky position."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sciarada.geometry.precision import finer_digits

PREFIX = "SCI"

# Positions this close (in ticks of 0.1 s or 1") below a tick count as on it, so that
# 83.633333333333 deg is 05:34:32.0 and not 05:34:31.9. A micro-arcsecond or so.
_TICK_TOLERANCE = 1e-6


def source_name(ra: ArrayLike, dec: ArrayLike, pixel_scale: float | None = None) -> np.ndarray:
    """Return the names ``SCI JHHMMSS.s+DDMMSS`` of ICRS positions.

    Coordinates are truncated, not rounded, as the IAU asks of source designations: a
    name never points at a cell of the sky in which its source does not lie. Positions in images
    of small pixels have more digits, such as ``SCI JHHMMSS.ssss+DDMMSS.sss`` for milliarcseconds.

    Parameters
    ----------
    ra, dec : array_like of float
        ICRS right ascension (any turn) and declination in degrees, shape (n,).
    pixel_scale : float, optional
        Of the image, in arcsec; see `sciarada.geometry.precision.finer_digits`.

    Returns
    -------
    ndarray of str, shape (n,)
        One name per position; empty where a coordinate is not finite.

    References
    ----------
    IAU Commission B2, "Specifications concerning designations for astronomical
    radiation sources outside the solar system".
    """
    digits = finer_digits(pixel_scale)
    ra = np.atleast_1d(np.asarray(ra, dtype=float))
    dec = np.atleast_1d(np.asarray(dec, dtype=float))
    finite = np.isfinite(ra) & np.isfinite(dec)
    hours = _sixtieths(np.where(finite, ra % 360.0, 0.0) / 15.0, digits + 1, wrap=24)
    degrees = _sixtieths(np.where(finite, np.abs(dec), 0.0), digits)
    signs = np.where(dec < 0, "-", "+")
    names = [
        f"{PREFIX} J{hour}{sign}{degree}" if ok else ""
        for ok, hour, sign, degree in zip(finite, hours, signs, degrees, strict=True)
    ]
    return np.array(names, dtype="U24" if not names else None)


def _sixtieths(values: np.ndarray, decimals: int, wrap: int = 0) -> list[str]:
    """Return values cut off in sixtieths of sixtieths, with so many decimals, as digits."""
    second = 10**decimals
    ticks = np.floor(values * 3600.0 * second + _TICK_TOLERANCE).astype(np.int64)
    if wrap:
        ticks %= wrap * 3600 * second
    parts = (ticks // (3600 * second), ticks // (60 * second) % 60, ticks // second % 60)
    fractions = (ticks % second).tolist()
    return [
        f"{whole:02d}{minute:02d}{rest:02d}" + (f".{fraction:0{decimals}d}" if decimals else "")
        for whole, minute, rest, fraction in zip(
            *(part.tolist() for part in parts), fractions, strict=True
        )
    ]


def distinct_names_of(names: ArrayLike, numbers: ArrayLike) -> np.ndarray:
    """Return unique names: repeated names get their number.

    Parameters
    ----------
    names : array_like of str, shape (n,)
        Such as ``source_name`` of a catalogue.
    numbers : array_like of int, shape (n,)
        Unique numbers, such as its ``source_id``.

    Examples
    --------
    >>> distinct_names_of(["a", "b", "a"], [1, 2, 3]).tolist()
    ['a#1', 'b', 'a#3']
    """
    names = np.asarray(names, np.str_)
    _, place, count = np.unique(names, return_inverse=True, return_counts=True)
    again = (count > 1)[place]
    numbered = np.strings.add(np.strings.add(names, "#"), np.asarray(numbers).astype(np.str_))
    return np.where(again, numbered, names)
