"""The folder of a training, or a hidden one beside the one that it replaces at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sciarada.errors import OutputError
from sciarada.io.refusals import refusals_explained
from sciarada.io.staging import KEPT, finished_steps, locked, staging
from sciarada.nn.training.run_folder import CONFIGURATION, UNFINISHED, RunFolder


@contextmanager
def training_folder(
    out: Path, configuration: dict[str, Any], *, overwrite: bool, resume: bool
) -> Iterator[RunFolder]:
    """Yield the folder in which a training works.

    A new training works in ``out`` itself, where its log can be followed. One that replaces an
    earlier training works in the hidden folder of `sciarada.io.staging.staging` and takes its
    place when it is complete; a stopped one stays in the hidden folder, where ``resume`` looks
    first.

    Parameters
    ----------
    out : Path
        Folder of the training.
    configuration : dict
        By which a stopped training is known.
    overwrite : bool
        Replace an earlier training.
    resume : bool
        Go on from the checkpoint of a stopped training.

    Raises
    ------
    OutputError
        If the folder exists and was not meant to, is of another training, holds other files, or
        cannot be made.
    """
    hidden, visible = RunFolder(finished_steps(out)), RunFolder(out)
    if resume and hidden.is_there and not hidden.difference(configuration):
        replaces = True
    elif resume and (visible.is_there or hidden.is_there):
        _check(visible if visible.is_there else hidden, configuration)
        replaces = False
    else:
        _check_free(visible, hidden, overwrite)
        replaces = visible.is_there
        resume = False
    if replaces:
        with _hidden(out, configuration, resume) as folder:
            yield folder
        return
    with locked(out), _visible(visible, configuration, resume) as folder:
        yield folder


def current_folder(out: Path, configuration: dict[str, Any]) -> RunFolder:
    """Return the folder in which `training_folder`, in another process, has a training work."""
    hidden = RunFolder(finished_steps(out))
    if hidden.is_there and not hidden.difference(configuration):
        return hidden
    return RunFolder(out)


@contextmanager
def _hidden(out: Path, configuration: dict[str, Any], resume: bool) -> Iterator[RunFolder]:
    with staging(
        out, overwrite=True, resume=resume, record=CONFIGURATION, unfinished=UNFINISHED, grows=True
    ) as stage:
        folder = RunFolder(stage.products)
        if not folder.is_there:
            folder.begin(configuration)
        yield folder


@contextmanager
def _visible(folder: RunFolder, configuration: dict[str, Any], resume: bool) -> Iterator[RunFolder]:
    """Yield the folder of a training that replaces none; keep it only if it can be resumed."""
    if not resume:
        _make(folder, configuration)
    try:
        with refusals_explained(folder.path):
            yield folder
    except BaseException as error:
        if folder.checkpoint.is_file():
            error.add_note(KEPT)
        elif not resume:
            folder.remove_unfinished()
        raise


def _check(folder: RunFolder, configuration: dict[str, Any]) -> None:
    """Refuse to resume with a different configuration."""
    key = folder.difference(configuration)
    if key:
        raise OutputError(
            f"{folder.path} is a training with different {key}: give the same as then, or start "
            "anew with --overwrite"
        )


def _check_free(visible: RunFolder, hidden: RunFolder, overwrite: bool) -> None:
    path = visible.path
    if path.exists() and not visible.is_there and (not path.is_dir() or any(path.iterdir())):
        raise OutputError(
            f"{path} is not the folder of a training and so is not replaced: give another --out"
        )
    if overwrite:
        return
    for folder in (visible, hidden):
        if folder.is_there:
            raise OutputError(
                f"{folder.path} exists already: go on with --resume, replace it with --overwrite, "
                "or give another --out"
            )


def _make(folder: RunFolder, configuration: dict[str, Any]) -> None:
    with refusals_explained(folder.path):
        folder.path.mkdir(parents=True, exist_ok=True)
    try:
        folder.begin(configuration)
    except BaseException:
        folder.remove_if_empty()
        raise
