"""Run a program and measure the whole of it: wall time, CPU time and memory, children included."""

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36  # from Linux's sys/prctl.h
SAMPLE_INTERVAL = 0.05  # seconds; a peak shorter than this may be missed


@dataclass(frozen=True)
class Usage:
    """What one run of a program took.

    Attributes
    ----------
    wall, cpu : float
        Seconds from start to end; seconds of user and system time of all processes.
    memory : int
        Largest resident memory in bytes, summed over the processes, shared pages counted once.
    finished : bool
        False where the run was ended at its time limit.
    """

    wall: float
    cpu: float
    memory: int
    finished: bool


def use_cores(count: int) -> None:
    """Bind this process, and so all it starts, to the first `count` cores it may use."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def measure_process(
    command: Sequence[str | Path], log: Path, *, limit: float | None = None
) -> Usage:
    """Run `command` to its end, or for at most `limit` seconds; its output goes to `log`.

    Raises
    ------
    RuntimeError
        If the program fails; the message holds the end of its output.
    """
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    _adopt_orphans()
    memory = _MemorySampler(process.pid)
    memory.start()
    stopper = threading.Timer(limit, _kill_session, [process.pid]) if limit else None
    if stopper:
        stopper.start()
    try:
        _, status, resources = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        cpu = _cpu_time(resources) + _reap_session(process.pid)
    except KeyboardInterrupt:
        _kill_session(process.pid)
        raise
    finally:
        if stopper:
            stopper.cancel()
        memory.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    finished = not (limit and wall >= limit)
    if finished and process.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}:\n{tail}")
    return Usage(wall, cpu, memory.peak, finished)


def _adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends, so that their CPU time is not lost.

    A pool of workers started through a fork server leaves such orphans.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt orphaned processes")


def _reap_session(leader: int) -> float:
    """Wait for what is left of the session of `leader`; return its CPU time."""
    cpu = 0.0
    while True:
        try:
            cpu += _cpu_time(os.wait4(-leader, 0)[2])
        except ChildProcessError:
            return cpu


def _cpu_time(resources: resource.struct_rusage) -> float:
    return resources.ru_utime + resources.ru_stime


def _kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended by itself in the meantime


class _MemorySampler(threading.Thread):
    """Watches the proportional set size of a process and its descendants."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.peak = 0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_INTERVAL):
            self.peak = max(self.peak, self._resident())

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _resident(self) -> int:
        try:
            family = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        return sum(_proportional_set_size(member) for member in family)


def _proportional_set_size(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it has just ended
