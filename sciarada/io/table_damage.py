"""Explanations of why a file could not be read as a table, independent of the library."""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from astropy.io.fits.verify import VerifyError
from astropy.table.meta import YamlParseError
from astropy.utils.exceptions import AstropyWarning

from sciarada.errors import CatalogueError

# What the readers of FITS, VOTable, ECSV, Parquet and text raise of damaged bytes; SyntaxError is
# the base of what astropy raises of VOTables, and its warnings are made errors by our readers.
BROKEN = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    RuntimeError, AssertionError, NameError, SyntaxError, MemoryError, AstropyWarning, VerifyError,
    YamlParseError, csv.Error, struct.error, yaml.YAMLError, zlib.error,
)  # fmt: skip
DAMAGED = "it is damaged or cut short, so fetch or write it again"


@contextmanager
def table_damage_explained(path: Path, title: str) -> Iterator[None]:
    """Convert exceptions while reading a table to one sentence.

    Parameters
    ----------
    path : Path
        The file, named in the sentence.
    title : str
        What it is read as: ``FITS``, ``a table``.

    Raises
    ------
    CatalogueError
        In place of anything that damaged content makes the readers raise.
    """
    try:
        yield
    except (CatalogueError, *BROKEN) as error:
        raise CatalogueError(f"{path} cannot be read as {title}: {explain(error)}") from error


def explain(error: Exception) -> str:
    """Return in our words why a table could not be read."""
    if isinstance(error, CatalogueError):
        return str(error)
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    if isinstance(error, UnicodeError):
        return "it is not text, or not in the right encoding, so save it again as UTF-8"
    if isinstance(error, OSError) and error.errno and error.strerror:
        return error.strerror
    return DAMAGED
