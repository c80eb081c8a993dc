"""The command in a ``run.json``, read and checked."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, TypeGuard

from sciarada.cli.configuration.rerunning import RECORD, Recorded
from sciarada.errors import OptionError


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
