"""One table out of a file of any of the usual formats, known by its content."""

from __future__ import annotations

import warnings
from pathlib import Path

from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table
from pyarrow import parquet

from sciarada.core.errors import CatalogueError
from sciarada.io.finders.text_table import parse_table
from sciarada.io.table_damage import explain

GZIP, FITS, PARQUET = b"\x1f\x8b", b"SIMPLE  =", b"PAR1"


def read_any_table(path: Path) -> Table:
    """Return the first table of a file: FITS, VOTable, ECSV, Parquet, CSV or other text.

    Raises
    ------
    CatalogueError
        If the file cannot be read, or holds no table.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
        with warnings.catch_warnings():
            # Finders write units and fields that the standards do not know; numbers are whole.
            warnings.simplefilter("ignore")
            return _reader(start)(path)
    except OSError as error:
        cause = error.strerror or str(error)
        raise CatalogueError(f"{path} cannot be read: {cause}; give the path of a table") from error
    except CatalogueError as error:
        raise CatalogueError(f"{path} cannot be read as a table: {error}") from error
    except Exception as error:  # the readers of four formats raise errors of every kind
        raise CatalogueError(f"{path} cannot be read as a table: {explain(error)}") from error


def _reader(start: bytes):
    if start.startswith((FITS, GZIP)):
        return _read_fits
    if start.startswith(PARQUET):
        return _read_parquet
    if start.lstrip().startswith((b"<?xml", b"<VOTABLE")):
        return _read_votable
    if start.startswith(b"# %ECSV"):
        return lambda path: Table.read(path, format="ascii.ecsv")
    if b"\0" in start or start.lstrip().startswith(b"<"):
        raise CatalogueError("it is not FITS, VOTable, ECSV, Parquet or text")
    return lambda path: parse_table(path.read_text(encoding="utf-8"))


def _read_fits(path: Path) -> Table:
    with fits.open(path, memmap=False) as hdus:
        tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        if not tables:
            raise CatalogueError("it holds no table")
        return Table.read(tables[0])


def _read_parquet(path: Path) -> Table:
    table = parquet.read_table(path)
    return Table({name: table[name].to_numpy() for name in table.column_names}, copy=False)


def _read_votable(path: Path) -> Table:
    tables = list(parse(path, verify="ignore").iter_tables())
    if not tables:
        raise CatalogueError("it holds no table")
    return tables[0].to_table(use_names_over_ids=True)
