"""Columns as the readers of several formats give them, as columns of a few plain types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from astropy.table import Column, MaskedColumn, Table

from sciarada.io.escaped_columns import MARK, restored
from sciarada.io.table_votable import escape_mark


def plain_table(table: Table) -> Table:
    """Return a table with masked columns of numbers, booleans or text; arrays are unchanged.

    Bytes become text, and objects, such as text of varying length, text or whole numbers. Text
    that our own writers escaped is restored.
    """
    return Table([_plain(column) for column in table.itercols()], copy=False)


def arrow_table(table: pa.Table) -> Table:
    """Return an Arrow table with masked columns; whole numbers stay whole where some are null."""
    names = table.column_names
    columns = [_of_arrow(name, table.column(n)) for n, name in enumerate(names)]
    for column, field in zip(columns, table.schema, strict=True):
        about = field.metadata or {}
        if MARK.encode() in about:
            column.meta[MARK] = about[MARK.encode()].decode()
    return Table([_plain(column) for column in columns], copy=False)


def _plain(column: Any) -> MaskedColumn:
    values = np.ma.asarray(getattr(column, "value", column))
    data, mask = np.ma.getdata(values), np.ma.getmaskarray(values)
    if data.dtype.kind in "SO":
        data, mask = _objects(data, mask)
    meta = column.info.meta or {}
    if data.dtype.kind == "U":
        data = restored(data, meta.get(MARK) or escape_mark(meta.get("xtype")))
    unit = getattr(column, "unit", None)
    return MaskedColumn(data, mask=mask, name=column.info.name, unit=unit, copy=False)


def _objects(data: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return bytes and objects as text or whole numbers, if they are single values."""
    if data.ndim != 1 or mask.ndim != 1:
        return data, mask
    cells = [None if gap else cell for cell, gap in zip(data.tolist(), mask.tolist(), strict=True)]
    missing = np.array([cell is None or cell is np.ma.masked for cell in cells], bool)
    known = [cell for cell, gap in zip(cells, missing.tolist(), strict=True) if not gap]
    if known and all(type(cell) is int for cell in known):
        whole = np.array([0 if gap else c for c, gap in zip(cells, missing, strict=True)])
        if whole.dtype.kind in "iu":
            return whole, missing
    if any(isinstance(cell, np.ndarray | list | tuple | dict) for cell in known):
        return data, mask
    text = ["" if gap else _text(c) for c, gap in zip(cells, missing.tolist(), strict=True)]
    return np.array(text, np.str_), missing


def _text(cell: Any) -> str:
    """Return a cell as text; bytes that are not valid UTF-8 are read as Latin-1."""
    if not isinstance(cell, bytes):
        return str(cell)
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("latin-1")


def _of_arrow(name: str, values: pa.ChunkedArray) -> Column:
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    missing = values.is_null().to_numpy()
    if pa.types.is_integer(values.type) or pa.types.is_boolean(values.type):
        values = values.fill_null(0 if pa.types.is_integer(values.type) else False)
    elif not pa.types.is_floating(values.type):
        return MaskedColumn(_boxed(values.to_pylist()), mask=missing, name=name)
    return MaskedColumn(values.to_numpy(), mask=missing, name=name)


def _boxed(cells: list[Any]) -> np.ndarray:
    """Return objects one per row, also where they are lists."""
    boxed = np.empty(len(cells), object)
    boxed[:] = cells
    return boxed
