"""Workers end with their parent, also while a plugin is at work in them."""

import subprocess
import sys
import textwrap

import pytest

WORKERS = """
    import os, time
    from sciarada.hooks.leaving import exits_refused
    from sciarada.running.workers import local_executor

    def plugin_at_work(number):
        with exits_refused():
            os.write(1, f"{number}\\n".encode())
            time.sleep(300)

    if __name__ == "__main__":
        with local_executor(2) as pool:
            list(pool.map(plugin_at_work, range(2)))
"""
TRAINING = """
    import threading, time
    from sciarada.hooks.leaving import exits_refused
    from sciarada.nn.training.ending import _exit_with_parent

    with exits_refused():
        threading.Thread(target=_exit_with_parent, args=(-1,), daemon=True).start()
        time.sleep(300)
"""


def written(script: str, folder) -> list[str]:
    path = folder / "script.py"
    path.write_text(textwrap.dedent(script))
    return [sys.executable, str(path)]


def test_workers_of_a_killed_run_end_while_a_plugin_is_at_work(tmp_path):
    command = written(WORKERS, tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert {run.stdout.readline(), run.stdout.readline()} == {"0\n", "1\n"}
        finally:
            run.kill()
        try:
            assert run.communicate(timeout=60)[0] == ""  # ends when no worker holds the pipe
        except subprocess.TimeoutExpired:
            pytest.fail("a worker lives on")


def test_processes_of_a_training_end_while_a_plugin_is_at_work(tmp_path):
    subprocess.run(written(TRAINING, tmp_path), check=True, timeout=120)
