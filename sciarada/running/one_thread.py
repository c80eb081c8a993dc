"""One thread for linear algebra: how a sum is split among threads decides its last bits."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import threadpoolctl


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep the BLAS libraries of this process to one thread.

    It may be used inside itself and by several threads at once: the last that leaves restores
    what was there before the first came.
    """
    _limit.enter()
    try:
        yield
    finally:
        _limit.leave()


class _Limit:
    """The limit of this process, and how many are using it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limiters: list[Any] = []
        self._libraries: Any = None
        self._modules = 0
        self._thread = threading.local()

    def enter(self) -> None:
        """Limit the libraries: some per thread, others for the whole process."""
        with self._lock:
            depth = getattr(self._thread, "depth", 0)
            others = self._found_others()
            if others or not depth:
                _release()
                limiter = self._libraries.limit(limits=1)
                if others or not self._users:
                    self._limiters.append(limiter)
            self._users += 1
            self._thread.depth = depth + 1

    def leave(self) -> None:
        """Restore the numbers of threads once all have left."""
        with self._lock:
            self._users -= 1
            self._thread.depth -= 1
            if not self._users:
                _release()
                while self._limiters:
                    self._limiters.pop().restore_original_limits()

    def _found_others(self) -> bool:
        """Look for libraries again where a module was imported; return whether one was."""
        if self._libraries is not None and self._modules == len(sys.modules):
            return False
        self._libraries = threadpoolctl.ThreadpoolController().select(user_api="blas")
        self._modules = len(sys.modules)
        return True


def _release() -> None:
    """Let this thread set limits that another one has set: from 3.8 on, only that one could."""
    controller = getattr(threadpoolctl, "OpenBLASController", None)
    clear = getattr(controller, "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)


_limit = _Limit()
