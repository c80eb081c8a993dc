"""Every command of the program, and the examples in its help."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click

from sciarada.cli.commands import BUILTIN
from sciarada.cli.examples import PROMPT
from sciarada.cli.main import main


def walk() -> Iterator[tuple[str, click.Command]]:
    """Yield each command and subcommand under its full name."""
    context = click.Context(main)
    for name in BUILTIN:
        command = main.get_command(context, name)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {each}", sub) for each, sub in command.commands.items())


def options_of(command: click.Command) -> list[click.Option]:
    """Return the options that the help shows."""
    return [each for each in command.params if isinstance(each, click.Option) and not each.hidden]


def examples_of(command: click.Command) -> list[list[str]]:
    """Return the words after ``sciarada`` of each example in the help of a command."""
    lines = [line.strip() for line in (command.epilog or "").splitlines()]
    return [shlex.split(line)[2:] for line in lines if line.startswith(PROMPT)]


def parse(words: list[str]) -> click.Context:
    """Parse a command line, values included, without running it."""
    name, *rest = words
    command = main.get_command(click.Context(main), name)
    while isinstance(command, click.Group) and rest and rest[0] in command.commands:
        name, *rest = rest
        command = command.commands[name]
    return command.make_context(name, rest)
