"""Columns of tables as plain arrays, whatever the table makes of nulls and units."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from sciarada.core.columns import unit_factor
from sciarada.core.schema import SOURCE_COLUMNS
from sciarada.tabular import cells


def numbers(table: Table, name: str) -> np.ndarray:
    """Return a column as float64 in the unit of the catalogue's schema.

    Parameters
    ----------
    table : Table
    name : str
        Name of the column; one that is not there is all null.

    Returns
    -------
    ndarray
        NaN for nulls. Columns without a unit are taken to be in the schema's.

    Raises
    ------
    CatalogueError
        If their unit cannot be converted to the schema's.
    """
    if name not in table.colnames:
        return np.full(len(table), np.nan)
    column = table[name]
    values = cells.numbers(column)
    spec = SOURCE_COLUMNS.get(name)
    if column.unit is None or spec is None or spec.unit is None:
        return values
    return values * unit_factor(spec, column.unit)


def words(table: Table, name: str) -> np.ndarray:
    """Return a column as text; nulls, and columns that are not there, are empty text.

    See `sciarada.tabular.cells.labels`.
    """
    if name not in table.colnames:
        return np.full(len(table), "", dtype="U1")
    return cells.labels(table[name])
