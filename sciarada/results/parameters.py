"""Errors of the Python interface name parameters where those of a command name its options."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from typing import ParamSpec, TypeVar

from sciarada.errors import SciaradaError

P = ParamSpec("P")
R = TypeVar("R")

_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*[a-z])(?![\w-])")


def errors_name_parameters(settings: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator: errors of the function say ``batch`` instead of ``--batch``.

    Parameters
    ----------
    settings : str, optional
        ``module:class`` of the dataclass whose fields the function takes by name, too. It is
        imported only when an error needs it.

    Examples
    --------
    >>> from sciarada.errors import OptionError
    >>> @errors_name_parameters()
    ... def train(*, learning_rate):
    ...     raise OptionError("the loss is infinite: lower --learning-rate")
    >>> try:
    ...     train(learning_rate=1e9)
    ... except OptionError as error:
    ...     print(error)
    the loss is infinite: lower learning_rate
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except SciaradaError as error:
                _rename(error, _parameters(function, settings))
                raise

        return call

    return decorate


def with_parameters(text: str, names: Iterable[str]) -> str:
    """Return a message with options replaced by the parameters of the same meaning.

    Commands in backquotes stay as they are, and so do options that are no parameter.

    Parameters
    ----------
    text : str
    names : iterable of str
        The parameters. An option that may be repeated, as ``--scale``, is one in the plural.

    Examples
    --------
    >>> with_parameters("give --no-cache or --scale, as in `detect --scale 3`", ["scales"])
    'give --no-cache or scales, as in `detect --scale 3`'
    """
    known = set(names)

    def parameter(match: re.Match[str]) -> str:
        name = match[1].replace("-", "_")
        return next((each for each in (name, f"{name}s") if each in known), match[0])

    pieces = text.split("`")
    pieces[::2] = [_OPTION.sub(parameter, piece) for piece in pieces[::2]]
    return "`".join(pieces)


def _rename(error: SciaradaError, names: set[str]) -> None:
    if error.args:
        error.args = (with_parameters(str(error.args[0]), names), *error.args[1:])
    notes = getattr(error, "__notes__", [])
    notes[:] = [with_parameters(note, names) for note in notes]


def _parameters(function: Callable[..., object], settings: str) -> set[str]:
    names = set(inspect.signature(function).parameters)
    if settings:
        module, _, kind = settings.partition(":")
        names |= {field.name for field in dataclasses.fields(getattr(import_module(module), kind))}
    return names
