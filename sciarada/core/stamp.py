"""The state of a file at one moment, by which a later change is known."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """The state of a file according to the operating system.

    Parameters
    ----------
    kind : int
        Regular file, folder, link and so on, as `stat.S_IFMT` returns it.
    inode, size, mtime_ns, ctime_ns : int
        As in `os.stat_result`.
    """

    kind: int
    inode: int = 0
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0

    @classmethod
    def of(cls, path: Path, *, follow: bool = False) -> Stamp:
        """Return the stamp of a file.

        Parameters
        ----------
        path : `~pathlib.Path`
        follow : bool
            Whether the stamp is that of what a link points to, rather than that of the link.

        Raises
        ------
        OSError
            If there is no such file.
        """
        facts = path.stat() if follow else path.lstat()
        kind = stat.S_IFMT(facts.st_mode)
        return cls(kind, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)

    def is_rewritten(self, later: Stamp) -> bool:
        """Return whether a file was written between two stamps, by its size and time of change.

        The number of its inode and the time at which that changed do not count: they differ
        between computers, and after a change of permissions or a new hard link.
        """
        return (self.kind, self.size, self.mtime_ns) != (later.kind, later.size, later.mtime_ns)
