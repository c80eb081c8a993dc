"""Tables of partners: which cutouts of a set may stand in for each; see `PartnerAugmentation`."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from sciarada.errors import CutoutError
from sciarada.io.atomic import atomic_path
from sciarada.io.kinds import Kind

_TABLE, _SET = "partners", "data_hash"


def write_partners(
    path: str | Path, table: np.ndarray, data_hash: str, overwrite: bool = False
) -> None:
    """Write a table of partners as an NPZ file.

    Parameters
    ----------
    path : str or Path
        File to write.
    table : ndarray of int64, shape (n, k)
        Rows of the set, -1 for none.
    data_hash : str
        Of the set, as `CutoutSource.data_hash` returns it.
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with atomic_path(path, overwrite, _KIND) as part, part.open("wb") as stream:
        arrays = {_TABLE: table, _SET: np.array(data_hash)}
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type] # none is allow_pickle


def _is_ours(path: Path) -> bool:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return set(stored.files) == {_TABLE, _SET}
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile):
        return False


_KIND = Kind("table of partners", _is_ours)


def read_partners(path: str | Path, data_hash: str) -> np.ndarray:
    """Return a table of partners, int64 ``(n, k)``.

    Parameters
    ----------
    path : str or Path
        As `write_partners` wrote it.
    data_hash : str
        Of the set that it is wanted for.

    Raises
    ------
    CutoutError
        If the file is missing, is no such table, or belongs to another set.
    """
    try:
        with Path(path).open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            table, written_for = stored[_TABLE], str(stored[_SET])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise CutoutError(
            f"{path} is not a table of partners ({error}): remove it, and it will be made again"
        ) from error
    if written_for != data_hash:
        raise CutoutError(f"{path} has the partners of another set: remove it, to make it again")
    return table
