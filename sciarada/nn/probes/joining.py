"""Which row of a table belongs to a cutout, by a text that both have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sciarada.core.errors import CatalogueError


def rows_by_key(wanted: Sequence[str], keys: Sequence[str], table: str, key: str) -> np.ndarray:
    """Return the row of a table for each cutout, -1 where it has none.

    Texts are the same if they are equal, or if only one of the two has a folder before its last
    ``/`` and they are equal without it.

    Parameters
    ----------
    wanted : sequence of str
        Of the cutouts.
    keys : sequence of str
        Of the rows of the table.
    table, key : str
        The table and its column, for messages.

    Raises
    ------
    CatalogueError
        If the table has a key twice, or folders are needed to tell one from another.
    """
    place = {text: row for row, text in enumerate(keys)}
    if len(place) < len(keys):
        raise CatalogueError(f"{table} has a {key} twice: name another column with --key")
    in_folders = defaultdict(list)
    for text in keys:
        if "/" in text:
            in_folders[_bare(text)].append(text)
    taken: dict[str, str] = {}
    for text in dict.fromkeys(wanted):
        same = [text] if text in place else _alike(text, place, in_folders)
        if len(same) > 1:
            raise _ambiguous(text, "set", same, f"{key} of {table}")
        if same and taken.setdefault(same[0], text) != text:
            raise _ambiguous(same[0], f"{key} of {table}", [taken[same[0]], text], "set")
    row = {text: place[key] for key, text in taken.items()}
    return np.array([row.get(text, -1) for text in wanted], np.int64)


def _alike(text: str, place: dict[str, int], in_folders: dict[str, list[str]]) -> list[str]:
    """Return the keys that are the same but for a folder that only one of the two has."""
    if "/" not in text:
        return in_folders.get(text, [])
    return [_bare(text)] if _bare(text) in place else []


def _bare(text: str) -> str:
    return text.rpartition("/")[2]


def _ambiguous(text: str, place: str, others: Sequence[str], there: str) -> CatalogueError:
    return CatalogueError(
        f"the {place} has {text}, which may be {others[0]} or {others[1]} of the {there}: "
        "write its folder in both, or name other columns with --key"
    )
