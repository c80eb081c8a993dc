"""Products appear all at once or not at all.

A run works in a hidden folder beside the one it makes, ``.NAME.partial``, and renames its
products into place when they are complete. What a stopped run had finished stays there for
``--resume``.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sciarada.core.errors import OutputError, WorkerError

KEY, LOCK, REPLACED = "key.txt", "lock", "replaced"
MARK = "run.json"


@dataclass(frozen=True)
class Staging:
    """The folders of a run that is under way.

    Parameters
    ----------
    work : `~pathlib.Path`
        The hidden folder.
    products : `~pathlib.Path`
        Where products are written.
    finished : `~pathlib.Path`
        Where the results of finished steps are kept.
    resumed : bool
        Whether an earlier run's steps were found.
    """

    work: Path
    products: Path
    finished: Path
    resumed: bool


@contextmanager
def staging(
    out: Path,
    key: str = "",
    *,
    overwrite: bool = False,
    resume: bool = False,
    keep: bool = True,
    option: str = "--out",
) -> Iterator[Staging]:
    """Make products in a hidden folder and move them to ``out`` at the end.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder of the products.
    key : str
        Identity of input and configuration: only a run with the same key is resumed.
    overwrite : bool
        Replace a folder of products that is already there.
    resume : bool
        Go on from the finished steps of a stopped run.
    keep : bool
        Keep finished steps after Ctrl-C or a killed worker; else nothing stays.
    option : str
        What gives the folder on the command line, for messages.

    Raises
    ------
    OutputError
        If ``out`` exists, cannot be written, or another run is writing it, or there is
        another run's work where one was to be resumed. Everything is then as it was
        before; after Ctrl-C or a killed worker finished steps stay if they are to be kept.
    """
    work = out.parent / f".{out.name}.partial"
    above: list[Path] = []
    try:
        _check_free(out, overwrite, option)
        above = [folder for folder in (out.parent, *out.parent.parents) if not folder.exists()]
        work.mkdir(parents=True, exist_ok=True)
        lock = (work / LOCK).open("w")
    except OSError as error:
        _remove_empty(above)
        raise OutputError(
            f"cannot write in {out.parent}: {error.strerror}; give another {option}"
        ) from error
    with lock:
        _lock(lock, out, option)
        resumed = resume and _is_known(work, key)
        kept = False
        try:
            yield (stage := _prepare(work, key, resumed, out))
            _move_into_place(stage.products, out)
        except (KeyboardInterrupt, WorkerError):
            kept = keep
            raise
        except OSError as error:
            raise OutputError(_write_problem(error, out, option)) from error
        finally:
            if not kept:
                shutil.rmtree(work, ignore_errors=True)
                _remove_empty(above)


def _remove_empty(folders: list[Path]) -> None:
    """Remove the folders that were made for products that did not come, innermost first."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _check_free(out: Path, overwrite: bool, option: str) -> None:
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise OutputError(f"{out} is a file; give another {option}")
    if not any(out.iterdir()):
        return
    if not overwrite:
        raise OutputError(
            f"{out} already exists; replace it with --overwrite or give another {option}"
        )
    if not (out / MARK).is_file():
        raise OutputError(
            f"{out} holds no {MARK}, so it is not a folder of products and is not replaced; "
            f"give another {option}"
        )


def _lock(lock, out: Path, option: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(
            f"another run is writing {out}; wait for it or give another {option}"
        ) from error


def _is_known(work: Path, key: str) -> bool:
    """Say whether a stopped run of this key left its work; another run's is not touched."""
    written = work / KEY
    if not written.is_file():
        return False
    if written.read_text() != key:
        raise OutputError(
            f"{work} was left by a run with another image or other options; repeat those, "
            "or start anew without --resume"
        )
    return True


def _prepare(work: Path, key: str, resumed: bool, out: Path) -> Staging:
    if (work / REPLACED).is_dir() and not out.exists():
        (work / REPLACED).rename(out)  # a run was stopped between two renames
    for folder in work.iterdir():
        if folder.is_dir() and not (resumed and folder.name == "finished"):
            shutil.rmtree(folder)
    stage = Staging(work, work / "products", work / "finished", resumed)
    stage.products.mkdir()
    stage.finished.mkdir(exist_ok=True)
    (work / KEY).write_text(key)
    return stage


def _move_into_place(products: Path, out: Path) -> None:
    if out.exists():
        old = products.with_name(REPLACED)
        out.rename(old)
        try:
            products.rename(out)
        except OSError:
            old.rename(out)
            raise
    else:
        products.rename(out)


def _write_problem(error: OSError, out: Path, option: str) -> str:
    name = error.filename or out
    cause = error.strerror or error
    return f"cannot write {name}: {cause}; free some room or give another {option}"


def stream_key(path: Path) -> str:
    """Return a quick identity of a file: its size and time of change."""
    facts = path.stat()
    return f"{path.resolve()}:{facts.st_size}:{facts.st_mtime_ns}"
