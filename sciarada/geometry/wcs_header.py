"""A WCS as a FITS header with numbers in full precision."""

from __future__ import annotations

import math
from collections.abc import Iterator

from astropy.io import fits
from astropy.wcs import WCS

_TIMES = ("DATE-REF", "MJDREF")  # which wcslib adds, and which say nothing here


def wcs_header(wcs: WCS) -> fits.Header:
    """Return the header of a WCS, distortion polynomials included.

    astropy writes 12 digits or so, which is less than a millionth of a pixel. Here the numbers
    are those of the WCS. Distortion tables need separate HDUs; see `sciarada.io.maps`.

    Examples
    --------
    >>> wcs = WCS(naxis=2)
    >>> wcs.wcs.crpix = [1 / 3, 1e5 / 3]
    >>> wcs_header(wcs)["CRPIX2"] == 1e5 / 3
    True
    """
    header = wcs.to_header(relax=True)
    for key in _TIMES:
        header.remove(key, ignore_missing=True)
    for key, value in _numbers(wcs):
        if key in header or not _is_default(key, value):
            header[key] = value
    return header


def _numbers(wcs: WCS) -> Iterator[tuple[str, float]]:
    """Yield the keywords of a WCS and their values as wcslib holds them."""
    params = wcs.wcs
    axes = range(1, params.naxis + 1)
    for key, values in (("CRPIX", params.crpix), ("CRVAL", params.crval)):
        yield from ((f"{key}{i}", float(values[i - 1])) for i in axes)
    if params.has_cd():
        name, matrix = "CD", params.cd
    else:
        name, matrix = "PC", params.get_pc()
        yield from ((f"CDELT{i}", float(params.get_cdelt()[i - 1])) for i in axes)
    yield from ((f"{name}{i}_{j}", float(matrix[i - 1, j - 1])) for i in axes for j in axes)
    yield from ((f"PV{i}_{m}", float(value)) for i, m, value in params.get_pv())
    for key, value in (("LONPOLE", params.lonpole), ("LATPOLE", params.latpole)):
        if math.isfinite(value):
            yield key, float(value)


def _is_default(key: str, value: float) -> bool:
    """Return whether a keyword that astropy left out has the value that it has without."""
    if key.startswith("PC"):
        row, column = key[2:].split("_")
        return value == float(row == column)
    return key.startswith(("PV", "LONPOLE", "LATPOLE")) or value == 0.0
