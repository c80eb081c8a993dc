"""Turn what goes wrong into a sentence on stderr and an exit status."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from sciarada.cli.verbosity import verbosity
from sciarada.core.errors import SciaradaError

logger = logging.getLogger(__name__)

INTERRUPTED = 130  # 128 + SIGINT, as a shell would say
PIPE_CLOSED = 141  # 128 + SIGPIPE


@contextmanager
def errors_become_messages(context: click.Context) -> Iterator[None]:
    """End the command with a sentence where the user can mend what went wrong.

    A `SciaradaError` exits with 2, Ctrl-C with 130, and a reader that closes the pipe, as
    ``head`` does, with 141.  Anything else is a fault of the program and keeps its traceback.
    """
    try:
        yield
    except SciaradaError as error:
        if verbosity() > 0:
            logger.info("the traceback of the error", exc_info=error)
        click.echo(f"sciarada: {' '.join(str(error).split())}", err=True)
        context.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("sciarada: interrupted", err=True)
        context.exit(INTERRUPTED)
    except BrokenPipeError:
        # Python would complain once more when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        context.exit(PIPE_CLOSED)
