"""The path of a new file; an existing file is kept unless SCIARADA wrote it."""

from __future__ import annotations

import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sciarada.core.stamp import Stamp
from sciarada.errors import OutputError
from sciarada.io.free_names import name_beside, name_file
from sciarada.io.kinds import Kind


@dataclass(frozen=True)
class FilePlace:
    """A file to be made, and the state of its path before.

    Parameters
    ----------
    path : `~pathlib.Path`
        The file; not a link.
    before : Stamp or None
        State of the file that is to be replaced, if there is one.
    kind : Kind or None
        Kind of file that may be replaced; None for files without other writers.
    """

    path: Path
    before: Stamp | None
    kind: Kind | None

    @classmethod
    def look(cls, path: Path, overwrite: bool, kind: Kind | None) -> FilePlace:
        """Look whether a file can be made here, or replaced.

        Raises
        ------
        OutputError
            If the path exists and may not be replaced.
        OSError
            If it cannot be read.
        """
        before = _stamp(path)
        if before is None:
            return cls(path, None, kind)
        if not overwrite:
            raise OutputError(f"{path} exists already; allow it to be replaced with --overwrite")
        if kind and not (stat.S_ISREG(before.kind) and kind.recognises(path)):
            raise OutputError(
                f"{path} is not replaced: it is not {kind.with_article} that SCIARADA wrote, or it "
                "was changed since; move it away or choose another place with --out"
            )
        return cls(path, before, kind)

    def publish(self, part: Path) -> None:
        """Move a finished file of the same file system to its place.

        Raises
        ------
        OutputError
            If the path was taken in the meantime; the file is then kept beside it.
        OSError
            If the system refuses.
        """
        if self.before is not None and (self.kind is None or _stamp(self.path) == self.before):
            with suppress(FileNotFoundError):
                shutil.copymode(self.path, part)
            part.replace(self.path)
            return
        try:
            name_file(part, self.path)
        except FileExistsError:
            moved = name_beside(part, self.path, name_file)
            raise OutputError(
                f"{self.path} appeared or changed while its replacement was written, and is left "
                f"as it is: what was written is in {moved}"
            ) from None


def _stamp(path: Path) -> Stamp | None:
    try:
        return Stamp.of(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
