"""Unpacked copies of compressed files, which vanish with their last user."""

from __future__ import annotations

import gzip
import tempfile
import weakref
import zlib
from pathlib import Path
from typing import BinaryIO

from sciarada.errors import ImageError
from sciarada.io.refusals import explain_temporary
from sciarada.running.scratch import ScratchFolder

BLOCK = 1 << 20  # bytes unpacked at a time
ALWAYS_ALLOWED = 1 << 28  # bytes that are always allowed
PACKED_AT_MOST = 500  # times: empty maps of that size reach some hundred
GZIP = b"\x1f\x8b"


class _Bomb(Exception):
    """A small file unpacks to a very large one."""


class TemporaryCopy:
    """An unpacked copy of a gzip file in the system's temporary folder.

    The copy is removed when this object is no longer used and, at the latest, when the
    process that made it ends; if that was killed, when the next copy is made. A pickled one
    finds the same file and does not remove it.

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
            folder = ScratchFolder(Path(tempfile.gettempdir()), hidden=False)
            self._remove = weakref.finalize(self, folder.remove)
            self.path = folder.new / "image.fits"
            self._unpack(source)
        except OSError as error:
            raise ImageError(f"{source} cannot be unpacked: {explain_temporary(error)}") from error

    def _unpack(self, source: Path) -> None:
        try:
            with source.open("rb") as file, gzip.open(file) as packed:
                _unpack(packed, file, self.path)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._remove()
            raise ImageError(
                f"{source} is a damaged or truncated gzip file: fetch it again"
            ) from error
        except _Bomb as error:
            self._remove()
            raise ImageError(
                f"{source} unpacks to more than {PACKED_AT_MOST} times its size, as no image or "
                "table does: fetch it again"
            ) from error
        except BaseException:
            self._remove()
            raise

    def __getstate__(self) -> dict[str, Path]:
        return {"path": self.path}


def _unpack(packed: gzip.GzipFile, file: BinaryIO, path: Path) -> None:
    """Unpack a file as long as it does not grow without measure."""
    written = 0
    with path.open("wb") as unpacked:
        while block := packed.read(BLOCK):
            written += len(block)
            if written > max(ALWAYS_ALLOWED, PACKED_AT_MOST * file.tell()):
                raise _Bomb
            unpacked.write(block)
