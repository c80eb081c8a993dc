"""State of the process that is kept unchanged while a plugin works."""

from __future__ import annotations

import gc
import locale
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sciarada.hooks.library_state import LIBRARIES
from sciarada.hooks.logging_state import LOGGING
from sciarada.hooks.setting import Setting, attribute, setting

STREAMS = ("stdin", "stdout", "stderr")
SEARCHED = ("path", "meta_path", "path_hooks")


@contextmanager
def process_state_kept() -> Iterator[list[str]]:
    """Put every setting back at the end; give the list of those for which that was needed.

    Warning filters are put back too, and places that were added to the front of `sys.path` are
    moved to its end. Neither is listed, because importing a library changes them in good faith.
    """
    changed: list[str] = []
    places = [list(getattr(sys, name)) for name in SEARCHED]
    with warnings.catch_warnings():
        before = [(kept, kept.read()) for kept in _settings()]
        try:
            yield changed
        finally:
            changed += [kept.name for kept, value in before if kept.put_back(value)]
            for name, value in zip(SEARCHED, places, strict=True):
                _put_first(getattr(sys, name), value)


def _settings() -> Iterator[Setting]:
    """Yield the settings that exist here and now."""
    yield from PROCESS
    if threading.current_thread() is threading.main_thread():
        yield SIGNALS
    yield from LIBRARIES


def _put_first(places: list[Any], before: list[Any]) -> None:
    """Restore the entries of a list; added entries follow them."""
    added = [place for place in places if not any(place is known for known in before)]
    places[:] = before + added


def _directory() -> Path | None:
    """Return the working directory, None if it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _change_directory(directory: Path | None) -> None:
    if directory is not None:
        os.chdir(directory)


def _mask() -> int:
    """Return the mode mask of new files, which cannot be read without setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _set_environment(before: dict[str, str]) -> None:
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _locale(name: str | None = None) -> str:
    """Return the locale, after setting it if one is given."""
    return locale.setlocale(locale.LC_ALL, name)


def _set_collection(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()


def _read_signals() -> tuple[dict[int, Any], set[int], bool]:
    """Return handlers, blocked signals, and whether an alarm has been set."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ()) if _POSIX else set()
    alarm = _POSIX and signal.getitimer(signal.ITIMER_REAL)[0] > 0
    return {number: signal.getsignal(number) for number in signal.valid_signals()}, blocked, alarm


def _write_signals(before: tuple[dict[int, Any], set[int], bool]) -> None:
    handlers, blocked, alarm = before
    if _POSIX and not alarm:
        signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in handlers.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)
    if _POSIX:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


_POSIX = hasattr(signal, "pthread_sigmask")
SIGNALS = setting("signal handlers", _read_signals, _write_signals)
PROCESS = (
    setting("working directory", _directory, _change_directory),
    setting("environment variables", lambda: dict(os.environ), _set_environment),
    setting("file mode mask", _mask, os.umask),
    setting("locale", _locale, _locale),
    setting("recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    setting("garbage collection", gc.isenabled, _set_collection),
    *(attribute(f"sys.{name}", sys, name) for name in (*STREAMS, "excepthook", "unraisablehook")),
    attribute("threading.excepthook", threading, "excepthook"),
    LOGGING,
)
