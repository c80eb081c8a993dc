"""The path of a new folder; an existing folder is kept unless a run wrote it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sciarada.errors import OutputError
from sciarada.io.folder_contents import (
    Contents,
    contents_of,
    listed,
    new_or_changed,
    remove_contents,
)
from sciarada.io.free_names import name_beside, name_folder, rename_to_empty
from sciarada.io.manifest import own_contents
from sciarada.tabular.file_names import fitting_name

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A folder to be made, and the state of its path when the run began.

    Parameters
    ----------
    out : `~pathlib.Path`
        The folder.
    record : str
        Name of the record in a folder of products.
    before : dict or None
        What it held, all of it written by a run; None where there was no folder.
    """

    out: Path
    record: str
    before: Contents | None

    @classmethod
    def look(
        cls,
        out: Path,
        record: str,
        *,
        overwrite: bool = False,
        option: str = "--out",
        unfinished: Collection[str] = (),
    ) -> Place:
        """Look whether a folder can be made here, or replaced.

        Parameters
        ----------
        out : `~pathlib.Path`
            The folder; not a link.
        record : str
            Name of the record in a folder of products.
        overwrite : bool
            Replace a folder of products.
        option : str
            What gives the folder on the command line, for messages.
        unfinished : collection of str
            See `sciarada.io.manifest.own_contents`.

        Raises
        ------
        OutputError
            If the path exists and may not be replaced.
        OSError
            If it cannot be read.
        """
        _restore(out, record, unfinished)
        if not out.exists() and not out.is_symlink():
            return cls(out, record, None)
        if not out.is_dir():
            raise OutputError(f"{out} is a file; give another {option}")
        if out.is_mount():
            raise OutputError(f"{out} is a mount point; give a folder in it with {option}")
        if not any(out.iterdir()):
            return cls(out, record, {})
        if not overwrite:
            raise OutputError(
                f"{out} already exists; replace it with --overwrite or give another {option}"
            )
        return cls(out, record, own_contents(out, record, option, unfinished))

    def publish(self, products: Path) -> None:
        """Move a finished folder to its place.

        What appeared or changed there while the run went on stays as it is; the products then
        get a name of their own beside it.

        Raises
        ------
        OutputError
            If the place was taken.
        OSError
            If the system refuses; all is then as it was.
        """
        if self.before is not None:
            with suppress(FileNotFoundError):
                shutil.copymode(self.out, products)
        if self.before:
            self._set_aside(products, self.before)
        name = rename_to_empty if self.before == {} else name_folder
        try:
            name(products, self.out)
        except FileExistsError:
            self._put_back()
            raise self._taken(products, "something appeared there") from None
        except OSError:
            self._put_back()
            raise
        if self.before and not remove_contents(_aside(self.out), self.before, self.record):
            logger.warning("%s holds files that appeared while it was replaced", _aside(self.out))

    def _set_aside(self, products: Path, before: Contents) -> None:
        """Move the old folder away if it is still as it was."""
        if not self.out.exists():
            return
        others = new_or_changed(contents_of(self.out), before)
        if not others:
            self.out.rename(_aside(self.out))
            others = new_or_changed(contents_of(_aside(self.out)), before)
        if others:
            self._put_back()
            raise self._taken(products, f"by {listed(others)}")

    def _put_back(self) -> None:
        """Move the old folder back to its place, or to a name beside it."""
        aside = _aside(self.out)
        if not self.before or not aside.exists():
            return
        try:
            name_folder(aside, self.out)
        except FileExistsError:
            moved = name_beside(aside, self.out, name_folder)
            logger.warning("%s appeared meanwhile: what was there before is %s", self.out, moved)

    def _taken(self, products: Path, what: str) -> OutputError:
        moved = name_beside(products, self.out, name_folder)
        return OutputError(
            f"{self.out} was changed while the run went on, {what}, and is left as it is: the "
            f"complete products are in {moved}"
        )


def _aside(out: Path) -> Path:
    """Return the temporary path of a folder while it is replaced."""
    return out.with_name(fitting_name(out.name, ".replaced", prefix="."))


def _restore(out: Path, record: str, unfinished: Collection[str]) -> None:
    """Restore a folder that a killed run was about to replace."""
    aside = _aside(out)
    if not aside.is_dir() or aside.is_symlink():
        return
    found = own_contents(aside, record, unfinished=unfinished)
    if out.exists() and any(out.iterdir()):
        remove_contents(aside, found, record)
    else:
        aside.rename(out)
