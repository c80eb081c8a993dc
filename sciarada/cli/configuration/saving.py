"""The file that ``--save-config`` writes."""

from __future__ import annotations

from pathlib import Path

import click

from sciarada.cli.configuration.keys import command_name
from sciarada.cli.configuration.resolved import resolved_options, unset_options
from sciarada.cli.configuration.toml import toml_section
from sciarada.errors import OutputError


def save_config(path: Path, context: click.Context) -> None:
    """Write all options of a command as they are resolved, to be given again with ``--config``.

    Raises
    ------
    OutputError
        If the file exists, or cannot be written.
    """
    from sciarada.io.atomic import atomic_path

    name = command_name(context)
    lines = [
        f"# All options of one run of `sciarada {name}`. Run it again with",
        f"# `sciarada {name} --config {path.name}`; options given there have precedence.",
        *toml_section(".".join(name.split()), resolved_options(context), unset_options(context)),
    ]
    if path.exists():
        raise OutputError(f"--save-config {path} exists already: choose another name")
    try:
        text = ("\n".join(lines) + "\n").encode()
    except UnicodeEncodeError as error:
        raise OutputError(
            f"--save-config {path} cannot hold a name that is not UTF-8: rename the file"
        ) from error
    with atomic_path(path) as part:
        part.write_bytes(text)
