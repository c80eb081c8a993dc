"""The folder of a training: configuration, log, checkpoint, and in the end weights."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from sciarada.io.atomic import atomic_path
from sciarada.io.manifest import DIGEST, FILES, is_sealed, seal
from sciarada.io.weights import SUFFIX, card_path

CONFIGURATION, LOG, CHECKPOINT = "configuration.json", "log.csv", "checkpoint.pt"
UNFINISHED = frozenset({CONFIGURATION, LOG, CHECKPOINT})
"""What a training has written before it is complete."""


class RunFolder:
    """Where a training keeps what it must not lose.

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

    def log(self, numbers: dict[str, float]) -> None:
        """Add a line to the log; the first one names the columns."""
        path = self.path / LOG
        fresh = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(numbers))
            if fresh:
                writer.writeheader()
            writer.writerow(numbers)

    def forget_after(self, step: int) -> None:
        """Drop the lines of the log that are newer than a checkpoint of so many steps."""
        path = self.path / LOG
        if not path.exists():
            return
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            # a line that a killed process left unfinished has no number of a step
            kept = [line for line in reader if line["step"] and int(line["step"]) <= step]
        with atomic_path(path, overwrite=True) as part, part.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(kept)

    def difference(self, configuration: dict[str, Any]) -> str | None:
        """Return what is not as in the configuration of this training; None if all is.

        Raises
        ------
        OutputError
            If that configuration cannot be read.
        """
        earlier = json.loads((self.path / CONFIGURATION).read_text(encoding="utf-8"))
        configuration = json.loads(json.dumps(configuration))  # tuples become lists there
        keys = {*configuration, *earlier}.difference(("versions", FILES, DIGEST))
        return next(
            (key for key in sorted(keys) if configuration.get(key) != earlier.get(key)), None
        )
