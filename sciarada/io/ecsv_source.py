"""ECSV files of any origin, with the line that is wrong where a file is damaged."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from astropy.table import Table

from sciarada.errors import CatalogueError
from sciarada.io.table_damage import BROKEN, DAMAGED, explain

MAX_VALUES = 1_000_000  # in the metadata, each alias of YAML counted as what it stands for


def read_ecsv(text: str) -> Table:
    """Return the table in the text of an ECSV file.

    Raises
    ------
    CatalogueError
        If the file is damaged, or aliases in its header stand for more than `MAX_VALUES`.
    """
    lines = list(io.StringIO(text))  # not at the line separators of Unicode, as splitlines does
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of units that are not known
            table = Table.read(lines, format="ascii.ecsv")
    except BROKEN as error:
        cause = explain(error)
        raise CatalogueError(_wrong_line(lines) if cause == DAMAGED else cause) from error
    if _size(table.meta, {}) > MAX_VALUES:
        raise CatalogueError(f"its metadata have more than {MAX_VALUES} values")
    return table


def _wrong_line(lines: list[str]) -> str:
    """Return the invalid line, if known."""
    number = wanted = 0
    try:
        for number, cells in _rows(lines):
            wanted = wanted or len(cells)
            if len(cells) != wanted:
                return (
                    f"its line {number} has {len(cells)} cells where there are {wanted} columns, "
                    "so fetch or write it again"
                )
    except csv.Error:
        return f"it is damaged after line {number}, so fetch or write it again"
    return DAMAGED


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line that is neither a comment nor empty."""
    sign = ","
    for number, line in enumerate(lines, start=1):
        if line.startswith("# delimiter:") and "," not in line:
            sign = " "
        if line.strip() and not line.startswith("#"):
            yield number, next(csv.reader([line], delimiter=sign))


def _size(value: Any, known: dict[int, int]) -> int:
    """Return the number of values in a tree; shared branches count each time."""
    if not isinstance(value, (dict, list, tuple)):
        return 1
    if id(value) not in known:
        known[id(value)] = MAX_VALUES + 1  # a branch that contains itself is infinite
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(value)]
