"""The file that ``--save-config`` writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from sciarada.cli.configuration.keys import command_name
from sciarada.cli.configuration.resolved import resolved_options, unset_options
from sciarada.errors import OutputError, SciaradaError

logger = logging.getLogger(__name__)


@contextmanager
def saved_config(path: Path, context: click.Context) -> Iterator[None]:
    """Save the options of a command while it runs, and remove the file if it is refused.

    Raises
    ------
    OutputError
        If the file exists, or cannot be written.
    """
    text = save_config(path, context)
    try:
        yield
    except (SciaradaError, click.ClickException):
        _remove(path, text)
        raise


def save_config(path: Path, context: click.Context) -> bytes:
    """Write all options of a command as they are resolved, to be given again with ``--config``.

    Returns
    -------
    bytes
        What was written.

    Raises
    ------
    OutputError
        If the file exists, or cannot be written.
    """
    from sciarada.io.atomic import atomic_path

    if path.exists():
        raise OutputError(f"--save-config {path} exists already: choose another name")
    if not path.parent.is_dir():
        raise OutputError(f"--save-config {path} cannot be written: make the folder {path.parent}")
    text = _text(path, context)
    with atomic_path(path) as part:
        part.write_bytes(text)
    return text


def _text(path: Path, context: click.Context) -> bytes:
    from sciarada.cli.configuration.toml import toml_section  # only where a file is written

    name = command_name(context)
    heading = (
        f"# All options of one run of `sciarada {name}`. Run it again with\n"
        f"# `sciarada {name} --config {path.name}`; options given there have precedence.\n"
    )
    section = toml_section(name.split(), resolved_options(context), unset_options(context))
    try:
        return (heading + section).encode()
    except UnicodeEncodeError as error:
        raise OutputError(
            f"--save-config {path} cannot hold a name that is not UTF-8: rename the file"
        ) from error


def _remove(path: Path, text: bytes) -> None:
    """Remove a file unless it was changed or removed after it was written."""
    try:
        if path.read_bytes() == text:
            path.unlink()
    except OSError as error:
        logger.warning("%s could not be removed: %s", path, error.strerror)
