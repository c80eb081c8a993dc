"""The command that a product records, read and checked."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, TypeGuard

from sciarada.cli.configuration.rerunning import RECORD, RECORDS, Recorded
from sciarada.cutouts.zarr_layout import ABOUT, DOCUMENT
from sciarada.errors import OptionError
from sciarada.io.single_table import read_metadata
from sciarada.io.tables import FORMATS
from sciarada.io.weights import SUFFIX
from sciarada.nn.training.run_folder import CONFIGURATION
from sciarada.running.invocation import COMMAND


def read_recorded(run: Path) -> Recorded:
    """Return the command that made a product.

    Parameters
    ----------
    run : `~pathlib.Path`
        A folder with one of `RECORDS`, such a file, weights beside one, or a table with the
        record in its metadata.

    Raises
    ------
    OptionError
        If there is no such record, or it does not say which command made it.
    """
    path = _record_of(run)
    command = _command_in(path)
    if command is None:
        raise OptionError(
            f"{path} does not record a command of the command line, so it cannot be run again"
        )
    made = path.absolute()
    made = made.parent if path.name in RECORDS else made
    return Recorded(
        path=path,
        name=command["name"],
        options=command["options"],
        directory=Path(command["directory"]),
        inputs=command["inputs"],
        readers=tuple(command.get("readers", ())),
        product=made.parent if command.get("part") else made,
    )


def _record_of(product: Path) -> Path:
    """Return the file that records the command: the product itself if that is a table."""
    if product.suffix.lower() == SUFFIX:  # weights
        return product.parent / CONFIGURATION
    if not product.is_dir():
        return product
    known = [product / name for name in RECORDS if (product / name).exists()]
    return known[0] if known else _record_of_part(product) or product / RECORD


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
    is_table = any(path.suffix.lower() in known.suffixes for known in FORMATS.values())
    record = read_metadata(path) if is_table else _json_in(path)
    for name in ("attributes", ABOUT, "meta") if path.name == DOCUMENT else ():
        record = record.get(name) if isinstance(record, dict) else None
    command = record.get(COMMAND) if isinstance(record, dict) else None
    return command if _is_command(command) else None


def _json_in(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise OptionError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{path} is no record of a run: it is not JSON") from error


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
