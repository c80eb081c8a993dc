"""Values of a survey file or of an override, checked against the types that are wanted."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Iterable
from typing import Any, Literal, Union

_LEAST, _MOST = 1e-30, 1e30
_WORDS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


def field_types(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name, of those that can be given."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}


def checked(value: Any, hint: Any) -> Any:
    """Return a value as the type that is wanted, a whole number also as a float.

    Raises
    ------
    ValueError
        It does not fit; the message says what is wanted: "a number", "2 numbers".
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        wanted = [member for member in arguments if member is not type(None)]
        return None if value is None else checked(value, wanted[0])
    if origin is Literal:
        if value in arguments:
            return value
    elif origin is tuple:
        if isinstance(value, (list, tuple)) and len(value) == len(arguments):
            return tuple(map(checked, value, arguments))
    elif hint is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value:
            return float(value)
    elif isinstance(value, hint) and isinstance(value, bool) == (hint is bool):
        return value
    raise ValueError(_wanted(hint))


def typed(text: str, hint: Any) -> Any:
    """Return what a user typed as the type that is wanted.

    Numbers and texts are typed as they are, several with commas between, in brackets or not.

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


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the nearest of some names as a question, or all of them if none is near."""
    names = list(names)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(names)}"


def _wanted(hint: Any) -> str:
    """Return in words what a type takes."""
    if typing.get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, typing.get_args(hint)))}"
    if typing.get_origin(hint) is tuple:
        return f"{len(typing.get_args(hint))} numbers"
    return {float: "a number", int: "a whole number", bool: "true or false"}.get(hint, "a text")


def positive(name: str, value: float) -> float:
    """Return a positive number of a size that can be reckoned with.

    Raises
    ------
    ValueError
        It is not one.
    """
    if not _LEAST <= value <= _MOST:
        raise ValueError(f"{name} must be positive, from {_LEAST} to {_MOST}, not {value}")
    return float(value)
