"""Plain values of JSON and TOML, converted to the required types."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, Union

from sciarada.errors import SciaradaError

_WORDS = {
    float: "a number",
    int: "a whole number",
    bool: "true or false",
    str: "a text",
    dict: "a table of names and values",
    list: "a list",
    Any: "a value",
}
_SHOWN = 40  # characters of a value in a message


class PlainValueError(SciaradaError):
    """A value is missing or of another type than is wanted; the message names its place."""


def plain_value(value: Any, wanted: Any, place: str) -> Any:
    """Return a plain value as the type that is wanted.

    Parameters
    ----------
    value : object
        Text, number, bool, None, list or dict.
    wanted : type
        A dataclass, whose fields are entries of a dict (those that are unknown are omitted), or
        ``bool``, ``int``, ``float``, ``str``, ``dict[str, X]``, ``list[X]``, ``tuple[X, ...]``,
        ``tuple[X, Y]``, ``Literal``, ``X | None``, ``Any``.
    place : str
        What the value is called, such as ``images``.

    Raises
    ------
    PlainValueError
        If it is not, such as "images[0].path must be a text, not 5".

    Examples
    --------
    >>> plain_value([1, 2.5], list[float], "scales")
    [1.0, 2.5]
    """
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if isinstance(wanted, type) and dataclasses.is_dataclass(wanted):
        return _instance(plain_value(value, dict, place), wanted, place)
    if origin in (Union, types.UnionType):
        (member,) = (each for each in arguments if each is not type(None))
        return None if value is None else plain_value(value, member, place)
    if origin in (dict, Mapping):
        entries = plain_value(value, dict, place).items()
        return {key: plain_value(item, arguments[1], f"{place}.{key}") for key, item in entries}
    if origin is list or (origin is tuple and arguments[-1] is Ellipsis):
        value = list(value) if isinstance(value, tuple) else value  # of an object, not of JSON
        items = enumerate(plain_value(value, list, place))
        return origin(plain_value(item, arguments[0], f"{place}[{n}]") for n, item in items)
    try:
        return checked(value, wanted)
    except ValueError as error:
        raise PlainValueError(f"{place} must be {error}, not {_shown(value)}") from None


def checked(value: Any, wanted: Any) -> Any:
    """Return a single value as the type that is wanted, a whole number also as a float.

    Raises
    ------
    ValueError
        If it does not fit; the message says what is wanted: "a number", "2 numbers".
    """
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (Union, types.UnionType):
        members = [member for member in arguments if member is not type(None)]
        return None if value is None else checked(value, members[0])
    if wanted is Any:
        return value
    if origin is Literal:
        if any(value == each and type(value) is type(each) for each in arguments):
            return value
    elif origin is tuple:
        if isinstance(value, (list, tuple)) and len(value) == len(arguments):
            return tuple(map(checked, value, arguments))
    elif wanted is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and _is_known(value):
            return float(value)
    elif isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool):
        return value
    raise ValueError(in_words(wanted))


def in_words(wanted: Any) -> str:
    """Return a description of the allowed values of a type: "a number", "one of whole, source"."""
    arguments = typing.get_args(wanted)
    if typing.get_origin(wanted) is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if typing.get_origin(wanted) is tuple:
        return f"{len(arguments)} numbers"
    return _WORDS.get(wanted, "a text")


def _instance(entries: dict[str, Any], wanted: type, place: str) -> Any:
    hints = typing.get_type_hints(wanted)
    given = {}
    for field in dataclasses.fields(wanted):
        where = f"{place}.{field.name}" if place else field.name
        if field.name in entries:
            given[field.name] = plain_value(entries[field.name], hints[field.name], where)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise PlainValueError(f"{where} is missing")
    return wanted(**given)


def _is_known(value: float) -> bool:
    try:
        return not math.isnan(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def _shown(value: Any) -> str:
    """Return a value for a message; long lists and tables are only named."""
    text = json.dumps(value, default=str)
    if len(text) <= _SHOWN:
        return text
    return _WORDS[type(value)] if isinstance(value, (list, dict)) else f"{text[:_SHOWN]}..."
