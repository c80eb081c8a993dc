"""The default executor: processes on this machine."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from functools import partial
from multiprocessing.process import BaseProcess

from sciarada.errors import WorkerError
from sciarada.running.executor import Serial
from sciarada.running.leaving import leave_at_once
from sciarada.running.one_thread import one_thread
from sciarada.running.start_method import start_method
from sciarada.running.stopping import SIGNALS, held

AGAIN = "--workers 1 --resume"


@contextmanager
def executor_or_local(
    executor: Executor | None, workers: int, again: str = AGAIN
) -> Iterator[Executor]:
    """Yield the executor that a caller has, which stays open, or else processes of this machine.

    As long as it is used, linear algebra has one thread in this process, as it has in workers.

    Parameters
    ----------
    executor : concurrent.futures.Executor or None
    workers : int
        Processes where there is none; 0: one per core.
    again : str
        See `local_executor`.
    """
    local = partial(local_executor, workers or usable_cores(), again)
    with one_thread(), local() if executor is None else nullcontext(executor) as pool:
        yield pool


def usable_cores() -> int:
    """Return on how many cores this process may run."""
    usable = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(usable(0)) if usable else os.cpu_count() or 1


@contextmanager
def local_executor(workers: int, again: str = AGAIN) -> Iterator[Executor]:
    """Run work in ``workers`` processes of this machine, or in this one where it is 1.

    Workers leave signals to the parent, which ends them. ``again`` is what to add to a command
    that ran out of memory.

    Raises
    ------
    WorkerError
        If a worker died, which is what running out of memory looks like, or none can be started.
    """
    if workers == 1:
        yield Serial()
        return
    pool = _started(workers)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise WorkerError(
            f"a worker process was killed: for lack of memory (go on with {again}), or "
            "because a script calls this outside `if __name__ == '__main__':`"
        ) from error
    except BaseException:
        _end(pool)
        raise
    pool.shutdown()


def _started(workers: int) -> ProcessPoolExecutor:
    """Return a pool with running processes."""
    pool = None
    try:
        with _signals_blocked():
            method = start_method()
            pool = ProcessPoolExecutor(workers, mp_context=method, initializer=_start_worker)
            pool.submit(int)  # the first work starts the processes
    except BaseException as error:
        if pool is not None:
            _end(pool)
        if isinstance(error, OSError):
            raise WorkerError(_none_started(error)) from error
        raise
    return pool


def _none_started(error: OSError) -> str:
    room = error.errno == errno.ENOSPC and error.filename is None  # semaphores have no name
    remedy = "free some room in /dev/shm or " if room else ""
    return f"worker processes cannot be started: {error.strerror}; {remedy}use --workers 1"


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Let signals wait a moment: Python drops one that comes while it forks.

    The new processes begin with the signals blocked, until they know what to do with them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends for any reason."""
    for number in SIGNALS:
        ends = number == signal.SIGTERM
        signal.signal(number, signal.SIG_DFL if ends else signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    leave_at_once(1)


def _end(pool: ProcessPoolExecutor) -> None:
    """End all processes of a pool immediately."""
    with held():
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join(5)
