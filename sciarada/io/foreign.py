"""Formats that SCIARADA does not know itself, registered by those who do, such as plugins.

Nothing of this package knows plugins. `read_image`, `read_user_table`, `read_catalogue` and the
readers of sets ask here about a file whose name does not end as one of SCIARADA's own formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from astropy.table import Table

    from sciarada.core.catalogue import SourceCatalogue
    from sciarada.core.image import SkyImage

Write = Callable[["SourceCatalogue", Path], None]

OWN_IMAGES = re.compile(r"\.(fits|fit|fts)(\.gz|\.fz)?(\[[^\]]*\])?$", re.IGNORECASE)
OWN_TABLES = re.compile(
    r"\.(fits|fit|fts|vot|xml|votable|ecsv|parquet|csv|tsv|txt|dat|cat)(\.gz)?$", re.IGNORECASE
)
_FITS = b"SIMPLE  ="


class ForeignFormats(Protocol):
    """Formats that others know, by the endings of the names of files."""

    def reads_images(self, path: Path) -> bool:
        """Return whether a reader of images is registered for files of this name."""

    def read_image(self, path: Path) -> SkyImage | None:
        """Return the image in a file, or None if no reader is registered for it."""

    def read_table(self, path: Path) -> Table | SourceCatalogue | None:
        """Return the table in a file, or None if no reader is registered for it."""

    def writer(self, path: Path, name: str | None = None) -> Write | None:
        """Return the writer for a file of this name, or None; ``name`` chooses among several."""


class _Nothing:
    """No formats but SCIARADA's own."""

    def reads_images(self, path: Path) -> bool:
        return False

    def read_image(self, path: Path) -> None:
        return None

    def writer(self, path: Path, name: str | None = None) -> None:
        return None

    read_table = read_image


_make: Callable[[], ForeignFormats] = _Nothing


def use_foreign_formats(make: Callable[[], ForeignFormats]) -> None:
    """Ask others about the formats of files that SCIARADA does not know.

    Parameters
    ----------
    make : callable
        Returns whom to ask; called when a file is first met that is of no format of SCIARADA.
    """
    global _make
    _make = cache(make)


def is_foreign_image(path: Path) -> bool:
    """Return whether a file or folder has the name of an image in a foreign format."""
    return not _is_own_image(path) and _make().reads_images(path)


def holds_image(path: Path) -> bool:
    """Return whether a path can be an image: a file, or a folder in a foreign format."""
    return path.is_file() or (path.is_dir() and is_foreign_image(path))


def foreign_image(path: Path) -> SkyImage | None:
    """Return an image in a foreign format; None for all other files."""
    return None if _is_own_image(path) else _make().read_image(path)


def foreign_table(path: Path) -> Table | SourceCatalogue | None:
    """Return a table in a foreign format; None for all other files."""
    if OWN_TABLES.search(path.name) or _is_fits(path):
        return None
    return _make().read_table(path)


def foreign_writer(path: Path, name: str | None = None) -> Write | None:
    """Return the writer of a catalogue in a foreign format; else None."""
    return None if OWN_TABLES.search(path.name) else _make().writer(path, name)


def _is_own_image(path: Path) -> bool:
    return bool(OWN_IMAGES.search(path.name)) or _is_fits(path)


def _is_fits(path: Path) -> bool:
    """Return whether a regular file begins like FITS, regardless of its name."""
    try:
        with path.open("rb") as stream:
            return path.is_file() and stream.read(len(_FITS)) == _FITS
    except OSError:
        return False
