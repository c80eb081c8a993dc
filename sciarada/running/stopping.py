"""Signals that end a run: raised as an exception, and deferred during clean-up.

SIGINT (Ctrl-C), SIGTERM (``kill``, a batch system at its time limit) and SIGHUP (a closed
terminal) all end a run in the same way, so that clean-up follows each of them.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Hook = Callable[["sys.UnraisableHookArgs"], object]

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Stopped(KeyboardInterrupt):
    """A signal asked the run to end.

    Parameters
    ----------
    number : int
        Number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    @property
    def exit_code(self) -> int:
        """Exit status by which a shell reports a process that the signal ended."""
        return 128 + self.number


class _State:
    """State shared by the handler and the code that it interrupts, all in the main thread."""

    held = 0
    waiting: int | None = None
    received: int | None = None


def received() -> int | None:
    """Return the number of the last signal that `stops_raise` received, if any."""
    return _State.received


@contextmanager
def stops_raise() -> Iterator[None]:
    """Raise `Stopped` in the main thread when a signal asks the program to end.

    A signal that the program was started to ignore, as ``nohup`` does with SIGHUP, stays
    ignored. In other threads than the main one nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    hook = sys.unraisablehook
    try:
        _receive()
        sys.unraisablehook = _repeating(hook)
        yield
    finally:
        with held():
            sys.unraisablehook = hook
            for number, handler in before.items():
                signal.signal(number, handler)


def _receive() -> None:
    """Receive the signals that are not ignored."""
    _State.received = _State.waiting = None
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


@contextmanager
def held() -> Iterator[None]:
    """Let signals wait until the block has ended: `Stopped` is raised after it.

    Only for what is short and must not break off, such as clean-up.
    """
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        number = _State.waiting
        if number is not None and not _State.held:
            _State.waiting = None
            raise Stopped(number)


def _stop(number: int, _frame: FrameType | None) -> None:
    _State.received = number
    if _State.held:
        _State.waiting = number
    else:
        raise Stopped(number)


def _repeating(hook: Hook) -> Hook:
    """Return a hook that repeats a signal with an exception that Python dropped in a destructor."""

    def repeat(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, Stopped):
            hook(unraisable)
        elif not sys.is_finalizing():
            # by another thread, so that it arrives after the destructor and not in this hook
            arguments = (unraisable.exc_value.number,)
            threading.Timer(0.01, signal.raise_signal, arguments).start()

    return repeat
