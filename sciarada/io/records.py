"""Tables as packed binary rows, the form that FITS and VOTable (BINARY2) share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from astropy.table import Column, Table

ROWS = 3 * 4096  # of a table that are converted together; base64 takes bytes in threes


def parts(table: Table) -> Iterator[Table]:
    """Yield a table in parts of at most ``ROWS`` rows, to convert it in bounded memory."""
    for row in range(0, len(table), ROWS):
        yield table[row : row + ROWS]


def to_records(table: Table) -> np.ndarray:
    """Return a table as big-endian rows; text becomes fixed-width ASCII bytes.

    Masked values are NaN, the minimum of the integer type, or empty text, as in the catalogue.
    """
    arrays = {name: _packed(table[name].data.data) for name in table.colnames}
    dtype = [(name, array.dtype, array.shape[1:]) for name, array in arrays.items()]
    rows = np.empty(len(table), dtype=dtype)
    for name, array in arrays.items():
        rows[name] = array
    return rows


def unit_text(column: Column) -> str:
    """Return the column's unit in the spelling that FITS and VOUnits share: ``Jy/beam``."""
    return str(column.unit).replace(" ", "")


def _packed(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "S":
        return values.astype(f"S{max(values.dtype.itemsize, 2)}", copy=False)
    if values.dtype.kind != "U":
        return values.astype(values.dtype.newbyteorder(">"), copy=False)
    # One byte per character: catalogue text is ASCII, so the code points are the bytes. Two at
    # least, since readers of VOTables warn of text of the fixed width 1.
    width = max(values.dtype.itemsize // 4, 2)
    characters = np.ascontiguousarray(values, f"U{width}").view(np.uint32)
    return characters.astype(np.uint8).view(f"S{width}")
