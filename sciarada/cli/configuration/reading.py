"""A file of options, read for one command."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sciarada.cli.configuration.expected import expected
from sciarada.cli.configuration.keys import ONLY_TYPED, nearest, parameters
from sciarada.cli.configuration.sections import section_of, section_title
from sciarada.cli.configuration.values import UnusableValue, typed
from sciarada.errors import OptionError

_PLACE = re.compile(r"\(at (line \d+, column \d+|end of document)\)")


def read_config(path: Path, context: click.Context) -> dict[str, Any]:
    """Return the values that a TOML file gives to the parameters of a command, by parameter.

    Raises
    ------
    OptionError
        If it cannot be read, has no section of this command, or a section, key or value that
        is unknown.
    """
    section = section_of(path, _read(path), context)
    return values_of(context.command, section, f"{path}: [{section_title(context)}]")


def values_of(command: click.Command, section: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the values of a section as `click` takes them, by the name of the parameter.

    Raises
    ------
    OptionError
        If the command has no such option, or the option no such value.
    """
    known = parameters(command)
    values = {}
    for written, value in section.items():
        key = written if written in known else written.replace("_", "-")
        if key in ONLY_TYPED:
            raise OptionError(f"{place} {key} is only taken from the command line, as --{key}")
        if key not in known:
            raise OptionError(
                f"{place.removesuffix(':')} has no option {written}{nearest(written, known)}"
            )
        values[known[key].name] = _checked(command, known[key], value, f"{place} {written}")
    return values


def _checked(command: click.Command, parameter: click.Parameter, value: Any, place: str) -> Any:
    try:
        text = typed(parameter, value)
        with click.Context(command) as context:
            _check(parameter, text, value, place, context)
    except UnusableValue as error:
        raise OptionError(f"{place} must be {error}, not {value!r}") from error
    except ValueError as error:  # of a name of a file
        raise OptionError(f"{place} cannot be used: it contains a null character") from error
    return text


def _check(
    parameter: click.Parameter, text: Any, value: Any, place: str, context: click.Context
) -> None:
    """Raise OptionError unless the type of a parameter accepts a value, or each of a list."""
    pairs = zip(text, value, strict=False) if isinstance(text, list) else [(text, value)]
    for each, shown in pairs:
        try:
            parameter.type.convert(each, parameter, context)
        except click.BadParameter as error:
            raise OptionError(
                f"{place} must be {expected(parameter.type)}, not {shown!r}"
            ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise OptionError(f"--config {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"--config {path} is not TOML: it is not text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        at = f" at {place[1].removeprefix('at ')}" if place else ""
        raise OptionError(f"--config {path} is not valid TOML{at}") from error
