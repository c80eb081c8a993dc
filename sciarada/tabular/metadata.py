"""Plain metadata that every catalogue format can store without loss."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from sciarada.errors import CatalogueError


def plain_metadata(value: Any) -> Any:
    """Return ``value`` in JSON's types only: dict, list, str, int, float, bool and None.

    Arrays and tuples become lists, numpy scalars Python ones, paths strings, and numbers
    that are not finite null, as everywhere in the catalogue.

    Raises
    ------
    CatalogueError
        If a value or a key has another type.
    """
    match value:
        case None | bool():
            return value
        case str() | PurePath():
            return str(value)
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case np.generic() | np.ndarray():
            return plain_metadata(value.tolist())
        case list() | tuple():
            return [plain_metadata(item) for item in value]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {str(key): plain_metadata(item) for key, item in value.items()}
    raise CatalogueError(
        f"catalogue metadata hold text, numbers, lists and dicts with text keys, "
        f"not {type(value).__name__}: {value!r:.60}"
    )


def flat_items(meta: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of plain metadata as (dotted name, scalar); lists join with commas."""
    for key, value in meta.items():
        if isinstance(value, dict):
            yield from flat_items(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield f"{prefix}{key}", ", ".join(str(item) for item in value)
        else:
            yield f"{prefix}{key}", value
