"""Verbosity on stderr: ``-v``, ``--quiet``, and the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

QUIET = -1
_VERBOSITY = "sciarada.verbosity"
_LOGGING = "sciarada.logging"
_LEVELS = {QUIET: logging.ERROR, 0: logging.WARNING, 1: logging.INFO, 2: logging.DEBUG}


def verbosity() -> int:
    """Return -1 for ``--quiet``, 0, or the number of times that ``-v`` was given."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_VERBOSITY, 0) if context else 0


def is_quiet() -> bool:
    """Return whether output is disabled: no progress, no summary, no warnings."""
    return verbosity() == QUIET


def verbosity_params() -> list[click.Option]:
    """Return the options ``-v`` and ``--quiet``."""
    return [
        click.Option(
            ["-v", "--verbose"],
            count=True,
            expose_value=False,
            is_eager=True,
            callback=_on_verbose,
            help="Print more messages to stderr; -vv prints all.",
        ),
        click.Option(
            ["--quiet"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_on_quiet,
            help="Print errors only.",
        ),
    ]


def add_verbosity_options(command: click.Command) -> click.Command:
    """Let ``-v`` and ``--quiet`` also follow the name of a command, and of its subcommands.

    A command that already has an option of this name keeps it.
    """
    taken = {text for param in command.params for text in param.opts}
    command.params += [param for param in verbosity_params() if taken.isdisjoint(param.opts)]
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            add_verbosity_options(subcommand)
    return command


@contextmanager
def logging_to_stderr() -> Iterator[None]:
    """Show log records on stderr while a command runs.

    Records of SCIARADA and of plugins named ``sciarada_*`` are shown down to the level that
    the user asked for, those of other libraries from WARNING up.  Python warnings are
    records too, and are shown with ``-v``.
    """
    root = logging.getLogger()
    meta = click.get_current_context().meta
    before = root.level
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("sciarada: %(word)s: %(message)s"))
    handler.addFilter(_is_for_the_user)
    root.addHandler(handler)
    logging.captureWarnings(True)
    meta[_LOGGING] = True
    _set_level(meta)
    try:
        yield
    finally:
        del meta[_LOGGING]
        logging.captureWarnings(False)
        root.removeHandler(handler)
        root.setLevel(before)


class _Formatter(logging.Formatter):
    """A record in the manner of the command line's own errors."""

    def format(self, record: logging.LogRecord) -> str:
        """Return ``sciarada: warning: message``, with the traceback if there is one."""
        record.word = record.levelname.lower()
        return super().format(record)


def _is_for_the_user(record: logging.LogRecord) -> bool:
    """Return whether a log record is meant for the user of the command."""
    if record.name == "py.warnings":
        return logging.getLogger().level <= logging.INFO
    return record.name.startswith("sciarada") or record.levelno >= logging.WARNING


def _set_level(meta: dict[str, Any]) -> None:
    """Set the level of the log, if it is shown."""
    if _LOGGING in meta:
        logging.getLogger().setLevel(_LEVELS[min(meta.get(_VERBOSITY, 0), 2)])


def _on_verbose(context: click.Context, _parameter: click.Parameter, count: int) -> None:
    """Note ``-v``."""
    if count:
        context.meta[_VERBOSITY] = max(count, context.meta.get(_VERBOSITY, 0))
        _set_level(context.meta)


def _on_quiet(context: click.Context, _parameter: click.Parameter, given: bool) -> None:
    """Note ``--quiet``."""
    if given:
        context.meta[_VERBOSITY] = QUIET
        _set_level(context.meta)
