"""Options of a plugin: a dataclass of fields with types, defaults, limits and help.

::

    @dataclass(frozen=True)
    class Options:
        threshold: float = option(5.0, help="peak above the noise", unit="sigma", min=1)

From it follow the parsing of ``name=value``, the validation, the help text and the record of
what was used.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union

from sciarada.errors import OptionError, SciaradaError, did_you_mean
from sciarada.hooks.describing import describe_error
from sciarada.hooks.isolation import PluginFault, at_work

logger = logging.getLogger(__name__)

_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_RECORDED = (str, int, float, type(None))
_PLAIN = {int: "whole number", float: "number", bool: "yes or no", str: "text", Path: "path"}


def option(
    default: Any,
    *,
    help: str,
    unit: str | None = None,
    min: float | None = None,
    max: float | None = None,
    formerly: tuple[str, ...] = (),
) -> Any:
    """Declare one field of an options dataclass.

    Parameters
    ----------
    default : object
        Its default value.
    help : str
        A short description.
    unit : str, optional
        Unit of the value, such as ``sigma`` or ``arcsec``.
    min, max : float, optional
        Smallest and largest value allowed; for a tuple, of each element.
    formerly : tuple of str
        Earlier names of the option, which are still accepted but not listed.

    See Also
    --------
    PluginSpec : Whose ``options`` is such a dataclass.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from sciarada.hooks.options import describe_options, parse_options
    >>> @dataclass(frozen=True)
    ... class Options:
    ...     threshold: float = option(5.0, help="peak above the noise", unit="sigma", min=1)
    >>> parse_options(Options, ["threshold=7"])
    Options(threshold=7.0)
    >>> print(*describe_options(Options))
    threshold=5.0  peak above the noise (a number, at least 1, sigma)
    """
    given = {"help": help, "unit": unit, "min": min, "max": max, "formerly": formerly or None}
    return dataclasses.field(
        default=default, metadata={key: v for key, v in given.items() if v is not None}
    )


@dataclass(frozen=True)
class OptionInfo:
    """Description of one option for users.

    Parameters
    ----------
    name : str
        Its name.
    type : str
        Description of the allowed values.
    default : str
        The default as a user would type it.
    help : str
        A short description.
    """

    name: str
    type: str
    default: str
    help: str

    def __str__(self) -> str:
        return f"{self.name}={self.default}  {self.help} ({self.type})"


def parse_options(
    options_class: type | None, assignments: Iterable[str], *, plugin: str = "this plugin"
) -> Any:
    """Make the options of a plugin from the assignments that a user typed.

    Parameters
    ----------
    options_class : type or None
        Dataclass of options, or None for a plugin without options.
    assignments : iterable of str
        ``name=value``; the last one of a name counts. A dash in a name means an underscore.
    plugin : str
        Name of the plugin in messages.

    Returns
    -------
    object
        Instance of ``options_class``; None if that is None.

    Raises
    ------
    OptionError
        If a name is unknown or a value is not allowed.
    """
    fields, hints = _declared(options_class, plugin)
    former = _former_names(fields)
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip().replace("-", "_")
        if name in former:
            logger.warning("the option %s of %s is now called %s", name, plugin, former[name])
            name = former[name]
        if not equals:
            raise OptionError(f"the option {assignment!r} of {plugin} must be given as name=value")
        if name not in fields:
            raise OptionError(_unknown(name, list(fields), plugin))
        field = fields[name]
        try:
            value = _convert(text.strip(), hints[name])
            _check_range(value, field)
        except ValueError as error:
            raise OptionError(
                f"the option {name}={text} of {plugin} cannot be used: it must be {error}"
            ) from None
        except TypeError as error:
            raise OptionError(f"the option {name} of {plugin} cannot be used: {error}") from error
        values[name] = value
    return _made(options_class, values, plugin)


def _made(options_class: type | None, values: Mapping[str, Any], plugin: str) -> Any:
    """Return the options of a plugin; their class may check the values."""
    if options_class is None:
        return None
    with at_work(plugin, "given its options", keep_state=False) as work:
        try:
            return work.call(lambda: options_class(**values), passed_on=(SciaradaError,))
        except PluginFault as fault:
            cause = fault.__cause__
            why = cause if isinstance(cause, TypeError | ValueError) else fault
            raise OptionError(f"the options of {plugin} cannot be used: {why}") from cause


def options_of_record(
    options_class: type | None, values: Mapping[str, Any], *, plugin: str = "this plugin"
) -> Any:
    """Make the options of a plugin from plain values as `resolved` returns them.

    Parameters
    ----------
    options_class : type or None
        Dataclass of options, or None for a plugin without options.
    values : mapping
        Values by name, in JSON types.
    plugin : str
        Name of the plugin in messages.

    Raises
    ------
    OptionError
        If a name is unknown or a value is not allowed.
    """
    for name, value in values.items():
        if not all(isinstance(part, _RECORDED) for part in _parts(value)):
            raise OptionError(
                f"the option {name} of {plugin} is a text, a number or a list of them"
            )
    former = _former_names(_fields(options_class))
    assignments = [
        f"{former.get(name, name)}={_typed(_as_tuple(value))}" for name, value in values.items()
    ]
    return parse_options(options_class, assignments, plugin=plugin)


def _parts(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def name_and_options(text: str) -> tuple[str, list[str]]:
    """Split ``name:option=value,...``; a piece without ``=`` belongs to the value before it."""
    start = text.find("=")
    if start < 0:
        return text, []
    name, _, first = text[:start].rpartition(":")
    assignments: list[str] = []
    for piece in (first + text[start:]).split(","):
        if "=" in piece or not assignments:
            assignments.append(piece)
        else:
            assignments[-1] += f",{piece}"
    return name, assignments


def describe_options(options_class: type | None) -> list[OptionInfo]:
    """Return the description of each option, in the order of the fields."""
    hints = typing.get_type_hints(options_class) if options_class is not None else {}
    return [
        OptionInfo(
            name=name,
            type=_describe_field(field, hints[name]),
            default=_typed(default_of(field)),
            help=field.metadata.get("help", ""),
        )
        for name, field in _fields(options_class).items()
    ]


def resolved(options: Any) -> dict[str, Any]:
    """Return every option with its value, ready for JSON; an empty dict for None.

    Parameters
    ----------
    options : object
        A frozen dataclass of options, or None.

    See Also
    --------
    option : Declares an option.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from sciarada.hooks import option, resolved
    >>> @dataclass(frozen=True)
    ... class Options:
    ...     sides: tuple[int, ...] = option((3, 4), help="sides", min=1)
    >>> resolved(Options())
    {'sides': [3, 4]}
    """
    if options is None:
        return {}
    return {
        field.name: _plain(getattr(options, field.name)) for field in dataclasses.fields(options)
    }


def default_of(field: dataclasses.Field) -> Any:
    """Return the default of a field, or `dataclasses.MISSING`."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _fields(options_class: type | None) -> dict[str, dataclasses.Field]:
    """Return the fields that a user may set, by name."""
    if options_class is None:
        return {}
    return {field.name: field for field in dataclasses.fields(options_class) if field.init}


