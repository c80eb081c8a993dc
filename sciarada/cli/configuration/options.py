"""``--config`` and ``--save-config``, which every command has."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from sciarada.cli.configuration.keys import command_name
from sciarada.cli.configuration.record import invocation
from sciarada.running.invocation import invoked_as

_PATH = click.Path(path_type=Path, dir_okay=False)
_SAVE = "sciarada.save-config"


def add_config_options(command: click.Command) -> click.Command:
    """Let options of a command come from a file and be saved in one.

    Subcommands get them, not the group; a command that has such an option itself keeps it.
    """
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            add_config_options(subcommand)
        return command
    taken = {text for param in command.params for text in param.opts}
    if taken.isdisjoint(("--config", "--save-config")):
        command.params += _config_params()
        command.callback = _recorded(command.callback)
    return command


def _config_params() -> list[click.Option]:
    return [
        click.Option(
            ["--config"],
            type=_PATH,
            metavar="FILE",
            expose_value=False,
            is_eager=True,
            callback=_on_config,
            help="Take options from this TOML file; those on the command line have precedence.",
        ),
        click.Option(
            ["--save-config"],
            type=_PATH,
            metavar="FILE",
            expose_value=False,
            callback=_on_save,
            help="Write all options, defaults included, to this TOML file before the run.",
        ),
    ]


def _on_config(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    """Make the values of the file the defaults of this call."""
    if path is not None and not context.resilient_parsing:
        from sciarada.cli.configuration.reading import read_config

        context.default_map = {**(context.default_map or {}), **read_config(path, context)}


def _on_save(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    context.meta[f"{_SAVE}.{command_name(context)}"] = path


def _recorded(callback: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Return the function of a command that lets its run record how it was called."""
    if callback is None:
        return None

    @functools.wraps(callback)
    def call(*arguments: Any, **options: Any) -> Any:
        context = click.get_current_context()
        path = context.meta.get(f"{_SAVE}.{command_name(context)}")
        with _saved(path, context), invoked_as(functools.partial(invocation, context)):
            return callback(*arguments, **options)

    return call


def _saved(path: Path | None, context: click.Context) -> AbstractContextManager[None]:
    """Return the context in which a command runs whose options are saved, if they are."""
    if path is None:
        return nullcontext()
    from sciarada.cli.configuration.saving import saved_config

    return saved_config(path, context)
