"""Values of a survey file or of an override, checked against the types that are wanted."""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from collections.abc import Iterable
from typing import Any

from sciarada.errors import did_you_mean
from sciarada.tabular.plain_values import checked

_MIN, _MAX = 1e-30, 1e30
_LISTED = 20  # names in a message
_WORDS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


def field_types(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name, of those that can be given."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}


def survey_value(text: str, hint: Any) -> Any:
    """Convert the text that a user gave to the wanted type.

    Numbers and texts are written as they are; several are separated by commas, with or without
    brackets.

    Raises
    ------
    ValueError
        It does not fit; the message says what is wanted.
    """
    text = text.strip()
    if hint is bool and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if typing.get_origin(hint) is tuple and not text.startswith("["):
        text = f"[{text}]"
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    if hint is str and not isinstance(value, str):
        value = text
    return checked(value, hint)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known one, or the first."""
    names = list(names)
    shown = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    return did_you_mean(name, names, f"choose one of {shown}")


def positive(name: str, value: float) -> float:
    """Return a positive number of a size that can be computed with.

    Raises
    ------
    ValueError
        It is not one.
    """
    if not _MIN <= value <= _MAX:
        raise ValueError(f"{name} must be positive, from {_MIN} to {_MAX}, not {value}")
    return float(value)
