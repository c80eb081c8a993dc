"""Embeddings to and from files: FITS, VOTable, ECSV and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from astropy.table import MaskedColumn, Table

from sciarada.core.embeddings import Embeddings, columns_of_facts
from sciarada.errors import CatalogueError
from sciarada.io.atomic import atomic_path
from sciarada.io.escaped_columns import ascii_column
from sciarada.io.single_table import read_table, write_table
from sciarada.io.table_fits import write_parts
from sciarada.io.tables import FORMATS, find_format, table_kind
from sciarada.running.invocation import without_command

TABLE = "EMBEDDINGS"
NO_FACTS: Mapping[str, np.ndarray] = {}


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
        If the format is unknown, or an id is empty.
    OutputError
        If the file exists or cannot be written.
    """
    write_table(embeddings.to_table(), TABLE, path, format, overwrite)


def write_embedding_parts(
    ids: np.ndarray,
    parts: Iterable[Embeddings],
    path: str | Path,
    overwrite: bool = False,
    facts: Mapping[str, np.ndarray] = NO_FACTS,
) -> None:
    """Write embeddings that come in parts: as FITS in the memory of one part.

    Parameters
    ----------
    ids : ndarray of int64 or str, shape (n,)
        Of all parts together: no part knows how long the longest name is.
    parts : iterable of Embeddings
        At least one. None is read if ids or path are refused.
    path : str or Path
        File to make; it appears whole or not at all. Other formats than FITS need all parts at
        once.
    overwrite : bool
        Replace a file that exists.
    facts : mapping of str to ndarray, shape (n,)
        Facts of all parts together, for the same reason; parts may have further ones that are
        numbers.

    Raises
    ------
    CatalogueError, OutputError
        As `write_embeddings`; also if the parts have other ids than these.
    """
    known = find_format(path)
    columns = columns_of_facts(np.asarray(ids), facts)
    with atomic_path(path, overwrite, table_kind(known, TABLE)) as part:
        if known is FORMATS["fits"]:
            write_parts(TABLE, _tables(columns, parts), len(ids), part)
        else:
            write_embeddings(Embeddings.join(parts), part, known.name)


def _tables(columns: Sequence[MaskedColumn], parts: Iterable[Embeddings]) -> Iterator[Table]:
    """Return parts as tables with common types of columns, also for text of different length."""
    start, ids = 0, columns[0]
    written = [ascii_column(column) if column.dtype.kind == "U" else column for column in columns]
    for part in parts:
        table, rows = part.to_table(), slice(start, start + len(part))
        if not np.array_equal(ids[rows], table[ids.name]):
            raise CatalogueError("parts of embeddings have other ids than the whole")
        for column in written:
            table[column.name] = column[rows]
        start += len(part)
        yield table


def read_embeddings(path: str | Path, format: str | None = None) -> Embeddings:
    """Read embeddings that `write_embeddings` wrote.

    Parameters
    ----------
    path : str or path
        The file.
    format : {'fits', 'votable', 'ecsv', 'parquet'}, optional
        Its format; by default that of its ending.

    Returns
    -------
    Embeddings

    Raises
    ------
    CatalogueError
        If the file is missing, damaged, of an unknown format, or contains no embeddings.

    See Also
    --------
    sciarada.embed : Makes embeddings of cutouts.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sciarada.core.embeddings import Embeddings
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_embeddings(Embeddings(np.arange(3), np.eye(3)), f"{folder}/features.fits")
    ...     read_embeddings(f"{folder}/features.fits").vectors.shape
    (3, 3)
    """
    table = read_table(path, TABLE, format)
    table.meta = without_command(table.meta)
    try:
        return Embeddings.from_table(table)
    except CatalogueError as error:
        raise CatalogueError(f"{path} holds no embeddings: {error}") from error
