"""Catalogue metadata as text that FITS headers and XML hold without loss."""

from __future__ import annotations

import json
from typing import Any

from sciarada.errors import CatalogueError
from sciarada.tabular.json_text import JsonError, parse_json_object


def dump_metadata(meta: dict[str, Any]) -> str:
    """Return plain metadata as one line of printable ASCII.

    ``'`` and ``&`` are escaped, since FITS cards that go on over several lines use both.
    """
    text = json.dumps(meta, separators=(",", ":"), allow_nan=False)
    return text.replace("'", "\\u0027").replace("&", "\\u0026").replace("\x7f", "\\u007f")


def load_metadata(text: str) -> dict[str, Any]:
    """Return the metadata written by `dump_metadata`.

    Raises
    ------
    CatalogueError
        If it is not a JSON object.
    """
    try:
        return parse_json_object(text)
    except JsonError as error:
        raise CatalogueError(f"its metadata {error}") from error
