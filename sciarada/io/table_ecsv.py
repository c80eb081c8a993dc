"""A table as ECSV: text that people, editors and astropy read.

The header is astropy's. The body is written here, column by column: astropy's writer goes
cell by cell and takes seconds for a few thousand sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import MaskedColumn, Table
from astropy.table.meta import get_header_from_yaml, get_yaml_from_header

from sciarada.io.ecsv_source import read_ecsv
from sciarada.io.escaped_columns import MARK, printable_table, restored
from sciarada.io.metadata_text import dump_metadata, load_metadata
from sciarada.io.records import parts

_VERSION = "1.0"
_MARK = "# SCIARADA table "
_FIRST_LINES = 5
AS_JSON = "metadata_json"
"""Only key of metadata whose text is not all printable: all of it as JSON."""


def write(tables: Mapping[str, Table], meta: dict[str, Any], path: Path) -> None:
    """Write the one table of ``tables`` and its metadata to a new ECSV file."""
    ((name, table),) = tables.items()
    table = printable_table(table)
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(_header(name, table, meta))
        for part in parts(table):
            columns = [_cells(column) for column in part.itercols()]
            if len(columns) == 1:  # an empty line would be no row
                columns = [[cell or '""' for cell in columns[0]]]
            stream.writelines(f"{','.join(row)}\n" for row in zip(*columns, strict=True))


def is_own(path: Path, name: str) -> bool:
    """Return whether `write` made a file with this table."""
    try:
        with path.open(encoding="utf-8") as stream:
            return f"# {_MARK}{name}\n" in islice(stream, _FIRST_LINES)
    except (OSError, ValueError):
        return False


def read(path: Path, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    """Return the table, regardless of its name, and the metadata of an ECSV file."""
    table = _without_rows(path)
    if table is None:
        table = read_ecsv(path.read_text(encoding="utf-8"))
    meta, table.meta = dict(table.meta), {}
    if meta.keys() == {AS_JSON}:
        meta = load_metadata(meta[AS_JSON])
    for column in table.itercols():
        if MARK in column.meta:
            values = restored(column.data, column.meta[MARK])
            table[column.name] = MaskedColumn(values, name=column.name, unit=column.unit)
    return [table], meta


def _without_rows(path: Path) -> Table | None:
    """Return a table of vectors that has no rows, which astropy cannot read; else None."""
    with path.open(encoding="utf-8") as stream:
        lines = [line[2:] for line in takewhile(lambda line: line.startswith("# "), stream)]
        if any("subtype" in line for line in lines) and not any(line.strip() for line in stream):
            header = get_header_from_yaml(lines[1:])
            columns = [_empty_column(**attributes) for attributes in header["datatype"]]
            return Table(columns, meta=header.get("meta"))
    return None


def _empty_column(
    name: str, datatype: str, subtype: str = "", unit: str | None = None, **attributes: Any
) -> MaskedColumn:
    kind, _, width = subtype.rstrip("]").partition("[")
    dtype, shape = (kind, (0, int(width))) if width else (datatype.replace("string", "U1"), (0,))
    return MaskedColumn(np.empty(shape, dtype), name=name, unit=unit)


def _header(name: str, table: Table, meta: dict[str, Any]) -> str:
    """Return the comment lines in YAML, the name in a comment there, and the column names."""
    columns = list(table.columns.values())
    if not _is_printable(meta):
        meta = {AS_JSON: dump_metadata(meta)}  # YAML loses line breaks in names of files
    header = {"cols": columns, "delimiter": ","} | ({"meta": meta} if meta else {})
    lines = [f"%ECSV {_VERSION}", "---", f"{_MARK}{name}", *get_yaml_from_header(header)]
    names = ",".join(table.colnames)
    return "".join(f"# {line}\n" for line in lines) + f"{names}\n"


def _is_printable(meta: Any) -> bool:
    """Return whether all text in metadata is printable."""
    if isinstance(meta, dict):
        return all(map(_is_printable, [*meta, *meta.values()]))
    if isinstance(meta, list):
        return all(map(_is_printable, meta))
    return not isinstance(meta, str) or meta.isprintable()


def _cells(column: MaskedColumn) -> list[str]:
    """Return a column as text, nulls as empty text."""
    values = column.data.data
    if values.ndim == 2:
        return [f'"[{",".join(map(str, row))}]"' for row in values]
    if values.dtype.kind in "US":
        cells = [_quoted(text) for text in values.astype(np.str_, copy=False).tolist()]
    else:
        # float32 keeps its own shortest decimals: 0.1, not 0.10000000149011612.
        cells = list(map(str, values if values.dtype.name == "float32" else values.tolist()))
    for row in column.mask.nonzero()[0].tolist():
        cells[row] = ""
    return cells


def _quoted(text: str) -> str:
    if "," in text or '"' in text or text[:1] in {" ", "#"}:
        return '"' + text.replace('"', '""') + '"'
    return text
