import sys
import time

import psutil
import pytest

from benchmarks.processes import measure_process

MIB = 2**20
HOLD = "import time; held = b'x' * ({mib} * 2**20); time.sleep({seconds})"
SPIN = "import time; end = time.process_time() + {seconds}\nwhile time.process_time() < end: pass"
START_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def python(code, *arguments):
    return [sys.executable, "-c", code, *arguments]


def test_memory_of_a_child_process_is_counted(tmp_path):
    command = python(START_CHILD, HOLD.format(mib=150, seconds=0.6))
    usage = measure_process(command, tmp_path / "log")
    assert 150 * MIB < usage.memory < 250 * MIB
    assert usage.wall > 0.6
    assert usage.finished


def test_cpu_time_of_a_child_process_is_counted(tmp_path):
    usage = measure_process(python(START_CHILD, SPIN.format(seconds=0.4)), tmp_path / "log")
    assert 0.4 < usage.cpu < 2


def test_cpu_time_of_an_orphan_is_counted(tmp_path):
    leave = START_CHILD.replace("run(", "Popen(")
    usage = measure_process(python(leave, SPIN.format(seconds=0.6)), tmp_path / "log")
    assert 0.6 < usage.cpu < 2


def test_a_run_ends_at_its_limit_with_its_children(tmp_path):
    start = time.perf_counter()
    child = f"{HOLD.format(mib=1, seconds=60)}  # {tmp_path}"
    usage = measure_process(python(START_CHILD, child), tmp_path / "log", limit=1.0)
    assert not usage.finished
    assert time.perf_counter() - start < 20
    assert not [p for p in psutil.process_iter(["cmdline"]) if child in (p.info["cmdline"] or [])]


def test_a_failing_program_shows_the_end_of_its_output(tmp_path):
    with pytest.raises(RuntimeError, match=r"status 3:\nno such image"):
        measure_process(python("print('no such image'); exit(3)"), tmp_path / "log")
