"""Names of columns and files after classes and others that people name."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 40  # characters of a class in the name of a column: FITS takes 68 with what is added


def class_columns(prefix: str, classes: Sequence[str]) -> list[str]:
    """Return short names of one column per class, with ``_`` for characters that tables refuse."""
    taken: set[str] = set()
    plain = [re.sub("[^A-Za-z0-9]", "_", name[:_LONGEST]) for name in classes]
    return [unique_name(prefix + name, taken) for name in plain]


def unique_name(name: str, taken: set[str]) -> str:
    """Return a name that is not in use, ignoring case, and reserve it."""
    number = 1
    wanted = name
    while wanted.lower() in taken:
        number += 1
        wanted = f"{name}_{number}"
    taken.add(wanted.lower())
    return wanted
