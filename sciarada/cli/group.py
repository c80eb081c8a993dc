"""A click group with commands that are imported only when they are run."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import click
from click.shell_completion import CompletionItem

from sciarada.cli.configuration.options import add_config_options
from sciarada.cli.ending import orderly_ending
from sciarada.cli.errors import errors_become_messages
from sciarada.cli.plugin_commands import plugin_command
from sciarada.cli.streams import checked_stdout
from sciarada.cli.verbosity import add_verbosity_options, logging_to_stderr
from sciarada.errors import did_you_mean
from sciarada.hooks.manager import PluginManager
from sciarada.running.stopping import stops_raise


class LazyGroup(click.Group):
    """The built-in commands, each in a separate module, and the commands of plugins.

    Parameters
    ----------
    sections : mapping of str to mapping of str to str
        Title of a section of the help to its commands: name, and the one line that the help
        shows; the command itself is ``sciarada.cli.<name>.command``.
    """

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.builtin = {n: line for part in sections.values() for n, line in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the built-in commands, then the commands of plugins."""
        return [*self.builtin, *self._plugin_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; plugins are searched only for a name that is not built in."""
        if cmd_name in self.builtin:
            module = importlib.import_module(f"sciarada.cli.{cmd_name}")
            return _with_common_options(module.command)
        manager = PluginManager.discover(quiet=True)
        offered = {spec.name for spec in manager.offered("command")}
        troubled = {label for problem in manager.problems for label in problem.owner.labels}
        if cmd_name.rpartition(":")[2] not in offered and cmd_name not in troubled:
            return None
        return _with_common_options(plugin_command(manager.find("command", cmd_name)))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the nearest name."""
        name, *rest = args
        command = self.get_command(ctx, name)
        if command is None:
            hint = did_you_mean(name, self.list_commands(ctx))
            raise click.UsageError(f"No such command {name!r}{hint}", ctx)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in the help without importing any of them."""
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))
        offered = self._plugin_commands()
        if offered:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(list(offered.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without importing any of them, and the options."""
        offered = {**self.builtin, **self._plugin_commands()}
        names = [CompletionItem(n, help=t) for n, t in offered.items() if n.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors that a user can correct become one sentence."""
        with logging_to_stderr(), errors_become_messages():
            return super().invoke(ctx)

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run the program; a signal ends it with one sentence at any time.

        Without ``args`` it is the program of this process, which ends with it.
        """
        ending = orderly_ending() if args is None else nullcontext()
        with ending, stops_raise(), errors_become_messages(), checked_stdout():
            return super().main(args, *more, **named)

    def _plugin_commands(self) -> dict[str, str]:
        """Return the names and summaries of the commands that plugins add."""
        offered = PluginManager.discover(quiet=True).offered("command")
        return {spec.name: spec.summary for spec in offered if spec.name not in self.builtin}


def _with_common_options(command: click.Command) -> click.Command:
    """Return a command with the options that every command has."""
    return add_verbosity_options(add_config_options(command))
