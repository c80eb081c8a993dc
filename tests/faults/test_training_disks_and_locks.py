"""Trainings on full disks, and two of them in one folder (faults 9 and 13)."""

import multiprocessing
import resource
from pathlib import Path

import pytest
import torch
from torch import nn

from sciarada.errors import OutputError
from sciarada.io.staging import KEPT
from sciarada.nn.training.checkpoint import load_checkpoint, save_checkpoint
from sciarada.nn.training.place import training_folder
from sciarada.nn.training.run_folder import RunFolder, read_log

CONFIGURATION = {"settings": {"epochs": 1}}
FRESH = {"overwrite": False, "resume": False}
RESUMED = {"overwrite": False, "resume": True}


@pytest.fixture
def small_files():
    """No file may have more than 20 kB, as with `ulimit -f`; it works for any user."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def network(width: int) -> tuple[nn.Module, torch.optim.Optimizer]:
    module = nn.Linear(width, width)
    return module, torch.optim.AdamW(module.parameters())


def test_a_checkpoint_that_cannot_be_written_leaves_the_previous_one(tmp_path, small_files):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, *network(4), 3)
    before = path.read_bytes()
    with pytest.raises(OutputError, match=r"checkpoint\.pt: File too large; .*ulimit -f"):
        save_checkpoint(path, *network(200), 4)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert load_checkpoint(path, *network(4), 10) == 3


def test_a_full_disk_leaves_the_previous_checkpoint(small_disk):
    path = small_disk / "checkpoint.pt"
    save_checkpoint(path, *network(4), 3)
    with pytest.raises(OutputError, match=r"No space left on device; free some room"):
        save_checkpoint(path, *network(600), 4)
    assert load_checkpoint(path, *network(4), 10) == 3


def fail_to_log(out: Path, how: dict, *, checkpoint: bool) -> None:
    with training_folder(out, CONFIGURATION, **how) as folder:
        folder.log({"step": 1, "loss": 0.5})
        if checkpoint:
            save_checkpoint(folder.checkpoint, *network(4), 1)
        folder.log({"step": 2, "loss": "9" * 30_000})


def test_a_log_that_cannot_be_written_is_one_sentence_and_the_training_goes_on(
    tmp_path, small_files
):
    out = tmp_path / "run"
    with pytest.raises(OutputError, match=r"cannot write .*run: File too large") as caught:
        fail_to_log(out, FRESH, checkpoint=True)
    assert caught.value.__notes__ == [KEPT]
    with training_folder(out, CONFIGURATION, **RESUMED) as folder:
        folder.forget_after(1)
        assert [line["step"] for line in read_log(out / "log.csv")[1]] == ["1"]


def test_a_training_without_a_checkpoint_leaves_nothing(tmp_path, small_files):
    with pytest.raises(OutputError, match="File too large"):
        fail_to_log(tmp_path / "deep" / "run", FRESH, checkpoint=False)
    assert list(tmp_path.iterdir()) == []


def hold(out: Path, ready, done) -> None:
    with training_folder(out, CONFIGURATION, **RESUMED) as folder:
        folder.log({"step": 1, "loss": 0.5})
        folder.checkpoint.write_text("1")
        ready.set()
        done.wait(60)


@pytest.mark.parametrize("how", [RESUMED, {"overwrite": True, "resume": False}])
def test_two_trainings_do_not_share_a_folder(tmp_path, how):
    out, context = tmp_path / "run", multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    first = context.Process(target=hold, args=(out, ready, done))
    first.start()
    try:
        assert ready.wait(60)
        with (
            pytest.raises(OutputError, match=r"another run is writing .*run"),
            training_folder(out, CONFIGURATION, **how),
        ):
            raise AssertionError("both have the folder")
    finally:
        done.set()
        first.join(60)
    assert first.exitcode == 0
    assert len(read_log(out / "log.csv")[1]) == 1


def test_the_lock_of_a_killed_training_does_not_block_the_next(tmp_path):
    out, context = tmp_path / "run", multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    first = context.Process(target=hold, args=(out, ready, done))
    first.start()
    assert ready.wait(60)
    first.kill()
    first.join(60)
    with training_folder(out, CONFIGURATION, **RESUMED) as folder:
        assert folder.path == RunFolder(out).path
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
