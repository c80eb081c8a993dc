"""Names for finished files and folders that are free, so that nothing is ever replaced."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}


def real_path(path: Path) -> Path:
    """Return a path unchanged, or resolved if it is a link, ``.`` or ``..``."""
    if path.is_symlink() or path.name in ("", ".."):
        return Path(os.path.realpath(path))
    return path


def name_file(part: Path, path: Path) -> None:
    """Give a file of the same file system a name that is free.

    Raises
    ------
    FileExistsError
        If the name is taken.
    """
    try:
        path.hardlink_to(part)  # unlike a rename, it never replaces a file
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        part.replace(path)
    else:
        part.unlink()


def name_folder(part: Path, path: Path) -> None:
    """Give a folder of the same file system a name that is free.

    Raises
    ------
    FileExistsError
        If the name is taken.
    """
    path.mkdir()
    try:
        rename_to_empty(part, path)
    except OSError:
        with suppress(OSError):
            path.rmdir()
        raise


def rename_to_empty(part: Path, path: Path) -> None:
    """Rename a folder to one that is empty, which the system refuses if it no longer is.

    Raises
    ------
    FileExistsError
        If there is something else.
    """
    try:
        part.rename(path)
    except OSError as error:
        if error.errno in _TAKEN:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        raise


def name_beside(part: Path, path: Path, name: Callable[[Path, Path], None]) -> Path:
    """Give a file or folder the name ``NAME_2``, or the next one that is free.

    Parameters
    ----------
    part : `~pathlib.Path`
        The file or folder.
    path : `~pathlib.Path`
        The name that it was to have; endings are kept.
    name : callable
        `name_file` or `name_folder`.

    Returns
    -------
    `~pathlib.Path`
        Its new name.
    """
    stem, dot, endings = path.name.partition(".")
    for number in count(2):
        free = path.with_name(f"{stem}_{number}{dot}{endings}")
        with suppress(FileExistsError):
            name(part, free)
            return free
    raise AssertionError  # there is always another number
