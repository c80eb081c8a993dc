"""The settings of a command, defaults included."""

from __future__ import annotations

from typing import Any

import click

from sciarada.cli.configuration.keys import parameters
from sciarada.cli.configuration.values import Plain, plain, plain_assignments
from sciarada.cli.value_options import ValueOption


def resolved_options(context: click.Context, *, defaults: bool = True) -> dict[str, Plain]:
    """Return the arguments and options of a command by key, without those that are not set.

    The options of a plugin are complete, unless ``defaults`` is false: those that were not given
    have their defaults.
    """
    found: dict[str, Plain] = {}
    for key, parameter in parameters(context.command).items():
        value = context.params.get(parameter.name)
        if isinstance(parameter, ValueOption):
            before = _of_plugin(parameter, context) if defaults else {}
            found[key] = before | plain_assignments(value or ())
        elif value not in (None, ()) and not _is_hidden_default(parameter, value):
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
        and context.params.get(parameter.name) in (None, ())
    }


def _of_plugin(parameter: ValueOption, context: click.Context) -> dict[str, Plain]:
    """Return the defaults of the options of the plugin that was chosen."""
    if not parameter.kind:
        return {}
    from sciarada.hooks.manager import PluginManager
    from sciarada.hooks.options import describe_options

    name = context.params[parameter.kind]
    spec = PluginManager.discover(quiet=True).find(parameter.kind, name)
    infos = spec.ask(lambda: describe_options(spec.options), "has options that cannot be shown")
    return plain_assignments(tuple(f"{info.name}={info.default}" for info in infos))


def _is_hidden_default(parameter: click.Parameter, value: Any) -> bool:
    return isinstance(parameter, click.Option) and parameter.hidden and value == parameter.default
