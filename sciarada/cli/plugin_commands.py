"""Commands of plugins: exceptions end in one sentence that names the plugin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from sciarada.cli.streams import StreamError
from sciarada.cli.system_errors import out_of_memory, refused
from sciarada.errors import PluginError, SciaradaError
from sciarada.hooks.describing import describe_error, describe_value
from sciarada.hooks.specs import PluginSpec

_PASSED_ON = (
    SciaradaError,
    click.ClickException,
    click.exceptions.Exit,
    click.Abort,
    StreamError,
    BrokenPipeError,
)
"""Exceptions that the command line has an ending for."""


def plugin_command(spec: PluginSpec) -> click.Command:
    """Return the command that a plugin makes.

    Parameters
    ----------
    spec : PluginSpec
        Of kind ``command``.

    Raises
    ------
    PluginError
        If it cannot be made, or is no click command.
    """
    command = spec.build()
    if not isinstance(command, click.Command):
        raise PluginError(
            f"{spec.title} is not a click command but {describe_value(command)}; "
            f"see `sciarada plugins check {spec.name}`"
        )
    run = partial(_run, spec, command.invoke)
    command.invoke = run  # type: ignore[method-assign] # a group calls its subcommands in it
    return command


def _run(spec: PluginSpec, invoke: Callable[[click.Context], Any], context: click.Context) -> Any:
    try:
        return invoke(context)
    except _PASSED_ON:
        raise
    except Exception as error:
        if out_of_memory(error) or refused(error):
            raise
        raise PluginError(
            f"{spec.title} failed with {describe_error(error)}; -v shows the traceback"
        ) from error
