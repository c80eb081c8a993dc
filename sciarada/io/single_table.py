"""One table per file, in any of the formats of catalogues, without loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.errors import CatalogueError
from sciarada.io.atomic import atomic_path
from sciarada.io.table_damage import table_damage_explained
from sciarada.io.tables import FORMATS, find_format, table_kind
from sciarada.tabular.metadata import plain_metadata


def write_table(
    table: Table, name: str, path: str | Path, format: str | None = None, overwrite: bool = False
) -> None:
    """Write one table; the file appears whole or not at all.

    Parameters
    ----------
    table : `~astropy.table.Table`
        Columns as `sciarada.core.columns.make_column` makes them, or vectors of floats with a
        description and a ``ucd``. Its metadata are plain.
    name : str
        Name of the table, such as ``CUTOUTS``, in formats that have one.
    path : str or Path
        File to make.
    format : str, optional
        ``fits``, ``vot``, ``ecsv`` or ``parquet``; by default what the file's ending says.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError
        If the format is unknown or the metadata are not plain.
    OutputError
        If the file exists or cannot be written.
    """
    known = find_format(path, format)
    module = known.load()
    with atomic_path(path, overwrite, table_kind(known, name)) as part:
        module.write(
            {name: Table(table, masked=True, copy=False)}, plain_metadata(table.meta), part
        )


def read_table(path: str | Path, name: str, format: str | None = None) -> Table:
    """Read a table that `write_table` wrote; its metadata are in ``meta``.

    Raises
    ------
    CatalogueError
        If the file is not there, of an unknown format, damaged, or has no such table.
    """
    path = Path(path)
    known = find_format(path, format)
    if not path.is_file():
        raise CatalogueError(f"{path} cannot be read: there is no such file")
    with table_damage_explained(path, known.title):
        (table,), meta = known.load().read(path, [name])
    table.meta = meta
    return table


def read_metadata(path: str | Path) -> dict[str, Any]:
    """Return the metadata of a file that `write_table` wrote, of FITS without its rows.

    Raises
    ------
    CatalogueError
        If the file is not there, of an unknown format, or damaged.
    """
    path = Path(path)
    known = find_format(path)
    if not path.is_file():
        raise CatalogueError(f"{path} cannot be read: there is no such file")
    with table_damage_explained(path, known.title):
        if known is FORMATS["fits"]:
            return known.load().read_metadata(path)
        return known.load().read(path, [])[1]
