"""Files that appear whole or not at all."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sciarada.core.errors import OutputError


@contextmanager
def atomic_path(path: str | Path, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary name beside ``path``; rename it to ``path`` when all went well.

    On any error, Ctrl-C included, the temporary file is removed and ``path`` is as it was.

    Raises
    ------
    OutputError
        If the file exists and may not be replaced, or the system refuses to write it.
    """
    path = Path(path)
    _check_free(path, overwrite)
    part = path.with_name(f".{uuid.uuid4().hex[:12]}.part")
    try:
        with _refusals_explained(path):
            yield part
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
    part, old = (path.with_name(f".{uuid.uuid4().hex[:12]}.{kind}") for kind in ("part", "old"))
    try:
        with _refusals_explained(path):
            part.mkdir()
            yield part
            if path.exists():
                path.rename(old)
            part.rename(path)
    finally:
        if old.exists() and not path.exists():
            old.rename(path)
        for left in (part, old):
            shutil.rmtree(left, ignore_errors=True)


def _check_free(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists already; allow it to be replaced with --overwrite")
    if not path.parent.is_dir():
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}; choose another place with "
            "--out"
        )


@contextmanager
def _refusals_explained(path: Path) -> Iterator[None]:
    """Say of what the system refuses which output it was about."""
    try:
        yield
    except OSError as error:
        cause = error.strerror or str(error)
        raise OutputError(
            f"cannot write {path}: {cause}; choose another place with --out"
        ) from error
