"""The sections of a file of options, compared with the commands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sciarada.cli.configuration.keys import command_name, nearest
from sciarada.errors import OptionError, SciaradaError


def section_of(path: Path, tables: Mapping[str, Any], context: click.Context) -> Mapping[str, Any]:
    """Return the section of a command.

    Raises
    ------
    OptionError
        If there is none, if a section has the name of no command, or if a value is outside a
        section.
    """
    title = section_title(context)
    section, titles = tables, []
    root = context.find_root()
    if isinstance(root.command, click.Group):
        titles = _checked_titles(path, tables, root.command, title)
    for part in command_name(context).split():
        if part not in section:
            raise OptionError(f"{path} has no section [{title}]{nearest(title, titles)}")
        section = section[part]
    return section


def section_title(context: click.Context) -> str:
    """Return the name of the section of a command, such as ``weights.export``."""
    return ".".join(command_name(context).split())


def _checked_titles(
    path: Path, tables: Mapping[str, Any], group: click.Group, wanted: str, above: str = ""
) -> list[str]:
    """Return the names of all sections of commands, of which ``tables`` belongs to a group."""
    context = click.Context(group)
    commands = [above + name for name in group.list_commands(context)]
    titles = []
    for name, table in tables.items():
        title = above + name
        if title not in commands:
            raise OptionError(f"{path}: {_stray(title, table, commands, wanted)}")
        if not isinstance(table, Mapping):
            raise OptionError(f"{path}: {title} must be a section: write [{title}] above its keys")
        command = _command(group, context, name)
        if isinstance(command, click.Group):
            titles += _checked_titles(path, table, command, wanted, f"{title}.")
        else:
            titles.append(title)
    return titles


def _stray(title: str, value: Any, commands: list[str], wanted: str) -> str:
    """Describe a section of an unknown command, or a value that belongs to no command."""
    if isinstance(value, Mapping):
        return f"[{title}] is no command{nearest(title, commands)}"
    return f"{title} is outside a section: put it under [{wanted}]"


def _command(group: click.Group, context: click.Context, name: str) -> click.Command | None:
    """Return a command, None for that of a damaged plugin, whose section is not read here."""
    try:
        return group.get_command(context, name)
    except SciaradaError:
        return None
