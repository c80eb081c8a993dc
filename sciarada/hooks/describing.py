"""Describe results and exceptions of plugins, even if their own text cannot be made."""

from __future__ import annotations

from typing import Any

LONGEST = 300


def describe_error(error: BaseException) -> str:
    """Return an error as part of a sentence: its type and the first line of its message."""
    kind = type(error).__name__
    lines = _text(error, str).strip().splitlines()
    return f"{kind}: {_shortened(lines[0])}" if lines else kind


def describe_value(value: Any) -> str:
    """Return a value on one line, as `repr` shows it where that works."""
    return _shortened(" ".join(_text(value, repr).split()))


def printable(text: str) -> str:
    """Return a text with control characters and line breaks written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _text(value: Any, convert: type[str] | Any) -> str:
    """Return ``convert(value)``; exceptions of the plugin's method are not propagated."""
    try:
        return convert(value)
    except BaseException:
        return f"<{type(value).__name__} that cannot be shown>"


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
