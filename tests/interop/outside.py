"""Programs of others, run under a time limit and never left behind."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

TIME_LIMIT = 60.0  # seconds


def need(*programs):
    """Skip where a program is not installed, but fail on CI, where all have to be."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    sentence = f"not installed: {', '.join(missing)}"
    if os.environ.get("CI"):
        pytest.fail(f"{sentence}; CI must have them")
    pytest.skip(sentence)


@contextmanager
def running(*command, **options) -> Iterator[subprocess.Popen]:
    """Start a program in a process group of its own; kill the whole group at the end."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        **options,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # the whole group may have ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def run(*command, limit=TIME_LIMIT, **options):
    """Run a program to its end; return what it printed, stdout and stderr together.

    A program that hangs fails the test, as does one that does not end well.
    """
    words = " ".join(str(word) for word in command)
    with running(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options) as process:
        try:
            printed, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            pytest.fail(f"did not end within {limit:.0f} s: {words}")
    assert process.returncode == 0, f"{words}\nexit {process.returncode}\n{printed}"
    return printed
