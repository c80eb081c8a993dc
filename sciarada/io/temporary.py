"""Unpacked copies of compressed files, which vanish with their last user."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import weakref
import zlib
from pathlib import Path

from sciarada.core.errors import ImageError
from sciarada.io.refusals import explain_temporary
from sciarada.io.scratch import ScratchFolder

BLOCK = 1 << 20  # bytes unpacked at a time
GZIP = b"\x1f\x8b"


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
            with gzip.open(source) as packed, self.path.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, BLOCK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._remove()
            raise ImageError(
                f"{source} is a damaged or truncated gzip file: fetch it again"
            ) from error
        except BaseException:
            self._remove()
            raise

    def __getstate__(self) -> dict[str, Path]:
        return {"path": self.path}
