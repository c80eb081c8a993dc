"""The settings of a command, defaults included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from sciarada.cli.configuration.keys import parameters
from sciarada.cli.configuration.values import Plain, plain, plain_assignments
from sciarada.cli.value_options import ValueOption
from sciarada.hooks.options import describe_options, present_name


def resolved_options(context: click.Context, *, defaults: bool = True) -> dict[str, Plain]:
    """Return the arguments and options of a command by key, without those that are not set.

    The options of a plugin are complete, unless ``defaults`` is false: those that were not given
    have their defaults.
    """
    found: dict[str, Plain] = {}
    for key, parameter in parameters(context.command).items():
        value = context.params.get(parameter.name)
        if isinstance(parameter, ValueOption):
            found[key] = _values_by_name(parameter, context, defaults)
        elif not _is_unset(parameter, value) and not _is_hidden_default(parameter, value):
            found[key] = plain(value)
    return {key: value for key, value in found.items() if value != {}}


def unset_options(context: click.Context) -> dict[str, str]:
    """Return the description of each option that is not set, by key."""
    return {
        key: parameter.help or ""
        for key, parameter in parameters(context.command).items()
        if isinstance(parameter, click.Option)
        and not parameter.hidden
        and not isinstance(parameter, ValueOption)
        and _is_unset(parameter, context.params.get(parameter.name))
    }


def _values_by_name(
    parameter: ValueOption, context: click.Context, defaults: bool
) -> dict[str, Plain]:
    """Return the given values under the present names, after the defaults of a plugin."""
    given = plain_assignments(context.params.get(parameter.name) or ())
    if not parameter.kind:
        return given
    if not defaults:
        return {present_name(None, name): value for name, value in given.items()}
    from sciarada.hooks.manager import PluginManager

    name = context.params[parameter.kind]
    spec = PluginManager.discover(quiet=True).find(parameter.kind, name)
    return spec.ask(lambda: _complete(spec.options, given), "has options that cannot be shown")


def _complete(options_class: type | None, given: Mapping[str, Plain]) -> dict[str, Plain]:
    infos = describe_options(options_class)
    before = plain_assignments(tuple(f"{info.name}={info.default}" for info in infos))
    return before | {present_name(options_class, name): value for name, value in given.items()}


def _is_unset(parameter: click.Parameter, value: Any) -> bool:
    """Return whether an option has no value; an empty list may replace a default."""
    by_default = parameter.default
    return value is None or (value == () and not (isinstance(by_default, tuple) and by_default))


def _is_hidden_default(parameter: click.Parameter, value: Any) -> bool:
    return isinstance(parameter, click.Option) and parameter.hidden and value == parameter.default
