"""Keep what plugins print away from stdout, which belongs to the command."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STDOUT, STDERR = 1, 2


@contextmanager
def prints_passed_to(show: Callable[[str], None]) -> Iterator[None]:
    """Hand each line that is printed to ``show``.

    What bypasses `sys.stdout`, as C libraries and child processes do, goes to stderr.
    """
    lines = _Lines(show)
    stream = io.TextIOWrapper(lines, "utf-8", "replace", write_through=True)
    with _descriptor_to_stderr(), contextlib.redirect_stdout(stream):
        try:
            yield
        finally:
            lines.end()


@contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Let the file descriptor of stdout lead to stderr; do nothing if either is closed."""
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


class _Lines(io.RawIOBase):
    """A stream that hands on whole lines."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._rest = b""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STDERR

    def write(self, data: bytes) -> int:
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        for line in lines:
            self._show(line.decode("utf-8", "replace"))
        return len(data)

    def end(self) -> None:
        """Hand on a last line that has no end."""
        if self._rest:
            self.write(b"\n")