def present_name(options_class: type | None, written: str) -> str:
    """Return the name of an option that is written with dashes or under a former name."""
    name = written.strip().replace("-", "_")
    return _former_names(_fields(options_class)).get(name, name)


def _former_names(fields: Mapping[str, dataclasses.Field]) -> dict[str, str]:
    """Return the present name of each option that had another name before."""
    return {
        old: name
        for name, field in fields.items()
        for old in field.metadata.get("formerly", ())
        if old not in fields
    }


def _declared(
    options_class: type | None, plugin: str
) -> tuple[dict[str, dataclasses.Field], dict[str, Any]]:
    """Return the fields that a user may set and the types of all, by name."""
    if options_class is None:
        return {}, {}
    try:
        return _fields(options_class), typing.get_type_hints(options_class)
    except Exception as error:  # types are written as text, which is evaluated here
        raise OptionError(
            f"the options of {plugin} are declared with types that cannot be understood: "
            f"{describe_error(error)}"
        ) from error


def _unknown(name: str, names: list[str], plugin: str) -> str:
    """Return the message about an unknown option."""
    if not names:
        return f"{plugin} has no options, so {name!r} cannot be set"
    hint = did_you_mean(name, names)
    return f"{plugin} has no option {name!r} (it has {', '.join(names)}){hint}"


