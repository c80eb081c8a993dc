"""A table as ECSV: text that people, editors and astropy read.

The header is astropy's. The body is written here, column by column: astropy's writer goes
cell by cell and takes seconds for a few thousand sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from astropy.table import MaskedColumn, Table
from astropy.table.meta import get_yaml_from_header

_VERSION = "1.0"


def write(tables: Mapping[str, Table], meta: dict[str, Any], path: Path) -> None:
    """Write the one table of ``tables`` and its metadata to a new ECSV file."""
    (table,) = tables.values()
    columns = [_cells(column) for column in table.itercols()]
    with path.open("x", encoding="ascii", newline="\n") as stream:
        stream.write(_header(table, meta))
        stream.writelines(f"{','.join(row)}\n" for row in zip(*columns, strict=True))


def read(path: Path, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    """Return the table, whatever its name, and the metadata of an ECSV file."""
    table = Table.read(path, format="ascii.ecsv")
    meta, table.meta = dict(table.meta), {}
    return [table], meta


def _header(table: Table, meta: dict[str, Any]) -> str:
    """Return the comment lines in YAML and the line of column names."""
    columns = list(table.columns.values())
    header = {"cols": columns, "delimiter": ","} | ({"meta": meta} if meta else {})
    lines = [f"%ECSV {_VERSION}", "---", *get_yaml_from_header(header)]
    names = ",".join(table.colnames)
    return "".join(f"# {line}\n" for line in lines) + f"{names}\n"


def _cells(column: MaskedColumn) -> list[str]:
    """Return a column as text, nulls as empty text."""
    values = column.data.data
    if values.dtype.kind == "U":
        return [_quoted(text) for text in values.tolist()]
    if values.ndim == 2:
        return [f'"[{",".join(map(str, row))}]"' for row in values]
    # float32 keeps its own shortest decimals: 0.1, not 0.10000000149011612.
    items = values if values.dtype.name == "float32" else values.tolist()
    cells = list(map(str, items))
    for row in column.mask.nonzero()[0].tolist():
        cells[row] = ""
    return cells


def _quoted(text: str) -> str:
    if "," in text or '"' in text or text[:1] in {" ", "#"}:
        return '"' + text.replace('"', '""') + '"'
    return text
