"""Embeddings to and from files: FITS, VOTable, ECSV and Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sciarada.core.embeddings import Embeddings
from sciarada.core.errors import CatalogueError
from sciarada.io.atomic import atomic_path
from sciarada.io.single_table import read_table, write_table
from sciarada.io.table_fits import write_parts
from sciarada.io.tables import FORMATS, find_format

TABLE = "EMBEDDINGS"


def write_embeddings(
    embeddings: Embeddings, path: str | Path, format: str | None = None, overwrite: bool = False
) -> None:
    """Write embeddings as a table with a column of vectors.

    Parameters
    ----------
    embeddings : Embeddings
        What to write.
    path : str or Path
        File to make; it appears whole or not at all.
    format : str, optional
        ``fits``, ``vot``, ``ecsv`` or ``parquet``; by default what the file's ending says.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError
        If the format is unknown, or an id is empty or not printable ASCII.
    OutputError
        If the file exists or cannot be written.
    """
    write_table(embeddings.to_table(), TABLE, path, format, overwrite)


def write_embedding_parts(
    parts: Iterable[Embeddings], count: int, path: str | Path, overwrite: bool = False
) -> None:
    """Write embeddings that come in parts: as FITS in the memory of one part.

    Parameters
    ----------
    parts : iterable of Embeddings
        At least one, with ids of one type.
    count : int
        Embeddings of all parts together.
    path : str or Path
        File to make; it appears whole or not at all. Other formats than FITS need all parts at
        once.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError, OutputError
        As `write_embeddings`.
    """
    if find_format(path) is FORMATS["fits"]:
        with atomic_path(path, overwrite) as part:
            write_parts(TABLE, (each.to_table() for each in parts), count, part)
    else:
        write_embeddings(Embeddings.join(parts), path, overwrite=overwrite)


def read_embeddings(path: str | Path, format: str | None = None) -> Embeddings:
    """Read embeddings that `write_embeddings` wrote.

    Raises
    ------
    CatalogueError
        If the file is not there, of an unknown format, damaged, or no such table.
    """
    table = read_table(path, TABLE, format)
    try:
        return Embeddings.from_table(table)
    except CatalogueError as error:
        raise CatalogueError(f"{path} holds no embeddings: {error}") from error
