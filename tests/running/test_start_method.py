"""Worker processes of a program with several threads, and what a killed one leaves."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sciarada.running.scratch import remove_abandoned

if sys.platform != "linux":
    pytest.skip("other systems keep no such socket", allow_module_level=True)

PROGRAM = """
import os, signal, sys, threading
from sciarada.running.workers import local_executor

if __name__ == "__main__":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    with local_executor(2) as pool:
        print(pool._mp_context.get_start_method(), pool.submit(abs, -7).result(), flush=True)
        if "killed" in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def run_program(folder, *arguments):
    """Run the program with its temporary files in ``folder``."""
    folder.mkdir(parents=True)
    program = folder.parent / "program.py"
    program.write_text(PROGRAM)
    return subprocess.run(
        [sys.executable, program, *arguments],
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def temporary():
    """Yield an empty folder whose name is short enough for sockets in folders in it."""
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "t"


@pytest.mark.parametrize(
    "depth", [1, 20], ids=["short name", "name too long for the scratch folder"]
)
def test_a_program_with_threads_leaves_no_socket(temporary, depth):
    folder = temporary.joinpath(*["t"] * depth)
    ended = run_program(folder)
    assert ended.stdout.split() == ["forkserver", "7"], ended.stderr
    assert ended.stderr == ""
    assert not list(folder.iterdir())


def test_the_next_run_removes_the_socket_of_a_killed_one(temporary):
    ended = run_program(temporary, "killed")
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == ["forkserver", "7"]
    (left,) = temporary.iterdir()
    assert list(left.rglob("listener-*"))
    remove_abandoned(temporary)
    assert not list(temporary.iterdir())
