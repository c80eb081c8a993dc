"""Values of options as a file holds them, and as they are typed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from sciarada.cli.value_options import ValueOption

Plain = bool | int | float | str | list[Any] | dict[str, Any]


class UnusableValue(Exception):
    """A value of a file that cannot be used; the message says what it must be."""


def typed(parameter: click.Parameter, value: Any) -> Any:
    """Return a value of a file as the parser would have left it, had it been typed.

    Parameters
    ----------
    parameter : click.Parameter
    value : object
        As `tomllib` or `json` read it.

    Returns
    -------
    bool, str or list of str

    Raises
    ------
    UnusableValue
        If the parameter takes no such value.
    """
    if isinstance(parameter, ValueOption):
        return _assignments(value)
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if not isinstance(value, bool):
            raise UnusableValue("true or false")
        return value
    if parameter.multiple or parameter.nargs == -1:
        return [_text(each) for each in (value if isinstance(value, list) else [value])]
    return ",".join(map(_text, value)) if isinstance(value, list) and value else _text(value)


def plain(value: Any) -> Plain:
    """Return a value of a parameter as a file holds it."""
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value if isinstance(value, bool | int | float) else str(value)


def plain_assignments(texts: tuple[str, ...]) -> dict[str, Plain]:
    """Return ``NAME=VALUE`` as a table, with numbers if they are written back unchanged."""
    pairs = (text.partition("=") for text in texts)
    return {name: _number_or_text(value) for name, _, value in pairs}


def _assignments(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}={text}" for name, text in _flat(value)]
    if isinstance(value, list):
        return [_text(each) for each in value]
    raise UnusableValue("a table of names and values")


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """Return the values of a table and of the tables in it, with dots between the names."""
    found = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            found.append((before + name, ",".join(map(_text, value))))
        else:
            found.append(
                (
                    before + name,
                    str(value).lower() if value is True or value is False else _text(value),
                )
            )
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnusableValue("text or a number")
    return str(value)


def _number_or_text(text: str) -> Plain:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if str(number) == text:
            return number
    return text
