"""Keep the output of plugins away from stdout, which is reserved for the command."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sciarada.hooks.shared_change import SharedChange

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT, STDERR = 1, 2


@contextmanager
def prints_passed_to(show: Callable[[str], None]) -> Iterator[None]:
    """Hand each line that is printed to ``show``.

    What bypasses `sys.stdout`, as C libraries and child processes do, goes to stderr.
    """
    lines = _Lines(show)
    with _LINES.wanted(lines):
        try:
            yield
        finally:
            lines.end()


@contextmanager
def _stdout_taken() -> Iterator[None]:
    stream = io.TextIOWrapper(_Stream(), "utf-8", "replace", write_through=True)
    with _descriptor_to_stderr(), contextlib.redirect_stdout(stream):
        yield


@contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Redirect the file descriptor of stdout to stderr; do nothing if either is closed."""
    try:
        os.fstat(STDERR)
        kept = os.dup(STDOUT)
    except OSError:
        yield
        return
    if sys.__stdout__ is not None and not sys.__stdout__.closed:
        with contextlib.suppress(OSError, ValueError):
            sys.__stdout__.flush()
    try:
        os.dup2(STDERR, STDOUT)
        yield
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)


class _Lines:
    """Passes on complete lines of the output."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._rest = b""

    def write(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._show(line.decode("utf-8", "replace"))

    def end(self) -> None:
        """Hand on a last line that has no end."""
        if self._rest:
            self.write(b"\n")


class _Stream(io.RawIOBase):
    """A stream of which each thread writes its own lines."""

    name = "<stdout>"  # as that of the stream in whose place it stands
    _lines: _Lines | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STDERR

    def write(self, data: ReadableBuffer) -> int:
        content = bytes(data)
        self._lines = _LINES.latest() or self._lines  # a plugin may keep the stream
        if self._lines is not None:
            self._lines.write(content)
        return len(content)


_LINES: SharedChange[_Lines] = SharedChange(_stdout_taken)
