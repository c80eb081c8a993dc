"""Files and folders that appear whole or not at all, and replace nothing but their own kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sciarada.errors import OutputError
from sciarada.io.file_place import FilePlace
from sciarada.io.free_names import real_path
from sciarada.io.kinds import Kind
from sciarada.io.manifest import seal
from sciarada.io.place import Place
from sciarada.io.refusals import refusals_explained
from sciarada.running.scratch import scratch_folder
from sciarada.running.stopping import held


@contextmanager
def atomic_path(
    path: str | Path, overwrite: bool = False, kind: Kind | None = None
) -> Iterator[Path]:
    """Yield a temporary name near ``path``; move the file to ``path`` when all went well.

    On any error, Ctrl-C included, the temporary file is removed and ``path`` is as it was. What
    a killed process leaves is removed by the next one that writes in the same folder. A file
    that appears at ``path`` meanwhile stays there, and the new one gets a name beside it.

    Parameters
    ----------
    path : str or Path
        File to make; a link stays one, and what it points to is written.
    overwrite : bool
        Replace a file that exists.
    kind : Kind, optional
        Only a file of this kind is replaced; without it the caller knows that the file is its
        own.

    Raises
    ------
    OutputError
        If the file exists and may not be replaced, or the system refuses to write it.
    """
    path = Path(path)
    real = real_path(path)
    with refusals_explained(path):
        place = FilePlace.look(real, overwrite, kind)
        _check_parent(path)
        with scratch_folder(real.parent) as scratch:
            part = scratch.new / real.name
            yield part
            with held():
                place.publish(part)


@contextmanager
def atomic_folder(path: str | Path, record: str, overwrite: bool = False) -> Iterator[Path]:
    """Yield a new hidden folder beside ``path``; rename it to ``path`` when all went well.

    On any error, Ctrl-C included, the new folder is removed and ``path`` is as it was.

    Parameters
    ----------
    path : str or Path
        Folder to make.
    record : str
        JSON file in the folder to which the list of written files is added.
    overwrite : bool
        Replace an existing folder, if a run wrote all files in it.

    Raises
    ------
    OutputError
        If an existing file may not be replaced, or the system refuses to write.
    """
    path = Path(path)
    real = real_path(path)
    with refusals_explained(path):
        place = Place.look(real, record, overwrite=overwrite)
        _check_parent(path)
        with scratch_folder(real.parent) as scratch:
            part = scratch.new / real.name
            part.mkdir()
            yield part
            seal(part, record, read=False)  # a store may be as large as the disk
            with held():
                place.publish(part)


def check_replaceable(path: Path, overwrite: bool, kind: Kind) -> None:
    """Refuse at once a file that `atomic_path` would refuse later.

    Raises
    ------
    OutputError
        If it exists and may not be replaced.
    """
    with refusals_explained(path):
        FilePlace.look(real_path(path), overwrite, kind)


def check_folder_replaceable(path: Path, record: str, overwrite: bool) -> None:
    """Refuse at once a folder that `atomic_folder` would refuse later.

    Raises
    ------
    OutputError
        If it exists and may not be replaced.
    """
    with refusals_explained(path):
        Place.look(real_path(path), record, overwrite=overwrite)


def _check_parent(path: Path) -> None:
    if not path.parent.is_dir():
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}; choose another place with "
            "--out"
        )
