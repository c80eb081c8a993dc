"""The folder of a training: configuration, log, checkpoint, and in the end weights."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

from sciarada.core.errors import OutputError
from sciarada.io.atomic import atomic_path

CONFIGURATION, LOG, CHECKPOINT = "configuration.json", "log.csv", "checkpoint.pt"


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

    def prepare(self, configuration: dict[str, Any], *, overwrite: bool, resume: bool) -> None:
        """Make the folder, or take up an earlier one of the same configuration.

        Raises
        ------
        OutputError
            If the folder exists and was not meant to, is of another training, or cannot be made.
        """
        there = (self.path / CONFIGURATION).is_file()
        if resume and there:
            self._check(configuration)
            return
        if self.path.exists():
            if not there and (not self.path.is_dir() or any(self.path.iterdir())):
                raise OutputError(
                    f"{self.path} is not the folder of a training and so is not replaced: give "
                    "another --out"
                )
            if there and not overwrite:
                raise OutputError(
                    f"{self.path} exists already: go on with --resume, replace it with "
                    "--overwrite, or give another --out"
                )
            shutil.rmtree(self.path)
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            raise OutputError(
                f"cannot make {self.path}: {error.strerror}; give another place with --out"
            ) from error
        with atomic_path(self.path / CONFIGURATION) as part:
            part.write_text(json.dumps(configuration, indent=2) + "\n", encoding="utf-8")

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

    def _check(self, configuration: dict[str, Any]) -> None:
        """Refuse to go on with another configuration than that of the first part."""
        earlier = json.loads((self.path / CONFIGURATION).read_text(encoding="utf-8"))
        configuration = json.loads(json.dumps(configuration))  # tuples become lists there
        for key in sorted({*configuration, *earlier}):
            if configuration.get(key) != earlier.get(key) and key != "versions":
                raise OutputError(
                    f"{self.path} is a training with another {key}: give the same as then, or "
                    "start anew with --overwrite"
                )
