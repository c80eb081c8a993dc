"""The one reader of tables that users bring: their format is known by their content."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from astropy.io import fits
from astropy.table import Table

from sciarada.errors import CatalogueError
from sciarada.io.ecsv_source import read_ecsv
from sciarada.io.escaped_columns import MARK
from sciarada.io.fits_source import check_promises
from sciarada.io.foreign import foreign_table
from sciarada.io.parquet_source import read_arrow
from sciarada.io.table_damage import table_damage_explained
from sciarada.io.table_fits import ESCAPED
from sciarada.io.temporary import TemporaryCopy
from sciarada.io.user_tables.decoding import decode, marked_encoding
from sciarada.io.user_tables.plain_columns import arrow_table, plain_table
from sciarada.io.user_tables.text import parse_table
from sciarada.io.votable_source import parse_votable

GZIP, FITS, PARQUET, ECSV = b"\x1f\x8b", b"SIMPLE  =", b"PAR1", "# %ECSV"
_START = 512  # bytes by which a format is known


def read_user_table(path: str | Path) -> Table:
    """Return the first table of a file: FITS, VOTable, ECSV, Parquet, CSV or other text.

    Parameters
    ----------
    path : str or Path
        The file. Its ending does not matter, but where a plugin reads files of such an ending.

    Returns
    -------
    Table
        Masked columns of numbers, booleans or text. Those of CSV and other text are all text,
        exactly as it is written, so that ``007`` and identifiers of 19 digits stay what they are;
        see `sciarada.tabular.cells` for how they become names, labels or numbers.

    Raises
    ------
    CatalogueError
        If the file cannot be read, or holds no table.
    """
    path = Path(path)
    foreign = foreign_table(path)
    if foreign is not None:
        with table_damage_explained(path, "a table"):
            return plain_table(getattr(foreign, "sources", foreign))
    try:
        start = _start(path)
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be read: {error.strerror}; give the path of a table"
        ) from error
    with table_damage_explained(path, "a table"), warnings.catch_warnings():
        # Finders write units and fields that the standards do not know; numbers are whole.
        warnings.simplefilter("ignore")
        return _reader(start)(path)


def _start(path: Path) -> bytes:
    """Return the first bytes of a regular file: reading a pipe might never end."""
    if path.exists() and not path.is_file():
        raise CatalogueError(f"{path} is a folder, a pipe or a device: give the path of a table")
    with path.open("rb") as stream:
        return stream.read(_START)


def _reader(start: bytes) -> Callable[[Path], Table]:
    if start.startswith(GZIP):
        return _read_packed
    if start.startswith(FITS):
        return _read_fits
    if start.startswith(PARQUET):
        return _read_parquet
    marked = marked_encoding(start)
    head = start.decode(marked or "latin-1", "replace").lstrip()
    if head.startswith(("<?xml", "<VOTABLE")):
        return _read_votable
    if ("\0" in head and marked is None) or head.startswith("<"):
        raise CatalogueError("it is not FITS, VOTable, ECSV, Parquet or text")
    return _read_text


def _read_text(path: Path) -> Table:
    text = decode(path.read_bytes(), path)
    if text.startswith(ECSV):
        return plain_table(read_ecsv(text))
    return parse_table(text)


def _read_packed(path: Path) -> Table:
    """Return the table in a gzip file of any of the formats."""
    copy = TemporaryCopy(path)  # to be kept until it is read
    start = _start(copy.path)
    if start.startswith(GZIP):
        raise CatalogueError("it is packed twice: unpack it with gunzip")
    return _reader(start)(copy.path)


def _read_fits(path: Path) -> Table:
    check_promises(path)
    # As a stream: astropy takes a name such as "ftp:field.fits" for an address.
    with path.open("rb") as stream, fits.open(stream, memmap=False) as hdus:
        tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        if not tables:
            raise CatalogueError("it holds no table")
        table, header = Table.read(tables[0]), tables[0].header
    for number, column in enumerate(table.itercols(), start=1):
        if f"{ESCAPED}{number}" in header:
            column.meta[MARK] = header[f"{ESCAPED}{number}"]
    return plain_table(table)


def _read_parquet(path: Path) -> Table:
    return arrow_table(read_arrow(path))


def _read_votable(path: Path) -> Table:
    tables = list(parse_votable(path).iter_tables())
    if not tables:
        raise CatalogueError("it holds no table")
    return plain_table(tables[0].to_table(use_names_over_ids=True))
