"""The content of a folder, and whether it has changed since."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sciarada.core.stamp import Stamp

_SHOWN = 3


Contents = dict[str, Stamp]
"""Stamps by name relative to a folder; the names of folders end in a slash."""


def contents_of(folder: Path) -> Contents:
    """Return everything in a folder and in the folders inside it, without following links.

    Raises
    ------
    OSError
        If a folder cannot be read.
    """
    found: Contents = {}
    for path, folders, files in os.walk(folder, onerror=_raise):
        here = Path(path)
        for name in (*folders, *files):
            stamp = Stamp.of(here / name)
            relative = (here / name).relative_to(folder).as_posix()
            if stat.S_ISDIR(stamp.kind):
                found[f"{relative}/"] = Stamp(stamp.kind)
            else:
                found[relative] = stamp
    return found


def new_or_changed(now: Contents, before: Contents) -> list[str]:
    """Return the names that were not there before, or have changed since."""
    return sorted(name for name, stamp in now.items() if before.get(name) != stamp)


def remove_contents(folder: Path, before: Contents, last: str) -> bool:
    """Remove the unchanged earlier files of a folder, and then the folder.

    Parameters
    ----------
    folder : `~pathlib.Path`
    before : dict
        What may be removed.
    last : str
        The file that is removed last, since it identifies the others.

    Returns
    -------
    bool
        Whether the folder was removed; False if it contains other files, which stay.
    """
    for name in sorted(before, key=lambda name: name == last):
        path, stamp = folder / name, before[name]
        with suppress(OSError):
            if not stat.S_ISDIR(stamp.kind) and Stamp.of(path) == stamp:
                path.unlink()
    for name in sorted((name for name in before if name.endswith("/")), reverse=True):
        with suppress(OSError):
            (folder / name).rmdir()
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def listed(names: Sequence[str]) -> str:
    """Return up to three names with commas between them, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _raise(error: OSError) -> None:
    raise error
