"""The standard streams, and the handling of write errors."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import click

from sciarada.tabular.escaping import shown_unicode

_LONG_QUOTATION = re.compile(r"('[^']{80})[^']{100,}([^']{80}')")


class StreamError(OSError):
    """Standard output cannot be written."""


class _Checked:
    """A text stream with errors that identify the stream rather than a file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with _as_stream_error():
            try:
                return self._stream.write(text)
            except UnicodeEncodeError:  # a name that is not UTF-8, or a terminal that is not
                encoding = self._stream.encoding or "ascii"
                held = text.encode(encoding, "backslashreplace").decode(encoding)
                return self._stream.write(held)

    def flush(self) -> None:
        with _as_stream_error():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def checked_stdout() -> Iterator[None]:
    """Raise `StreamError` where stdout cannot be written, at the end at the latest."""
    before = sys.stdout
    if before is None:  # it was closed when the program began
        yield
        return
    sys.stdout = checked = _Checked(before)
    try:
        yield
    finally:
        sys.stdout = before
        checked.flush()


def discard_stdout() -> None:
    """Let stdout lead nowhere; else Python complains once more when it flushes it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(*parts: str) -> None:
    """Write one sentence to stderr, if stderr can be written.

    Control characters are escaped, and quoted text that is very long is cut in its middle.
    """
    sentence = " ".join(line.strip(" ") for line in "; ".join(parts).splitlines())
    sentence = _LONG_QUOTATION.sub(r"\1 ... \2", shown_unicode(sentence))
    with suppress(OSError):
        click.echo(f"sciarada: {sentence}", err=True)


@contextmanager
def _as_stream_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StreamError(error.errno, error.strerror) from error
