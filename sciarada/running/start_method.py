"""The start method of worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import BaseContext
from multiprocessing.util import Finalize
from pathlib import Path

from sciarada.running.scratch import ScratchFolder

PRELOADED = ["sciarada.cli.main", "sciarada.detection.tasks"]
_SOCKET = "/pymp-12345678/listener-12345678"  # what multiprocessing adds to a temporary folder
_AFTER_SOCKETS = -200  # multiprocessing removes them at -100
_LONGEST = 107  # bytes in the name of a socket on Linux


def start_method() -> BaseContext:
    """Return how processes are started.

    A copy of this process has all modules loaded and is there at once, but copying is safe
    only while there is a single thread, which also the libraries' own threads count for.
    """
    methods = multiprocessing.get_all_start_methods()
    if "fork" in methods and _is_single_threaded():
        return multiprocessing.get_context("fork")
    if "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    _start_server()
    return context


@cache
def _start_server() -> None:
    """Start the process that starts the workers."""
    from multiprocessing.forkserver import ensure_running  # absent on Windows

    with _removable_temporary_files():
        ensure_running()


@contextmanager
def _removable_temporary_files() -> Iterator[None]:
    """Let multiprocessing keep its socket where the next run removes it if this one is killed.

    The name of a socket is limited. Where it would be too long, the socket stays in the
    system's temporary folder.
    """
    usual = tempfile.tempdir
    folder = ScratchFolder(Path(tempfile.gettempdir()), hidden=False)
    Finalize(None, folder.remove, exitpriority=_AFTER_SOCKETS)
    try:
        if len(os.fsencode(folder.new)) + len(_SOCKET) <= _LONGEST:
            tempfile.tempdir = str(folder.new)
        yield
    finally:
        tempfile.tempdir = usual


def _is_single_threaded() -> bool:
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1
