"""End of the process with the status of the command, regardless of running plugins."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sciarada.hooks.isolation import left_threads


@contextmanager
def orderly_ending() -> Iterator[None]:
    """Run the complete command, and prepare the end of its process.

    What is printed afterwards, by handlers of `atexit` for example, goes to stderr. Threads that
    plugins started unasked do not keep the process from ending for longer than they may.
    """
    status = 1
    try:
        yield
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        raise
    finally:
        _lead_stdout_to_stderr()
        if any(left.thread.is_alive() for left in left_threads):
            threading.Thread(target=_end_without, args=(status,), daemon=True).start()


def _lead_stdout_to_stderr() -> None:
    """Flush stdout, and redirect it to stderr."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _end_without(status: int) -> None:
    """End the process when the threads of plugins have had their time."""
    for left in left_threads:
        left.thread.join(max(0.0, left.until - time.monotonic()))
    for thread, plugin, _ in left_threads:
        if thread.is_alive():
            text = f"sciarada: warning: plugin {plugin} left the thread {thread.name!r} running"
            print(text, file=sys.stderr)
    if any(left.thread.is_alive() for left in left_threads):
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        os._exit(status)
