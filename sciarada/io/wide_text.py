"""Wide text set aside in FITS files, since DS9 dies of it.

DS9's catalogue tool (8.4) overflows a buffer at text wider than 128 characters in the first
table of a file. So the outlines, and any other text that wide, go into a table of their own
that is joined by ``source_id``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from astropy.table import Column, Table

from sciarada.errors import CatalogueError

WIDEST = 128
KEY = "source_id"
OUTLINE = "s_region"
SET_ASIDE = "OUTLINES"


def set_aside(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return the tables with the wide text of the one that has outlines as a last table."""
    parted = dict(tables)
    for name, table in tables.items():
        if OUTLINE in table.colnames:
            wide = [column.name for column in table.itercols() if _is_wide(column)]
            narrow = [column for column in table.colnames if column not in wide]
            parted |= {name: _part(table, narrow), SET_ASIDE: _part(table, [KEY, *wide])}
    return parted


def join_again(table: Table, wide: Table) -> Table:
    """Return a table with the wide text that was set aside.

    Raises
    ------
    CatalogueError
        If the rows of the two are not of the same sources.
    """
    if not np.array_equal(table[KEY], wide[KEY]):
        raise CatalogueError(f"the {KEY} of {SET_ASIDE} are not those of the sources")
    columns = [column for column in wide.itercols() if column.name != KEY]
    return Table([*table.itercols(), *columns], copy=False)


def _part(table: Table, names: list[str]) -> Table:
    return Table([table[name] for name in names], copy=False)


def _is_wide(column: Column) -> bool:
    return column.name == OUTLINE or (
        column.dtype.kind == "U" and column.dtype.itemsize // 4 > WIDEST
    )
