"""Locks on files, which end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

_HELD = (errno.EAGAIN, errno.EACCES)
_INTERVAL = 0.05  # seconds between two attempts


class FileLock:
    """A lock that this process holds.

    Parameters
    ----------
    file : file object
        The open file.
    certain : bool
        Whether its file system keeps locks; where it does not, another process may hold the
        same lock.
    """

    def __init__(self, file: IO[bytes], certain: bool) -> None:
        self._file = file
        self.certain = certain

    def release(self) -> None:
        """Give the lock back, also for child processes that inherited it."""
        if not self._file.closed:
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
            self._file.close()


def take_lock(path: Path, patience: float = 0.0) -> FileLock | None:
    """Lock a file; it is created if it does not exist.

    Parameters
    ----------
    path : Path
        The file. Its content does not matter and is not changed.
    patience : float
        Seconds to wait for another process that holds the lock.

    Returns
    -------
    FileLock or None
        None where another process holds the lock.

    Raises
    ------
    OSError
        If the file cannot be made.
    """
    until = time.monotonic() + patience
    while True:
        lock, removed = _attempt(path)
        if lock or (not removed and time.monotonic() >= until):
            return lock
        if not removed:
            time.sleep(_INTERVAL)


def _attempt(path: Path) -> tuple[FileLock | None, bool]:
    """Return the lock, if free, and whether its last holder removed the file meanwhile."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _HELD:
            return FileLock(file, certain=False), False  # this file system has no locks
        file.close()
        return None, False
    if _is_at(file, path):
        return FileLock(file, certain=True), False
    file.close()
    return None, True


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
