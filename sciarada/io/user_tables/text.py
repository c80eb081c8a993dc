"""Tables as text: as spreadsheets, source finders and people write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.errors import CatalogueError
from sciarada.io.user_tables.layout import Row, lay_out
from sciarada.tabular.cells import DECIMAL_COMMA


def parse_table(text: str) -> Table:
    r"""Return the table in a text.

    Parameters
    ----------
    text : str
        See `sciarada.io.user_tables.layout.lay_out`. Empty lines, and columns that have neither a
        name nor a value, are omitted; a line may end early, its last cells being empty then.

    Returns
    -------
    Table
        Columns of text, exactly as it is written, with empty cells masked: what is a number is
        decided by who asks, see `sciarada.tabular.cells`.

    Raises
    ------
    CatalogueError
        If two columns have one name, or a line has too many cells.

    Examples
    --------
    >>> parse_table("id;ra\n007;1,5\n")["id"].tolist()
    ['007']
    """
    layout = lay_out(text)
    rows = [_filled(row, len(layout.names), layout.delimiter) for row in layout.rows]
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(layout.names)
    named = {
        name or f"column_{number}": column
        for number, (name, column) in enumerate(zip(layout.names, cells, strict=True), start=1)
        if name or any(column)
    }
    if len(named) < sum(bool(name) or any(c) for name, c in zip(layout.names, cells, strict=True)):
        twice = next(name for name in layout.names if layout.names.count(name) > 1)
        raise CatalogueError(f"two of its columns have the same name, {twice}")
    meta = {DECIMAL_COMMA: True} if layout.delimiter == ";" else {}
    return Table([_column(name, column, meta) for name, column in named.items()], copy=False)


def _filled(row: Row, length: int, delimiter: str | None) -> list[str]:
    """Return as many cells as there are columns."""
    line, cells = row
    if delimiter is None and len(cells) > length:
        cells = [*cells[: length - 1], " ".join(cells[length - 1 :])]
    if delimiter is not None:
        while len(cells) > length and not cells[-1]:
            cells.pop()
    least = length - 1 if delimiter is None else 1
    if not least <= len(cells) <= length:
        raise CatalogueError(f"line {line} has {len(cells)} cells where there are {length} columns")
    return cells + [""] * (length - len(cells))


def _column(name: str, cells: Sequence[str], meta: dict[str, bool]) -> MaskedColumn:
    values = np.array(cells, np.str_)
    return MaskedColumn(values, mask=values == "", name=name, meta=dict(meta), copy=False)