def _convert(text: str, hint: Any) -> Any:
    """Turn text into a value of a type, or raise ValueError with what it must be."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _convert_union(text, hint)
    if origin is Literal:
        return _choose(text, {str(choice): choice for choice in arguments})
    if origin is tuple:
        return _convert_tuple(text, hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _choose(text, {str(member.value): member for member in hint})
    if hint is bool:
        if text.lower() in _BOOLEANS:
            return _BOOLEANS[text.lower()]
    elif hint in _PLAIN:
        return _convert_plain(text, hint)
    else:
        raise TypeError(f"options of type {hint!r} are not supported")
    raise ValueError(_describe(hint))


def _convert_plain(text: str, hint: type) -> Any:
    """Convert to a number, a string or a path."""
    try:
        value = hint(text)
    except ValueError:
        raise ValueError(_describe(hint)) from None
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(_describe(hint))
    return value


def _convert_union(text: str, hint: Any) -> Any:
    """Convert to the first member of a union that fits; ``none`` stands for None."""
    members = typing.get_args(hint)
    if type(None) in members and text.lower() in ("none", ""):
        return None
    for member in members:
        if member is not type(None):
            try:
                return _convert(text, member)
            except ValueError:
                continue
    raise ValueError(_describe(hint))


def _convert_tuple(text: str, hint: Any) -> tuple[Any, ...]:
    """Convert values with commas between them."""
    arguments = typing.get_args(hint)
    parts = [part.strip() for part in text.split(",")] if text else []
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        arguments = (arguments[0],) * len(parts)
    if len(parts) != len(arguments):
        raise ValueError(_describe(hint))
    try:
        return tuple(_convert(part, member) for part, member in zip(parts, arguments, strict=True))
    except ValueError:
        raise ValueError(_describe(hint)) from None


def _choose(text: str, choices: dict[str, Any]) -> Any:
    """Return the choice that a text names."""
    if text not in choices:
        raise ValueError(f"one of {', '.join(choices)}")
    return choices[text]


def _check_range(value: Any, field: dataclasses.Field) -> None:
    """Raise ValueError with the limits if a number, or one of a tuple, is outside them."""
    low, high = field.metadata.get("min"), field.metadata.get("max")
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, (int, float)) and (
            (low is not None and number < low) or (high is not None and number > high)
        ):
            raise ValueError(_limits(field))


def _limits(field: dataclasses.Field) -> str:
    """Return a description of the limits of a field, empty if there are none."""
    low, high = field.metadata.get("min"), field.metadata.get("max")
    if low is not None and high is not None:
        return f"between {low} and {high}"
    if low is not None:
        return f"at least {low}"
    return f"at most {high}" if high is not None else ""


def _describe_field(field: dataclasses.Field, hint: Any) -> str:
    """Return a description of the valid values of a field."""
    parts = (_describe(hint), _limits(field), field.metadata.get("unit", ""))
    return ", ".join(part for part in parts if part)


def _describe(hint: Any) -> str:
    """Return a description of the valid values of a type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        words = [_describe(member) for member in arguments if member is not type(None)]
        return " or ".join([*words, "none"] if type(None) in arguments else words)
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return f"values with commas between, each {_describe(arguments[0])}"
        return (
            f"{len(arguments)} values with commas between ({', '.join(map(_describe, arguments))})"
        )
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"one of {', '.join(str(member.value) for member in hint)}"
    return f"a {_PLAIN[hint]}" if hint in (int, float, Path) else _PLAIN.get(hint, str(hint))


def _typed(value: Any) -> str:
    """Return a value as a user would type it."""
    if value is dataclasses.MISSING:
        return "..."
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(_typed, value))
    return str(value.value if isinstance(value, Enum) else value)


def _plain(value: Any) -> Any:
    """Return a value in terms of JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
