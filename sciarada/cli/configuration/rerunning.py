"""The command that a ``run.json`` records, made ready to be run again."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import click

from sciarada.cli.configuration.reading import values_of
from sciarada.cli.configuration.record import OUT, fingerprint
from sciarada.errors import OptionError

logger = logging.getLogger(__name__)

RECORD = "run.json"


@dataclass(frozen=True)
class Recorded:
    """A command as it was run.

    Parameters
    ----------
    path : `~pathlib.Path`
        The record.
    name : str
        The command below ``sciarada``.
    options : mapping of str to object
        Its arguments and options by key.
    directory : `~pathlib.Path`
        Folder in which it was run, which may no longer exist.
    inputs : mapping of str to str or None
        Fingerprint of each input.
    readers : tuple of str
        Names of the readers that were chosen.
    folder : `~pathlib.Path`
        Folder that the command made.
    """

    path: Path
    name: str
    options: Mapping[str, Any]
    directory: Path
    inputs: Mapping[str, str | None]
    readers: tuple[str, ...]
    folder: Path

    @property
    def working_folder(self) -> Path:
        """Folder in which to run: the recorded one, or the present one if it no longer exists."""
        return self.directory if self.directory.is_dir() else Path.cwd()

    def replaced(self) -> Path:
        """Return the folder that is replaced if no output is given: that of this run.

        Raises
        ------
        OptionError
            If the command wrote elsewhere, as after the folder was copied or moved.
        """
        recorded = self.options.get(OUT)
        out = self.folder if recorded is None else self.directory / str(recorded)
        if self.path.name != RECORD or not _is_same(out, self.folder):
            place = "another place" if recorded is None else str(out)
            raise OptionError(
                f"{self.path} is the record of a run that wrote to {place}, not to the folder of "
                "the record: with --overwrite, give the folder to replace with --out"
            )
        return self.folder

    def check_place(self) -> None:
        """Refuse a relative name of the output whose folder no longer exists.

        Raises
        ------
        OptionError
            If it would refer to the present folder.
        """
        out = self.options.get(OUT)
        relative = out is not None and not Path(str(out)).is_absolute()
        if relative and not self.directory.is_dir():
            raise OptionError(
                f"{self.path} is the record of a run in {self.directory}, which no longer exists, "
                f"with the output {out}: give another place with --out"
            )

    def context(self, root: click.Context, given: Mapping[str, Any]) -> click.Context:
        """Return the command, parsed with the recorded values and those that replace them.

        Raises
        ------
        OptionError
            If there is no such command, or it has no such options.
        """
        parent, command = root, root.command
        for name in self.name.split():
            found = command.get_command(parent, name) if isinstance(command, click.Group) else None
            if found is None:
                raise OptionError(f"{self.path}: there is no command `sciarada {self.name}`")
            parent, command = root if parent is root else parent, found
        if isinstance(command, click.Group) or command is click.get_current_context().command:
            raise OptionError(f"{self.path} records no run of a command, so it cannot be run again")
        values = {**values_of(command, self.options, f"{self.path}:"), **given}
        return command.make_context(self.name, [], parent=root, default_map=values)


def read_recorded(run: Path) -> Recorded:
    """Return the command that a run records.

    Parameters
    ----------
    run : `~pathlib.Path`
        Its ``run.json``, or the folder that holds one.

    Raises
    ------
    OptionError
        If there is no such record, or it does not say which command made it.
    """
    path = run / RECORD if run.is_dir() else run
    if run.is_dir() and not path.exists():
        path = _record_of_part(run) or path
    command = _command_in(path)
    if command is None:
        raise OptionError(
            f"{path} does not record a command of the command line, so it cannot be run again"
        )
    made = path.absolute().parent
    return Recorded(
        path=path,
        name=command["name"],
        options=command["options"],
        directory=Path(command["directory"]),
        inputs=command["inputs"],
        readers=tuple(command.get("readers", ())),
        folder=made.parent if command.get("part") else made,
    )


def _record_of_part(folder: Path) -> Path | None:
    """Return the record of a folder in this one, if one command made both."""
    for path in sorted(folder.glob(f"*/{RECORD}")):
        with contextlib.suppress(OptionError):
            command = _command_in(path)
            if command is not None and command.get("part"):
                return path
    return None


def _command_in(path: Path) -> dict[str, Any] | None:
    """Return the command in a record, None if there is none."""
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise OptionError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{path} is no record of a run: it is not JSON") from error
    command = record.get("command") if isinstance(record, dict) else None
    return command if _is_command(command) else None


def check_inputs(recorded: Recorded, allowed: bool) -> None:
    """Compare inputs with the record; to be called in the directory of the run.

    Raises
    ------
    OptionError
        If inputs have changed or are missing, and that is not allowed.
    """
    changed = [
        f"{name} {'has changed' if Path(name).exists() else 'is missing'}"
        for name, before in recorded.inputs.items()
        if fingerprint(Path(name)) != before
    ]
    if not changed:
        return
    sentence = f"since {recorded.path} was written, {' and '.join(changed)}"
    if not allowed:
        raise OptionError(f"{sentence}: give --changed to run nevertheless")
    logger.warning(sentence)


def _is_same(one: Path, two: Path) -> bool:
    try:
        return one.samefile(two)
    except (OSError, ValueError):  # a null character
        return False


def _is_command(command: Any) -> TypeGuard[dict[str, Any]]:
    kinds = {"name": str, "options": dict, "directory": str, "inputs": dict}
    if not isinstance(command, dict):
        return False
    readers = command.get("readers", [])
    return (
        all(isinstance(command.get(key), kind) for key, kind in kinds.items())
        and isinstance(readers, list)
        and all(isinstance(name, str) and "\0" not in name for name in readers)
    )
