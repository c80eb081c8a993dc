"""The number of digits of a position that the pixel scale justifies."""

from __future__ import annotations

import math

ROUNDING = 0.007  # pixels along each axis: a position moves by less than a hundredth
TICK_IN_PIXELS = 4.0  # of names: as long as an arcsecond is no longer, whole ones are enough


def degree_decimals(pixel_scale: float | None, least: int) -> int:
    """Return how many decimals of a degree keep a position right to 0.01 pixels.

    Parameters
    ----------
    pixel_scale : float or None
        Arcsec; where it is not known or not a positive number, ``least`` decimals are taken.
    least : int
        Fewest decimals.

    Examples
    --------
    >>> degree_decimals(2.0, least=5), degree_decimals(1e-3, least=5)
    (6, 9)
    """
    if not pixel_scale or not 0.0 < pixel_scale < math.inf:
        return least
    return max(least, math.ceil(-math.log10(2.0 * ROUNDING * pixel_scale / 3600.0)))


def finer_digits(pixel_scale: float | None) -> int:
    """Return how many decimals of an arcsecond name a source of an image.

    Parameters
    ----------
    pixel_scale : float or None
        Arcsec; none are needed where it is not known.

    Examples
    --------
    >>> [finer_digits(scale) for scale in (2.0, 0.25, 0.05, 1e-3)]
    [0, 0, 1, 3]
    """
    if not pixel_scale or not 0.0 < pixel_scale < math.inf:
        return 0
    return max(0, math.ceil(-math.log10(TICK_IN_PIXELS * pixel_scale) - 1e-9))
