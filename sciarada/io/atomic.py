"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sciarada.core.errors import OutputError
from sciarada.core.stopping import held
from sciarada.io.refusals import refusals_explained
from sciarada.io.scratch import scratch_folder


@contextmanager
def atomic_path(path: str | Path, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary name near ``path``; rename it to ``path`` when all went well.

    On any error, Ctrl-C included, the temporary file is removed and ``path`` is as it was. What
    a killed process leaves is removed by the next one that writes in the same folder.

    Raises
    ------
    OutputError
        If the file exists and may not be replaced, or the system refuses to write it.
    """
    path = Path(path)
    _check_free(path, overwrite)
    with refusals_explained(path), scratch_folder(path.parent) as scratch:
        part = scratch.new / path.name
        yield part
        part.replace(path)


@contextmanager
def atomic_folder(path: str | Path, mark: str, overwrite: bool = False) -> Iterator[Path]:
    """Give a new hidden folder beside ``path``; rename it to ``path`` when all went well.

    On any error, Ctrl-C included, the new folder is removed and ``path`` is as it was.

    Parameters
    ----------
    path : str or Path
        Folder to make.
    mark : str
        File by which a folder that may be replaced is known: none without it is.
    overwrite : bool
        Replace a folder that exists.

    Raises
    ------
    OutputError
        If there is something that may not be replaced, or the system refuses to write.
    """
    path = Path(path)
    _check_free(path, overwrite)
    if path.exists() and not (path / mark).is_file():
        raise OutputError(
            f"{path} holds no {mark} and so is not replaced; choose another place with --out"
        )
    with refusals_explained(path), scratch_folder(path.parent) as scratch:
        part = scratch.new / path.name
        part.mkdir()
        yield part
        with held():
            _exchange(part, path, scratch.replaced)


def _exchange(part: Path, path: Path, replaced: Path) -> None:
    """Put a new folder in the place of another, or leave that where it is."""
    old = replaced / path.name
    if path.exists():
        replaced.mkdir()
        path.rename(old)
    try:
        part.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise


def _check_free(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists already; allow it to be replaced with --overwrite")
    if not path.parent.is_dir():
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}; choose another place with "
            "--out"
        )
