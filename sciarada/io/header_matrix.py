"""The linear part of a WCS, in any of its spellings."""

from __future__ import annotations

import re

from astropy.io import fits

from sciarada.io.header_values import number

_ELEMENT = re.compile(r"(PC|CD)(?:0?(\d+)_0?(\d+)|(\d{3})(\d{3}))")

Elements = dict[tuple[int, int], float]


def matrix_elements(header: fits.Header) -> dict[str, Elements]:
    """Return the elements (row, column) that a header states of a CD and of a PC matrix.

    ``CD1_2``, ``PC1_2``, ``PC01_02`` and ``PC001002`` are understood.
    """
    found: dict[str, Elements] = {"CD": {}, "PC": {}}
    for key in header:
        match = _ELEMENT.fullmatch(key)
        value = number(header, key) if match else None
        if match is not None and value is not None:
            row, column = (int(part) for part in match.groups()[1:] if part)
            found[match[1]][row, column] = value
    return found


def matrix_row(header: fits.Header, axis: int, count: int) -> list[float]:
    """Return how the intermediate coordinate of an axis changes with the pixels of each axis.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
    axis : int
        FITS number of the axis.
    count : int
        Number of axes with pixels.

    Returns
    -------
    list of float
        In units of the axis per pixel; all 0 where the header states no step.
    """
    elements = matrix_elements(header)
    if any(row == axis for row, _ in elements["CD"]):
        return [elements["CD"].get((axis, column), 0.0) for column in range(1, count + 1)]
    step = number(header, f"CDELT{axis}") or 0.0
    return [
        step * elements["PC"].get((axis, column), float(column == axis))
        for column in range(1, count + 1)
    ]
