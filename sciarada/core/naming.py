"""Names of sources after their sky position."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

PREFIX = "SCI"

# Positions this close (in ticks of 0.1 s or 1") below a tick count as on it, so that
# 83.633333333333 deg is 05:34:32.0 and not 05:34:31.9. A micro-arcsecond or so.
_TICK_TOLERANCE = 1e-6


def source_name(ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Return the names ``SCI JHHMMSS.s+DDMMSS`` of ICRS positions.

    Coordinates are truncated, not rounded, as the IAU asks of source designations: a
    name never points at a cell of the sky in which its source does not lie.

    Parameters
    ----------
    ra, dec : array_like of float
        ICRS right ascension (any turn) and declination in degrees, shape (n,).

    Returns
    -------
    ndarray of str, shape (n,)
        One name a position; empty where a coordinate is not finite.

    References
    ----------
    IAU Commission B2, "Specifications concerning designations for astronomical
    radiation sources outside the solar system".
    """
    ra = np.atleast_1d(np.asarray(ra, dtype=float))
    dec = np.atleast_1d(np.asarray(dec, dtype=float))
    finite = np.isfinite(ra) & np.isfinite(dec)
    # 0.1 s of time and whole arcseconds.
    ticks = np.floor(np.where(finite, ra % 360.0, 0.0) * 2400.0 + _TICK_TOLERANCE)
    ticks = ticks.astype(np.int64) % 864_000
    arcsec = np.floor(np.where(finite, np.abs(dec), 0.0) * 3600.0 + _TICK_TOLERANCE)
    arcsec = arcsec.astype(np.int64)
    parts = (
        finite,
        ticks // 36_000,
        ticks // 600 % 60,
        ticks // 10 % 60,
        ticks % 10,
        np.where(dec < 0, "-", "+"),
        arcsec // 3600,
        arcsec // 60 % 60,
        arcsec % 60,
    )
    names = [
        f"{PREFIX} J{h:02d}{m:02d}{s:02d}.{t}{sign}{deg:02d}{minute:02d}{sec:02d}" if ok else ""
        for ok, h, m, s, t, sign, deg, minute, sec in zip(
            *(part.tolist() for part in parts), strict=True
        )
    ]
    return np.array(names, dtype="U24" if not names else None)
