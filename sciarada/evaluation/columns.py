"""Columns of tables as plain arrays, for any representation of nulls and units."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from sciarada.core.columns import unit_factor
from sciarada.core.schema import SOURCE_COLUMNS
from sciarada.tabular import cells

DETECTION_CLASSES = ("det_class", "class_name")
"""Where a detector's classes are; catalogues of earlier versions have them in the second one."""


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


def compared_classes(
    found: Table, truth: Table, column: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes of detections and of true sources that are compared.

    Parameters
    ----------
    found, truth : Table
    column : str, optional
        Column in both tables. By default the classes of detectors (``det_class``) are compared
        if both tables have them, else those of classifiers (``class_name``) if both tables have
        them, else whichever each table has.

    Returns
    -------
    found, true : ndarray of str
        Empty text where there is no class.
    """
    if column is not None:
        return words(found, column), words(truth, column)
    for name in DETECTION_CLASSES:
        if name in found.colnames and name in truth.colnames:
            return words(found, name), words(truth, name)
    return detection_classes(found), detection_classes(truth)


def detection_classes(table: Table) -> np.ndarray:
    """Return the classes of a detector, or ``class_name`` where a table has no ``det_class``."""
    return words(table, next((n for n in DETECTION_CLASSES if n in table.colnames), "det_class"))
