"""The folder of a training: configuration, log, checkpoint, and in the end weights."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from sciarada.errors import OutputError
from sciarada.io.atomic import atomic_path
from sciarada.io.manifest import DIGEST, FILES, is_sealed, seal
from sciarada.io.weights import SUFFIX, card_path
from sciarada.running.invocation import COMMAND
from sciarada.running.stopping import held
from sciarada.tabular.json_text import JsonError, parse_json_object

CONFIGURATION, LOG, CHECKPOINT = "configuration.json", "log.csv", "checkpoint.pt"
_ANEW = "start again with --overwrite, or give another --out"
_ASIDE = "move it away, and the training goes on with a new one"
FORMER_SETTINGS = {"accelerator": "device", "frame": "crop", "rate": "learning_rate"}
"""Present names of settings that the first trainings recorded under other names."""
UNFINISHED = frozenset({CONFIGURATION, LOG, CHECKPOINT})
"""What a training has written before it is complete."""


class RunFolder:
    """The folder in which a training stores its files.

    Parameters
    ----------
    path : Path
        The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / CHECKPOINT

    @property
    def is_there(self) -> bool:
        """Whether a training has begun here."""
        return (self.path / CONFIGURATION).is_file()

    def has(self, name: str) -> bool:
        """Return whether a training has ended here and its weights ``name`` are still there."""
        return is_sealed(self.path, CONFIGURATION) and self.weights(name).is_file()

    def weights(self, name: str) -> Path:
        """Return where weights are kept."""
        return self.path / f"{name}{SUFFIX}"

    def begin(self, configuration: dict[str, Any]) -> None:
        """Write the configuration of a new training.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        with atomic_path(self.path / CONFIGURATION) as part:
            part.write_text(json.dumps(configuration, indent=2) + "\n", encoding="utf-8")

    def end(self, name: str) -> None:
        """List the files of a training that is complete, so that they may be replaced one day."""
        weights = self.weights(name)
        own = (*UNFINISHED, weights.name, card_path(weights).name)
        seal(self.path, CONFIGURATION, [each for each in own if (self.path / each).is_file()])

    def remove_unfinished(self) -> None:
        """Remove the files of a training that cannot be resumed, and the folder if empty."""
        with held():
            for name in UNFINISHED:
                with suppress(OSError):
                    (self.path / name).unlink()
            self.remove_if_empty()

    def remove_if_empty(self) -> None:
        """Remove the folder if it is empty."""
        with suppress(OSError):
            self.path.rmdir()

    def log(self, numbers: dict[str, float]) -> None:
        """Add a line to the log; the first one names the columns.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        path = self.path / LOG
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(numbers))
        if not path.exists():
            writer.writeheader()
        writer.writerow(numbers)
        with path.open("a", newline="", encoding="utf-8") as file:
            file.write(text.getvalue())

    def forget_after(self, step: int) -> None:
        """Drop the lines of the log that are newer than a checkpoint of so many steps.

        A line that a killed training or a full disk cut off goes, too.

        Raises
        ------
        OutputError
            If the log is damaged.
        """
        path = self.path / LOG
        if not path.exists():
            return
        columns, lines = read_log(path)
        kept = [line for line in lines if int(line["step"]) <= step]
        if not kept:  # the names in the first line may be incomplete, too
            path.unlink()
            return
        with atomic_path(path, overwrite=True) as part, part.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(kept)

    def difference(self, configuration: dict[str, Any]) -> str | None:
        """Return the first difference to the configuration of this training, or None.

        Raises
        ------
        OutputError
            If that configuration cannot be read.
        """
        earlier = self._configuration()
        configuration = json.loads(json.dumps(configuration))  # tuples become lists there
        keys = {*configuration, *earlier}.difference(("versions", COMMAND, FILES, DIGEST))
        return next(
            (key for key in sorted(keys) if configuration.get(key) != earlier.get(key)), None
        )

    def _configuration(self) -> dict[str, Any]:
        path = self.path / CONFIGURATION
        try:
            return _with_present_names(parse_json_object(path.read_bytes()))
        except OSError as error:
            raise OutputError(f"{path} cannot be read: {error.strerror}; {_ANEW}") from error
        except JsonError as error:
            raise OutputError(f"{path} {error}: it was damaged; {_ANEW}") from error


def _with_present_names(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration with the current names of the settings."""
    settings = configuration.get("settings")
    if not isinstance(settings, dict):
        return configuration
    renamed = {FORMER_SETTINGS.get(name, name): value for name, value in settings.items()}
    return configuration | {"settings": renamed}


def read_log(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns and the lines of a log.

    A last line that a killed process left unfinished is omitted.

    Raises
    ------
    OutputError
        If it is damaged elsewhere.
    """
    try:
        text = path.read_text(encoding="utf-8")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        lines = list(reader)
    except (OSError, UnicodeError, csv.Error) as error:
        raise OutputError(f"{path} is damaged: {_ASIDE}") from error
    columns = list(reader.fieldnames or [])
    if lines and not (text.endswith("\n") and _is_whole(lines[-1])):
        lines.pop()
    if not lines:
        return columns, lines
    if "step" not in columns or len(set(columns)) < len(columns):
        raise OutputError(f"{path} has no column step, or one twice: {_ASIDE}")
    wrong = next((n for n, line in enumerate(lines, start=2) if not _is_whole(line)), None)
    if wrong is not None:
        raise OutputError(f"{path} is damaged in line {wrong}: {_ASIDE}")
    return columns, lines


def _is_whole(line: dict[str | None, str | None]) -> bool:
    """Return whether a line has a cell for each column, and the number of a step."""
    step = line.get("step") or ""
    return None not in line and None not in line.values() and step.isdecimal() and len(step) < 20
