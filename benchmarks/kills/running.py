"""Run a command to its end, or kill it after a while, and see what became of its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.kills.inputs import PROGRAM

LIMIT = 300.0  # seconds
MARK = "SCIARADA_KILLS_IN"


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Parameters
    ----------
    status : int
        Exit status, negative if a signal ended it.
    said : str
        What it wrote to stderr.
    seconds : float
        From its start.
    orphans : int
        Processes of it that still ran ten seconds after its end.
    """

    status: int
    said: str
    seconds: float
    orphans: int = 0


def run(
    arguments: Sequence[str | Path],
    env: dict[str, str],
    *,
    number: signal.Signals | None = None,
    after: float = 0.0,
    work: Path,
) -> Ended:
    """Run a command, and send it a signal after some seconds.

    The command and its processes, which carry the name of the folder ``work`` in their
    environment, end with this function, however that ends.
    """
    began = time.monotonic()
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env=env | {MARK: str(work)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_as_from_a_terminal,
    ) as process:
        try:
            if number is not None:
                _send_later(process, number, after)
            _, said = process.communicate(timeout=LIMIT)
            seconds = time.monotonic() - began
            return Ended(process.returncode, said, seconds, _orphans(work))
        except BaseException:
            end_processes(work)
            raise


def _send_later(process: subprocess.Popen[str], number: signal.Signals, after: float) -> None:
    """Send a signal after some seconds, unless the process has ended by then."""
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)


def _as_from_a_terminal() -> None:
    """Let Ctrl-C work also where a shell runs this in the background, and be nice."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.nice(5)


def _orphans(work: Path) -> int:
    """Count the processes of a run that do not end, and end them."""
    end = time.monotonic() + 10
    while _processes(work) and time.monotonic() < end:
        time.sleep(0.1)
    return end_processes(work)


def end_processes(work: Path) -> int:
    """End the processes that runs in ``work`` have started, and return how many they were."""
    left = _processes(work)
    for process in left:
        process.kill()
    return len(left)


def _processes(work: Path) -> list[psutil.Process]:
    """Return the processes that runs in ``work`` have started."""
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get(MARK) == str(work)
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
