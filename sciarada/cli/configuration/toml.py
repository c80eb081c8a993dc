"""A table of plain values as TOML, which the standard library only reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: Any) -> str:
    """Return a value as TOML writes it.

    Examples
    --------
    >>> from sciarada.cli.configuration.toml import toml_value
    >>> toml_value(["a", 0.5, True])
    '["a", 0.5, true]'
    """
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{toml_key(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value).lower()  # true, false, numbers, inf and nan


def toml_key(name: str) -> str:
    """Return a key, quoted where TOML needs it."""
    return name if _BARE.fullmatch(name) else toml_value(name)


def toml_section(title: str, values: Mapping[str, Any], unset: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a section; unset options are comments with their descriptions."""
    yield f"[{title}]"
    for key, value in values.items():
        if not isinstance(value, Mapping):
            yield f"{toml_key(key)} = {toml_value(value)}"
    for key, text in unset.items():
        yield f"# {toml_key(key)} =  ({text})"
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield ""
            yield from toml_section(f"{title}.{toml_key(key)}", value, {})
