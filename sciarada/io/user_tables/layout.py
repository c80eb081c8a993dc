"""The layout of a text table: its delimiter and its line of column names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sciarada.errors import CatalogueError

DELIMITERS = "\t;,|"
USUAL_NAMES = frozenset(
    (
        *("file", "cutout_id", "source_name", "source_id", "id", "name"),
        *("label", "class", "class_name", "det_class", "ra", "dec", "split"),
    )
)
"""Names, in lower case, by which the first line is known to name the columns."""
_EXCEL = re.compile(r"\"?sep=(?P<sign>[^\s\"])\"?", re.IGNORECASE)
_TITLE = re.compile(r"^\w+:\s*")
"""Of a comment that names columns, as in ``# format: ra dec``."""
_LINE_END = re.compile(r"\r\n|\n|\r")

Row = tuple[int, list[str]]
"""The number of a line, from 1, and its cells."""


@dataclass(frozen=True)
class Layout:
    """A text table in its parts.

    Parameters
    ----------
    delimiter : str or None
        What separates cells; None: blanks.
    names : list of str
        Of the columns.
    rows : list of Row
        The lines below the names.
    """

    delimiter: str | None
    names: list[str]
    rows: list[Row]


def lay_out(text: str) -> Layout:
    """Find the delimiter, the names and the rows of a text table.

    Cells are separated by tabs, semicolons, commas or bars, whichever gives the first line most
    cells, or else by blanks. The line ``sep=;`` that Excel writes says the same.

    Lines that begin with ``#`` above the first row are comments. One of them names the columns if
    it has as many words as the first row has cells, and the first row does not name them itself.

    Raises
    ------
    CatalogueError
        If there is no text.
    """
    lines = [(n, line) for n, line in enumerate(_LINE_END.split(text), start=1) if line.strip()]
    sign, lines = _excel_sign(lines)
    top = next((k for k, (_, line) in enumerate(lines) if line[0] != "#"), len(lines))
    comments = [line.lstrip("# ") for _, line in lines[:top]]
    if not lines:
        raise CatalogueError("there is no text in it")
    delimiter = sign or find_delimiter(lines[top][1] if top < len(lines) else comments[0])
    first = lines[top][0] if top < len(lines) else len(lines) + 1
    rows = list(_rows(text, first, delimiter))
    names = _names_in(comments, delimiter, rows[0][1] if rows else None)
    if names is None:
        (_, names), rows = rows[0], rows[1:]
    return Layout(delimiter, names, [row for row in rows if not _is_comment(row[1], names)])


def find_delimiter(line: str) -> str | None:
    """Return the sign that separates most cells of a line, None if blanks do."""
    counts = {sign: len(split(line, sign)) for sign in DELIMITERS}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] > 1 else None


def split(line: str, delimiter: str | None) -> list[str]:
    """Return the cells of a single line without the blanks round them."""
    if delimiter is None:
        return line.split()
    return _trimmed(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []))


def _trimmed(cells: Iterable[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _excel_sign(lines: list[tuple[int, str]]) -> tuple[str | None, list[tuple[int, str]]]:
    """Return the delimiter that a first line ``sep=;`` names, and the other lines."""
    found = _EXCEL.fullmatch(lines[0][1].strip()) if lines else None
    return (found["sign"], lines[1:]) if found else (None, lines)


def _rows(text: str, first: int, delimiter: str | None) -> Iterator[Row]:
    """Yield the rows from a line on; a quoted cell may span several lines."""
    body = _LINE_END.split(text)[first - 1 :]
    if delimiter is None:
        yield from ((n, line.split()) for n, line in enumerate(body, first) if line.strip())
        return
    reader = csv.reader(
        io.StringIO("\n".join(body), newline=""), delimiter=delimiter, skipinitialspace=True
    )
    start = first
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, _trimmed(cells)
            start = first + reader.line_num
    except csv.Error as error:
        raise CatalogueError(
            f"a cell that begins with a quote in line {start} has no end"
        ) from error


def _names_in(
    comments: list[str], delimiter: str | None, first: list[str] | None
) -> list[str] | None:
    """Return the names of the columns that a comment gives, None if the first row has them."""
    if not comments:
        return None
    words = [split(_TITLE.sub("", line, count=1), delimiter) for line in comments]
    if first is None:
        return max(words, key=len)
    if USUAL_NAMES & {cell.lower() for cell in first}:
        return None
    # Between blanks the last cell of a row of numbers may be missing, or hold blanks.
    loose = delimiter is None and any(map(_is_number, first))
    fitting = [cells for cells in words if 0 <= len(cells) - len(first) <= loose]
    return max(fitting or (words if loose else []), key=len, default=None)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_comment(cells: list[str], names: list[str]) -> bool:
    """Return whether a row is a comment: ``#`` and a blank, or another number of cells."""
    return cells[0].startswith("#") and (
        len(cells) != len(names) or cells[0] == "#" or cells[0][1].isspace()
    )
