"""The folder of a finished run, the user's own or a temporary one."""

from __future__ import annotations

import shutil
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sciarada.io.inputs import Inputs
from sciarada.io.staging import staging
from sciarada.running.scratch import ScratchFolder


@dataclass(frozen=True, eq=False, repr=False)
class Products:
    """A finished run and the folder of its products.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder of the products.
    run : dict
        What ``run.json`` holds.
    """

    out: Path
    run: dict[str, Any]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._summary()}, folder {self.out}>"

    def _summary(self) -> str:
        """Return in a few words what the run gave."""
        raise NotImplementedError

    def write(self, out: str | Path, *, overwrite: bool = False) -> Path:
        """Copy the products to a folder of your own.

        Parameters
        ----------
        out : str or path
            Folder to be made.
        overwrite : bool
            Replace the products of an earlier run.

        Returns
        -------
        `~pathlib.Path`

        Raises
        ------
        OutputError
            If the folder exists already or cannot be written.
        """
        inputs = Inputs.of(self.out)
        with staging(Path(out), inputs=inputs, overwrite=overwrite, keep=False) as stage:
            shutil.copytree(self.out, stage.products, dirs_exist_ok=True)
        return Path(out)

    def remove_with_last_use(self, folder: ScratchFolder) -> None:
        """Let the temporary folder that holds the products vanish with this object."""
        weakref.finalize(self, folder.remove)
