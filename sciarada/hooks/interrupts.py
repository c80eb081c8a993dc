"""Distinguish an interrupt by the user from one that a plugin raises itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from sciarada.running.stopping import SIGNALS

Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def interrupts_noted() -> Iterator[list[BaseException]]:
    """Yield a list to which every exception raised by a signal's handler is added.

    A plugin that raises `KeyboardInterrupt` without a signal leaves the list empty; one that
    catches the exception of a real signal does not.
    """
    noted: list[BaseException] = []
    before = _handlers()
    for number, handler in before.items():
        signal.signal(number, _noting(handler, noted))
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handlers() -> dict[signal.Signals, Handler]:
    """Return the interrupts that have a handler in Python; only the main thread can set any."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    return {
        number: handler
        for number, handler in handlers.items()
        if not isinstance(handler, int) and callable(handler)
    }


def _noting(handler: Handler, noted: list[BaseException]) -> Handler:
    """Return a handler that does the same and records what it raises."""

    def note(number: int, frame: FrameType | None) -> None:
        try:
            handler(number, frame)
        except BaseException as error:
            noted.append(error)
            raise

    return note
