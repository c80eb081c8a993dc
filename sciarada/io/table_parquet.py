"""A table as Parquet, units, UCDs and descriptions kept as field metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.table import MaskedColumn, Table
from pyarrow import parquet

from sciarada.core.columns import null_value
from sciarada.io.escaped_columns import MARK, printable_table, restored
from sciarada.io.metadata_text import dump_metadata, load_metadata
from sciarada.io.parquet_source import read_arrow
from sciarada.io.records import unit_text
from sciarada.tabular.escaping import shown_unicode

METADATA_KEY, NAME_KEY = b"sciarada", b"sciarada.table"


def write(tables: Mapping[str, Table], meta: dict[str, Any], path: Path) -> None:
    """Write the one table of ``tables`` and its metadata to a new Parquet file."""
    ((name, table),) = tables.items()
    table = printable_table(table)
    arrays = [_array(column) for column in table.itercols()]
    fields = [
        pa.field(column.name, array.type, metadata=_field_metadata(column))
        for column, array in zip(table.itercols(), arrays, strict=True)
    ]
    metadata = {METADATA_KEY: dump_metadata(meta), NAME_KEY: name}
    schema = pa.schema(fields, metadata=metadata)
    table = pa.Table.from_arrays(arrays, schema=schema)
    with path.open("xb") as stream:  # pyarrow takes no name that is not UTF-8
        parquet.write_table(table, stream, write_page_checksum=True)


def is_own(path: Path, name: str) -> bool:
    """Return whether `write` made a file with this table."""
    try:
        metadata = parquet.read_schema(path).metadata or {}
    except (OSError, ValueError, pa.ArrowException):
        return False
    return metadata.get(NAME_KEY) == name.encode()


def read(path: Path, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    """Return the table, regardless of its name, and the metadata of a Parquet file."""
    table = read_arrow(path)
    meta = load_metadata((table.schema.metadata or {}).get(METADATA_KEY, b"{}").decode())
    columns = [_column(table.column(i), table.field(i)) for i in range(table.num_columns)]
    return [Table(columns, copy=False)], meta


def _array(column: MaskedColumn) -> pa.Array:
    values = column.data.data
    if values.ndim == 2:
        return pa.FixedSizeListArray.from_arrays(values.ravel(), values.shape[1])
    array = pa.array(values, mask=np.asarray(column.mask))
    return array.cast(pa.string()) if values.dtype.kind == "S" else array


def _field_metadata(column: MaskedColumn) -> dict[str, str]:
    metadata = {"description": shown_unicode(column.description), "ucd": column.meta["ucd"]}
    if MARK in column.meta:
        metadata[MARK] = column.meta[MARK]
    return metadata if column.unit is None else {**metadata, "unit": unit_text(column)}


def _column(values: pa.ChunkedArray, field: pa.Field) -> MaskedColumn:
    if pa.types.is_integer(field.type):
        values = values.fill_null(null_value(str(field.type)))
    about = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    data = values.to_numpy() if not pa.types.is_fixed_size_list(field.type) else _vectors(values)
    data = restored(data, about.get(MARK))
    return MaskedColumn(data, name=field.name, unit=about.get("unit"))


def _vectors(values: pa.ChunkedArray) -> np.ndarray:
    width = values.type.list_size
    return values.combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
