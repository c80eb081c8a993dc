"""Products appear all at once or not at all.

A run works in a hidden folder beside the one it makes, ``.NAME.partial``, and renames its
products into place when they are complete. What a run had finished before it was stopped or
failed stays there for ``--resume``.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sciarada.core.fingerprint import files_in
from sciarada.errors import ChangedInputError, OutputError
from sciarada.io.checkpoints import UNFINISHED
from sciarada.io.folder_contents import listed, remove_contents
from sciarada.io.free_names import real_path
from sciarada.io.inputs import NO_INPUTS, Inputs
from sciarada.io.manifest import own_contents, seal
from sciarada.io.place import Place
from sciarada.io.refusals import refusals_explained
from sciarada.running.locks import FileLock, take_lock
from sciarada.running.stopping import held
from sciarada.tabular.file_names import fitting_name

KEY, NEW_KEY, LOCK, PRODUCTS, FINISHED = "key.txt", "key.new", "lock", "products", "finished"
OWN = (KEY, NEW_KEY, PRODUCTS, FINISHED, LOCK)  # in the order in which they are removed
MARK = "run.json"
KEPT = "what was finished is kept, go on from there with --resume"
PATIENCE = 2.0  # seconds in which the workers of a killed run end


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
    inputs: Inputs = NO_INPUTS,
    overwrite: bool = False,
    resume: bool = False,
    keep: bool = True,
    option: str = "--out",
    record: str = MARK,
    unfinished: Collection[str] = (),
    grows: bool = False,
) -> Iterator[Staging]:
    """Make products in a hidden folder and move them to ``out`` at the end.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder of the products.
    key : str
        Identity of input and configuration: only a run with the same key is resumed.
    inputs : Inputs
        What the run reads: the folder must not touch it, nor may it change meanwhile.
    overwrite : bool
        Replace an existing folder, if a run wrote all files in it.
    resume : bool
        Go on from the finished steps of a stopped run.
    keep : bool
        Keep finished steps if the run is stopped or fails; else nothing stays.
    option : str
        What gives the folder on the command line, for messages.
    record : str
        The JSON file among the products to which the list of written files is added.
    unfinished : collection of str
        See `sciarada.io.manifest.own_contents`.
    grows : bool
        Whether the products are what is kept for ``resume``: a training, say, which goes on
        writing the same files.

    Raises
    ------
    ChangedInputError
        If an input changed while it was read; what was finished is of no use then.
    OutputError
        If ``out`` touches an input, exists or holds what a run did not write, cannot be
        written, or another run is writing it, or there is another run's work where one was to
        be resumed. Everything is then as it was before.

    Notes
    -----
    Finished steps that are to be kept stay whatever ended the run, and a note on the exception
    says so.
    """
    try:
        real = real_path(out)  # one lock for all names of a folder
        work = _work_folder(real)
        inputs.keep_apart(out, work, option=option)
        place = Place.look(real, record, overwrite=overwrite, option=option, unfinished=unfinished)
    except OSError as error:
        raise _cannot_write(out, error, option) from error
    above = _missing_above(work)
    lock = _lock_or_refuse(work, out, option)
    kept = True
    products = work / (FINISHED if grows else PRODUCTS)
    try:
        resumed = resume and _is_known(work, key)
        kept = False
        with refusals_explained(out, f"give another {option}"):
            yield replace(_prepare(work, key, resumed), products=products)
            inputs.check_unchanged()
            seal(products, record)
            with held():
                place.publish(products)
                keep = False  # nothing is left to be resumed
    except BaseException as error:
        moved = not products.is_dir()  # complete, to a place beside the one that is taken
        useful = keep and not moved and not isinstance(error, ChangedInputError)
        if not kept and useful and _has_finished(work):
            kept = True
            error.add_note(KEPT)
        raise
    finally:
        _clean_up(work, lock, above, kept)


@contextmanager
def locked(out: Path, option: str = "--out") -> Iterator[Path]:
    """Keep other runs, and `staging`, from making the same folder; give the hidden folder.

    Raises
    ------
    OutputError
        If another run is making it, or nothing can be written beside it.
    """
    work = _work_folder(real_path(out))
    above = _missing_above(work)
    lock = _lock_or_refuse(work, out, option)
    try:
        yield work
    finally:
        with held():
            with suppress(OSError):
                if [path.name for path in work.iterdir()] == [LOCK]:
                    _clear(work)
            _remove_empty([work, *above])
            lock.release()


def finished_steps(out: Path) -> Path:
    """Return where the finished steps of a stopped run that was to make ``out`` are kept."""
    return _work_folder(real_path(out)) / FINISHED


def remove_products(out: Path) -> None:
    """Remove a folder of products, and the files of a stopped run.

    What no run wrote, or somebody changed, stays; and so does the folder then.
    """
    with suppress(OSError, OutputError):
        remove_contents(out, own_contents(out, MARK), MARK)
    work = _work_folder(real_path(out))
    _clear(work)
    _remove_empty([work])


def _work_folder(out: Path) -> Path:
    return out.with_name(fitting_name(out.name, ".partial", prefix="."))


def _has_finished(work: Path) -> bool:
    """Return whether a run has finished any step; where that cannot be seen, it may have."""
    try:
        return any(path.suffix != UNFINISHED for path in (work / FINISHED).glob("*"))
    except (OSError, MemoryError):
        return True


def _clean_up(work: Path, lock: FileLock, above: list[Path], kept: bool) -> None:
    """Remove what no later run needs, and let others work here."""
    with held():
        if kept:
            shutil.rmtree(work / PRODUCTS, ignore_errors=True)
        else:
            _clear(work)
            _remove_empty([work, *above])
        lock.release()


def _missing_above(work: Path) -> list[Path]:
    """Return the folders that have to be made for another, innermost first."""
    return [folder for folder in work.parents if not folder.exists()]


def _remove_empty(folders: list[Path]) -> None:
    """Remove the folders that were made for products that were never written, innermost first."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _lock_or_refuse(work: Path, out: Path, option: str) -> FileLock:
    """Make the hidden folder and lock it.

    Raises
    ------
    OutputError
        If another run has the lock, or the system refuses the folder.
    """
    above = _missing_above(work)
    try:
        lock = _make_and_lock(work, option)
    except OSError as error:
        _remove_empty(above)
        raise _cannot_write(out, error, option) from error
    if lock is None:
        raise OutputError(f"another run is writing {out}; wait for it or give another {option}")
    return lock


