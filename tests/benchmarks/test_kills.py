"""The kill harness: what it ends, what it takes for whole or half, and what its page counts."""

import subprocess
import sys
import time
from dataclasses import asdict

import click
import psutil
import pytest

from benchmarks.kills import running
from benchmarks.kills.__main__ import alone_in
from benchmarks.kills.commands import Command
from benchmarks.kills.page import kills_page
from benchmarks.kills.results import results
from benchmarks.kills.trial import Reference, Trial, state_of

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def test_a_folder_that_another_run_uses_is_refused(tmp_path):
    with (
        alone_in(tmp_path),
        pytest.raises(click.ClickException, match="--work"),
        alone_in(tmp_path),
    ):
        pass
    with alone_in(tmp_path):
        pass


def test_what_a_killed_run_left_running_is_ended_but_that_of_other_folders_is_not(tmp_path):
    left, other = tmp_path / "left", tmp_path / "other"
    processes = [
        subprocess.Popen(SLEEP, env={running.MARK: str(folder)}) for folder in (left, other)
    ]
    try:
        with alone_in(left):
            assert processes[0].wait(10) < 0
        assert processes[1].poll() is None
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_command_ends_with_the_function_that_runs_it(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "PROGRAM", SLEEP[:2])
    monkeypatch.setattr(running, "LIMIT", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        running.run([SLEEP[2]], {}, work=tmp_path)
    time.sleep(0.2)
    marked = [each for each in psutil.process_iter() if str(tmp_path) in _mark(each)]
    assert not marked


def _mark(process):
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process.environ().get(running.MARK, "") if alive else ""
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return ""


@pytest.fixture
def reference(tmp_path):
    """A product of two files."""
    folder = tmp_path / "reference" / "found"
    folder.mkdir(parents=True)
    (folder / "sources.reg").write_text("circle")
    (folder / "run.json").write_text("{}")
    return Reference(folder.parent, {"found": results(folder)}, 1.0)


@pytest.mark.parametrize(
    ("files", "resumes", "state"),
    [
        (None, False, "nothing"),
        ({}, False, "half"),
        ({"sources.reg": "circle"}, False, "half"),
        ({"sources.reg": "circ", "run.json": "{}"}, False, "half"),
        ({"sources.reg": "circle", "run.json": "{ }"}, False, "whole"),
        ({"log.csv": "1"}, False, "half"),
        ({"log.csv": "1"}, True, "unfinished"),
    ],
)
def test_half_a_product_is_told_from_a_whole_one(reference, tmp_path, files, resumes, state):
    if files is not None:
        (tmp_path / "found").mkdir()
    for name, text in (files or {}).items():
        (tmp_path / "found" / name).write_text(text)
    command = Command("any", lambda given, out: [], ("found",), resumes=resumes)
    assert state_of(tmp_path, "found", command, reference) == state


def test_the_page_counts_and_lists_faults():
    sound = Trial("detect", "SIGKILL", 0, 1.0, True, "whole")
    faulty = Trial("detect", "SIGTERM", 1, 2.5, False, "half", faults=["half a product found"])
    page = kills_page([asdict(sound), asdict(faulty)])
    assert "**1 of 2 trials lost, left or changed any file.**" in page
    assert "| `detect` | 1 | 1 | 0 | 1 | 1 |" in page
    assert "- `detect`, SIGTERM after 2.5 s, seed 1: half a product found" in page
