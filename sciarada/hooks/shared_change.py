"""A change of the whole process that several threads may need at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, TypeVar

Value = TypeVar("Value")


class SharedChange(Generic[Value]):
    """Made by the first that wants it, undone by the last that leaves.

    If each thread made it and put back what it had found, one that leaves before another that
    came later would restore the change for ever.

    Parameters
    ----------
    change : callable
        Returns the context in which the process is changed.
    """

    def __init__(self, change: Callable[[], AbstractContextManager[None]]) -> None:
        self._change = change
        self._lock = threading.RLock()
        self._context: AbstractContextManager[None] | None = None
        self._wanted: list[tuple[int, Value]] = []

    @contextmanager
    def wanted(self, value: Value) -> Iterator[None]:
        """Have the process changed; ``value`` is what the change needs to know of this thread."""
        entry = (threading.get_ident(), value)
        with self._lock:
            if not self._wanted:
                self._context = self._change()
                self._context.__enter__()
            self._wanted.append(entry)
        try:
            yield
        finally:
            with self._lock:
                self._wanted.remove(entry)
                context = self._context
                if not self._wanted and context is not None:
                    context.__exit__(None, None, None)

    def latest(self) -> Value | None:
        """Return the latest value of this thread, else of any; None if it is not wanted."""
        with self._lock:
            own = [value for thread, value in self._wanted if thread == threading.get_ident()]
            values = own or [value for _, value in self._wanted]
            return values[-1] if values else None