def _make_and_lock(work: Path, option: str) -> FileLock | None:
    while True:
        work.mkdir(parents=True, exist_ok=True)
        _check_own(work, option)
        with suppress(FileNotFoundError):  # another run ended, and removed the folder just now
            return take_lock(work / LOCK, PATIENCE)


def _cannot_write(out: Path, error: OSError, option: str) -> OutputError:
    return OutputError(f"cannot write in {out.parent}: {error.strerror}; give another {option}")


def _check_own(work: Path, option: str) -> None:
    """Refuse a folder of that name with other content."""
    others = sorted(path.name for path in work.iterdir() if path.name not in OWN)
    if others:
        raise OutputError(
            f"{work} is not used: it holds {listed(others)}, which a run did not write; move it "
            f"away or give another {option}"
        )


def _is_known(work: Path, key: str) -> bool:
    """Return whether a stopped run of this key left its work; another run's is not touched."""
    written = work / KEY
    if not written.is_file():
        return False
    if written.read_bytes() != key.encode():
        raise OutputError(
            f"{work} was left by a run with another image or other options; repeat those, "
            "or start again without --resume"
        )
    return True


def _prepare(work: Path, key: str, resumed: bool) -> Staging:
    _clear(work, but=(LOCK, KEY, FINISHED) if resumed else (LOCK,))
    stage = Staging(work, work / PRODUCTS, work / FINISHED, resumed)
    stage.products.mkdir()
    stage.finished.mkdir(exist_ok=True)
    for unfinished in stage.finished.glob(f"*{UNFINISHED}"):
        unfinished.unlink()
    if not resumed:  # a run that is killed before this has nothing that could be resumed
        (work / NEW_KEY).write_text(key)
        (work / NEW_KEY).replace(work / KEY)
    return stage


def _clear(work: Path, but: Sequence[str] = ()) -> None:
    """Remove the hidden folder of runs."""
    for path in (work / name for name in OWN if name not in but):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def stream_key(path: Path) -> str:
    """Return a quick identity of a file, or of all in a folder: sizes and times of change."""
    names = files_in(path) if path.is_dir() else [""]
    facts = [(path / name).stat() for name in names]
    return ":".join([f"{path.resolve()}", *(f"{f.st_size}:{f.st_mtime_ns}" for f in facts)])
