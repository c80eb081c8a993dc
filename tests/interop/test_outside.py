"""The helpers themselves: nothing hangs, nothing is left behind, nothing is skipped on CI."""

import time
from contextlib import suppress

import psutil
import pytest
from outside import need, run, running


def is_alive(pid):
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_a_program_that_hangs_fails_the_test_and_is_killed_with_its_children(tmp_path):
    pid = tmp_path / "pid"
    start = time.monotonic()
    with pytest.raises(pytest.fail.Exception, match="did not end within"):
        run("sh", "-c", f"sleep 60 & echo $! > {pid}; wait", limit=3.0)
    while is_alive(int(pid.read_text())):  # a killed process takes a moment to end
        assert time.monotonic() - start < 20
        time.sleep(0.01)
    assert time.monotonic() - start < 20


def test_a_program_that_fails_fails_the_test():
    with pytest.raises(AssertionError, match=r"exit 3\nwoe"):
        run("sh", "-c", "echo woe >&2; exit 3")


def test_a_program_in_the_background_ends_with_the_context():
    with running("sleep", "60") as process:
        assert process.poll() is None
    assert process.returncode is not None


def test_a_missing_program_is_a_skip_here_and_a_failure_on_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed: no-such-program"):
        need("sh", "no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must have them"):
        need("sh", "no-such-program")
