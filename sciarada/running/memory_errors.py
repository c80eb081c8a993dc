"""Recognise out-of-memory errors of Python, torch and the system."""

from __future__ import annotations

import errno
from collections.abc import Iterator

_MEMORY = (
    "allocate memory",
    "bad_alloc",
    "can't start new thread",
    "failed to map segment",
    "out of memory",
)


def memory_error(error: BaseException) -> BaseException | None:
    """Return the lack of memory that an error is, or that caused it; None for other errors."""
    return next((each for each in _chain(error) if _is_memory(each)), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    known = isinstance(error, RuntimeError | ImportError)
    return known and any(text in str(error).lower() for text in _MEMORY)
