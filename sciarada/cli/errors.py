"""Convert errors to a sentence on stderr and an exit status."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from sciarada.cli.streams import StreamError, discard_stdout, say
from sciarada.cli.system_errors import out_of_memory, refused
from sciarada.cli.verbosity import verbosity
from sciarada.errors import SciaradaError, WorkerError
from sciarada.running import stopping

logger = logging.getLogger(__name__)

INTERRUPTED = 130  # 128 + SIGINT, as a shell would say
PIPE_CLOSED = 141  # 128 + SIGPIPE
REFUSED = SciaradaError.exit_code


@contextmanager
def errors_become_messages() -> Iterator[None]:
    """End the program with a sentence for errors that the user can correct.

    A `SciaradaError` and what the operating system refuses exit with 2, a signal with 128 and its
    number (Ctrl-C with 130), and a reader that closes the pipe, as ``head`` does, with 141.
    Anything else is a fault of the program and keeps its traceback.
    """
    try:
        yield
    except (SystemExit, click.exceptions.Exit, click.ClickException):
        raise
    except BaseException as error:
        message, status = _ending(error)
        if status is None:
            raise
        if verbosity() > 0:
            logger.info("the traceback of the error", exc_info=error)
        if message:
            say(message, *getattr(error, "__notes__", ()))
        sys.exit(status)


def _ending(error: BaseException) -> tuple[str, int | None]:
    """Return the message and the exit status for an error; no status for a fault of ours."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "interrupted", _signal_status()
    if isinstance(error, WorkerError) and stopping.received():  # the signal ended the worker, too
        return "interrupted", _signal_status()
    if isinstance(error, SciaradaError):
        return str(error), error.exit_code
    if isinstance(error, StreamError | BrokenPipeError):
        return _stream_ending(error)
    sentence = out_of_memory(error) or refused(error)
    if sentence:
        return sentence, REFUSED
    if stopping.received():  # a library replaced the interrupt by another exception
        return "interrupted", _signal_status()
    return "", None


def _signal_status() -> int:
    number = stopping.received()
    return 128 + number if number else INTERRUPTED


def _stream_ending(error: OSError) -> tuple[str, int]:
    """Return how to end when stdout takes no more."""
    discard_stdout()
    if error.errno == errno.EPIPE:
        return "", PIPE_CLOSED
    return f"cannot write to standard output: {error.strerror}", REFUSED
