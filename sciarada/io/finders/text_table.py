"""Tables as text, in the ways in which source finders write them.

Columns are separated by commas, tabs or blanks; their names stand in the first line, or in a
comment above the numbers.
"""

from __future__ import annotations

import csv
from itertools import takewhile

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.core.errors import CatalogueError

MISSING = frozenset({"", "--", "nan", "none", "null"})


def parse_table(text: str) -> Table:
    """Return the table in a text.

    Parameters
    ----------
    text : str
        Lines that begin with ``#`` come first; of them the one with the most words names the
        columns (a word and a colon before the first name, as in ``# format: ra dec``, are no
        name). Without such lines the first line names them.

    Returns
    -------
    Table
        Columns of float64 where every cell is a number or missing, else of text.

    Raises
    ------
    CatalogueError
        If there are no names of columns, or a line has too few or too many cells.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line.lstrip("# ") for line in takewhile(lambda line: line[0] == "#", lines)]
    body = lines[len(comments) :]
    if not comments and not body:
        raise CatalogueError("there is no text in it")
    delimiter = _delimiter(body or comments)
    if comments:
        names = max((_cells(line, delimiter) for line in comments), key=len)
        names[0] = names[0].rpartition(":")[2]
    else:
        names, body = _cells(body[0], delimiter), body[1:]
    if len(set(names)) < len(names):
        raise CatalogueError("two of its columns have the same name")
    rows = [_row(line, delimiter, names) for line in body]
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return Table(
        [_column(name, cells) for name, cells in zip(names, columns, strict=True)], copy=False
    )


def _delimiter(lines: list[str]) -> str | None:
    """Return the comma or the tab if the first line has it, else None: blanks."""
    return next((sign for sign in ",\t" if sign in lines[0]), None)


def _cells(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _row(line: str, delimiter: str | None, names: list[str]) -> list[str]:
    """Return the cells of a line.

    Between blanks the last cell may be missing or hold blanks; between commas or tabs a line
    may end early.
    """
    if delimiter is None:
        cells = line.split(None, len(names) - 1)
        cells += [""] * (len(cells) == len(names) - 1)
    else:
        cells = _cells(line, delimiter)
        cells += [""] * (len(names) - len(cells))
    if len(cells) != len(names):
        raise CatalogueError(f"a line has {len(cells)} cells where there are {len(names)} columns")
    return cells


def _column(name: str, cells: tuple[str, ...]) -> MaskedColumn:
    missing = np.array([cell.lower() in MISSING for cell in cells], bool)
    try:
        filled = ["nan" if gap else cell for cell, gap in zip(cells, missing, strict=True)]
        return MaskedColumn(np.array(filled, float), mask=missing, name=name)
    except ValueError:
        return MaskedColumn(np.array(cells, str), mask=missing, name=name)
