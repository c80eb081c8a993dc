"""Run one command in a process of its own, within limits of time and memory."""

from __future__ import annotations

import atexit
import os
import resource
import signal
import sys
import sysconfig
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS, WALL_SECONDS = 20, 120
MEMORY = 3 << 30  # bytes of address space beyond what the imported modules take
ERRORS, NETWORK = "stderr.txt", "network.txt"
_LOOK_AGAIN = 0.01  # seconds
_FAULT = 86  # exit status: the harness itself failed


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes
    ----------
    status : int
        Exit status; the number of the signal, negative, where one ended it.
    errors : str
        What it wrote to stderr.
    seconds : float
        CPU time.
    memory : int
        Largest resident memory in bytes.
    timed_out, asked_network : bool
        Whether it was ended at a limit of time; whether it looked up or called an address.
    """

    status: int
    errors: str
    seconds: float
    memory: int
    timed_out: bool
    asked_network: bool


def run_forked(prepare: Callable[[], tuple[str, ...]], log: Path, folder: Path) -> Ended:
    """Fork, prepare the input, and run ``sciarada`` in ``folder``.

    Parameters
    ----------
    prepare : callable
        Makes the input in the new process and returns the arguments.
    log : Path
        Folder for what the process writes.
    folder : Path
        Where the command is run.
    """
    pid = os.fork()
    if pid == 0:
        _child(prepare, log, folder)
    status, usage, timed_out = _wait(pid)
    if status == _FAULT:
        raise RuntimeError((log / ERRORS).read_text(errors="replace"))
    stopped = timed_out or status == -signal.SIGXCPU
    return Ended(
        status,
        (log / ERRORS).read_text(errors="replace"),
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
        stopped,
        (log / NETWORK).exists(),
    )


def _child(prepare: Callable[[], tuple[str, ...]], log: Path, folder: Path) -> None:
    """Run the command; never returns."""
    os.setsid()
    _redirect(log)
    status = _FAULT
    try:
        arguments = prepare()
        os.chdir(folder)
        _set_limits()
        sys.addaudithook(_note_network(log / NETWORK))
        status = _run(arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: Path) -> None:
    errors = os.open(log / ERRORS, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDWR)
    for wanted, given in ((0, nothing), (1, nothing), (2, errors)):
        os.dup2(given, wanted)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")


def _set_limits() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, used + CPU_SECONDS + 2))


def _note_network(path: Path) -> Callable[[str, tuple], None]:
    """Return an audit hook that notes each address that is looked up or called."""

    def hook(event: str, arguments: tuple) -> None:
        called = event == "socket.connect" and isinstance(arguments[1], tuple)  # no pipe
        if called or event == "socket.getaddrinfo":
            with path.open("a") as file:
                file.write(f"{event} {arguments[1]!r}\n")

    return hook


def _run(arguments: tuple[str, ...]) -> int:
    """Run the command as a shell would; return its exit status."""
    from sciarada.cli.main import main

    # A training on several devices starts this program again.
    sys.argv = [str(Path(sysconfig.get_path("scripts")) / "sciarada"), *arguments]
    sys.modules["__main__"].__spec__ = None
    status = 0
    try:
        main(list(arguments), prog_name="sciarada")
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    return status


def _wait(pid: int) -> tuple[int, resource.struct_rusage, bool]:
    """Wait for a process, and end it and its children at the limit of time."""
    end, timed_out = time.monotonic() + WALL_SECONDS, False
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage, timed_out
        if time.monotonic() > end and not timed_out:
            timed_out = True
            os.killpg(pid, signal.SIGKILL)
        time.sleep(_LOOK_AGAIN)
