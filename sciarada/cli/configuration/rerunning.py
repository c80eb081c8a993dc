"""The command that a product records, made ready to be run again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sciarada.cli.configuration.reading import values_of
from sciarada.cli.configuration.record import OUT, fingerprint
from sciarada.cutouts.zarr_layout import DOCUMENT
from sciarada.errors import OptionError
from sciarada.nn.training.run_folder import CONFIGURATION

logger = logging.getLogger(__name__)

RECORD = "run.json"
RECORDS = (RECORD, CONFIGURATION, DOCUMENT)
"""Files with the record of the folder that they are in: runs, trainings, cutouts in Zarr."""


@dataclass(frozen=True)
class Recorded:
    """A command as it was run.

    Parameters
    ----------
    path : `~pathlib.Path`
        The record, or the product with the record in its metadata.
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
    product : `~pathlib.Path`
        File or folder that the command made.
    """

    path: Path
    name: str
    options: Mapping[str, Any]
    directory: Path
    inputs: Mapping[str, str | None]
    readers: tuple[str, ...]
    product: Path

    @property
    def working_folder(self) -> Path:
        """Folder in which to run: the recorded one, or the present one if it no longer exists."""
        return self.directory if self.directory.is_dir() else Path.cwd()

    def replaced(self) -> Path:
        """Return the file or folder that is replaced if no output is given: that of this run.

        Raises
        ------
        OptionError
            If the command wrote elsewhere, as after the product was copied or moved.
        """
        recorded = self.options.get(OUT)
        out = self.product if recorded is None else self.directory / str(recorded)
        is_copy = self.path.suffix == ".json" and self.path.name not in RECORDS
        if is_copy or not _is_same(out, self.product):
            place = "another place" if recorded is None else str(out)
            kind = "folder" if self.product.is_dir() else "file"
            raise OptionError(
                f"{self.path} is the record of a run that wrote to {place}, not to the {kind} of "
                f"the record: with --overwrite, give the {kind} to replace with --out"
            )
        return self.product

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
