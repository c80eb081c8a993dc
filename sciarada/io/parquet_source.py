"""Parquet files of any origin, with declared sizes checked before memory is allocated."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from sciarada.errors import CatalogueError
from sciarada.io.plausible import is_plausible

_UNKNOWN = 8  # bytes of a value whose length is not known


def read_arrow(path: Path) -> pa.Table:
    """Return the table in a Parquet file; checksums of its pages must hold, where it has any.

    Raises
    ------
    CatalogueError
        If it promises more than it can hold. Other damage raises exceptions of pyarrow.
    """
    # As a stream: pyarrow takes "s3:x" for an address, and no name that is not UTF-8.
    with (
        path.open("rb") as stream,
        parquet.ParquetFile(stream, page_checksum_verification=True) as file,
    ):
        size, about = path.stat().st_size, file.metadata
        groups = (about.row_group(number) for number in range(about.num_row_groups))
        promised = max(
            about.num_rows * sum(_width(field.type) for field in file.schema_arrow),
            sum(group.total_byte_size for group in groups),
        )
        if not is_plausible(promised, size):
            raise CatalogueError(
                f"it promises {about.num_rows} rows or {promised} bytes, which a file of {size} "
                "bytes cannot hold"
            )
        return file.read(use_threads=False)


def _width(kind: pa.DataType) -> int:
    """Return the bytes of a value in memory, at least."""
    if pa.types.is_fixed_size_list(kind):
        return kind.list_size * _width(kind.value_type)
    try:
        return max(kind.bit_width // 8, 1)
    except ValueError:
        return _UNKNOWN
