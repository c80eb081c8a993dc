"""Temporary folders that vanish with their maker, or at a later run where that was killed.

Each holds a file that its maker keeps locked. The lock ends with the process, so a folder whose
lock is free belongs to nobody, and the next run that works in the same place removes it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sciarada.running.locks import FileLock, take_lock
from sciarada.running.stopping import held

LOCK, NEW = "lock", "new"
_PREFIX, _SUFFIX = "sciarada-", ".part"
_NAME = re.compile(r"\.?sciarada-[a-z0-9_]{8}\.part")


class ScratchFolder:
    """A new folder that belongs to this process.

    Parameters
    ----------
    parent : Path
        Where to make it. What killed runs left there is removed first.
    hidden : bool
        Whether its name begins with a dot.

    Attributes
    ----------
    new : Path
        Empty folder for what is being made.

    Raises
    ------
    OSError
        If it cannot be made.
    """

    def __init__(self, parent: Path, hidden: bool = True) -> None:
        remove_abandoned(parent)
        self._owner = os.getpid()
        with held():
            self._path, self._lock = _make(parent, f"{'.' if hidden else ''}{_PREFIX}")
        self.new = self._path / NEW
        try:
            self.new.mkdir()
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the folder; a forked child leaves it to its parent."""
        if os.getpid() == self._owner:
            with held():
                shutil.rmtree(self._path, ignore_errors=True)
                self._lock.release()


@contextmanager
def scratch_folder(parent: Path, hidden: bool = True) -> Iterator[ScratchFolder]:
    """Yield a new folder, which is removed at the end.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder = ScratchFolder(parent, hidden)
    try:
        yield folder
    finally:
        folder.remove()


def remove_abandoned(parent: Path) -> None:
    """Remove the temporary folders of killed runs; those of live runs stay."""
    with suppress(OSError):
        for entry in list(os.scandir(parent)):
            if _NAME.fullmatch(entry.name):
                _remove_if_abandoned(Path(entry.path))


def _make(parent: Path, prefix: str) -> tuple[Path, FileLock]:
    while True:
        path = Path(tempfile.mkdtemp(_SUFFIX, prefix, parent))
        try:
            lock = take_lock(path / LOCK)
        except FileNotFoundError:  # another run's clean-up was faster than the lock
            continue
        except OSError:
            shutil.rmtree(path, ignore_errors=True)
            raise
        if lock:
            return path, lock


def _remove_if_abandoned(path: Path) -> None:
    """Remove a folder of this user that is not locked by a running process."""
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        return
    with suppress(OSError), held():
        lock = take_lock(path / LOCK)
        if lock and lock.certain:
            shutil.rmtree(path, ignore_errors=True)
        if lock:
            lock.release()
