"""Unpacked copies of compressed files, which vanish with their last user."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path
from typing import BinaryIO

from sciarada.core.errors import ImageError

BLOCK = 1 << 20  # bytes unpacked at a time
GZIP = b"\x1f\x8b"


class TemporaryCopy:
    """An unpacked copy of a gzip file in the system's temporary folder.

    The copy is removed when this object is no longer used and, at the latest, when the
    process that made it ends. A pickled one finds the same file and does not remove it.

    Parameters
    ----------
    source : `~pathlib.Path`
        The gzip file.

    Raises
    ------
    ImageError
        If the file is damaged or there is no room for the copy.
    """

    def __init__(self, source: Path) -> None:
        try:
            with tempfile.NamedTemporaryFile(
                prefix="sciarada-", suffix=".fits", delete=False
            ) as unpacked:
                self.path = Path(unpacked.name)
                self._remove = weakref.finalize(self, _remove, self.path, os.getpid())
                self._unpack(source, unpacked)
        except OSError as error:
            raise ImageError(
                f"{source} cannot be unpacked into {tempfile.gettempdir()} ({error.strerror}): "
                f"set TMPDIR to a folder with more room"
            ) from error

    def _unpack(self, source: Path, unpacked: BinaryIO) -> None:
        try:
            with gzip.open(source) as packed:
                shutil.copyfileobj(packed, unpacked, BLOCK)
            unpacked.flush()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._remove()
            raise ImageError(
                f"{source} is a damaged or truncated gzip file: fetch it again"
            ) from error
        except OSError:
            self._remove()
            raise

    def __getstate__(self) -> dict[str, Path]:
        return {"path": self.path}


def _remove(path: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked worker must leave its parent's file alone
        path.unlink(missing_ok=True)
