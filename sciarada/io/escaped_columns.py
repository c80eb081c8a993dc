"""Columns of text as file formats can hold them, by the escape of `sciarada.tabular.escaping`.

FITS and VOTable hold printable ASCII, ECSV and Parquet printable Unicode. A column with any other
text is escaped as a whole and marked as such, so that it reads back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.errors import CatalogueError
from sciarada.tabular.escaping import FORM, escape, is_ascii, is_printable, unescape

MARK = "escape"
"""Key in the ``meta`` of a column that is escaped."""
_ROWS = 4096  # of text that are looked at together


def ascii_table(table: Table) -> Table:
    """Return a table with text in printable ASCII, for FITS and VOTable."""
    return _escaped(table, is_ascii)


def printable_table(table: Table) -> Table:
    """Return a table with text in printable Unicode, for ECSV and Parquet."""
    return _escaped(table, is_printable)


def ascii_column(column: MaskedColumn) -> MaskedColumn:
    """Return a column with text in printable ASCII, unchanged if it already is."""
    return _escaped_column(column, is_ascii)


def restored(values: np.ndarray, mark: str | None) -> np.ndarray:
    """Return the text of a column that was read, of which a file says ``mark``.

    Raises
    ------
    CatalogueError
        If the column is not escaped as the file says.
    """
    if mark is None:
        return values
    if mark != FORM:
        raise CatalogueError(f"it has text escaped as {mark!r}, which this version does not read")
    cells = np.ma.getdata(values).tolist()
    try:
        texts = [None if cell is None else unescape(cell) for cell in cells]
    except (ValueError, AttributeError) as error:
        raise CatalogueError("it has text with a damaged escape") from error
    text = np.array(texts, object if values.dtype.kind == "O" or not cells else np.str_)
    return np.ma.array(text, mask=values.mask) if np.ma.isMaskedArray(values) else text


def is_escaped(meta: Mapping[str, Any]) -> bool:
    """Return whether a column is marked as escaped."""
    return MARK in meta


def _escaped(table: Table, plain: Callable[[str], bool]) -> Table:
    columns = [_escaped_column(column, plain) for column in table.itercols()]
    return Table(columns, copy=False, meta=table.meta)


def _escaped_column(column: MaskedColumn, plain: Callable[[str], bool]) -> MaskedColumn:
    if column.dtype.kind != "U" or is_escaped(column.meta) or _all(column.data.data, plain):
        return column
    values = np.array([escape(text) for text in column.data.data.tolist()], np.str_)
    return MaskedColumn(
        values,
        mask=column.mask,
        name=column.name,
        description=column.description,
        meta={**column.meta, MARK: FORM},
        copy=False,
    )


def _all(texts: np.ndarray, plain: Callable[[str], bool]) -> bool:
    """Return whether all texts are plain; quick for ASCII without blanks at the ends."""
    parts = (texts[row : row + _ROWS] for row in range(0, len(texts), _ROWS))
    return all(_is_simple(part) or all(map(plain, part.tolist())) for part in parts)


def _is_simple(texts: np.ndarray) -> bool:
    """Return whether all characters are printable ASCII and none at an end is a blank."""
    wide = np.ascontiguousarray(texts).view(np.uint32).reshape(len(texts), -1)
    if np.any(wide > ord("~")) or np.any((wide < ord(" ")) & (wide > 0)):
        return False
    last = np.maximum(np.strings.str_len(texts) - 1, 0)
    return not np.any((wide[:, 0] == ord(" ")) | (wide[np.arange(len(wide)), last] == ord(" ")))
