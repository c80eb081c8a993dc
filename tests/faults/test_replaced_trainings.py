"""`pretrain --overwrite` keeps an earlier training until the new one is complete (fault 3)."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sciarada.errors import OutputError
from sciarada.nn.training.place import training_folder
from sciarada.nn.training.run_folder import RunFolder
from sciarada.nn.training.settings import PretrainSettings
from sciarada.pipelines.pretrain import run_pretrain

OLD, NEW = {"settings": {"epochs": 1}}, {"settings": {"epochs": 2}}


def train(
    out: Path,
    configuration: dict,
    *,
    stop: bool = False,
    meanwhile: Callable[[], object] = list,
    **how: bool,
) -> None:
    """Do with a folder what a training does, and let Ctrl-C end it."""
    with training_folder(out, configuration, **{"overwrite": False, "resume": False, **how}) as run:
        step = 1 + int(run.checkpoint.read_text()) if run.checkpoint.exists() else 1
        run.log({"step": step})
        run.checkpoint.write_text(str(step))
        if stop:
            raise KeyboardInterrupt
        run.weights("tiny").write_text(f"weights of {configuration}")
        run.weights("tiny").with_suffix(".json").write_text("{}")
        run.end("tiny")
        meanwhile()


def weights(out: Path) -> str:
    return RunFolder(out).weights("tiny").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


COMPLETE = ["checkpoint.pt", "configuration.json", "log.csv", "tiny.json", "tiny.safetensors"]


def test_ctrl_c_leaves_the_old_weights_and_a_training_to_resume(tmp_path):
    out = tmp_path / "run"
    train(out, OLD)
    with pytest.raises(KeyboardInterrupt):
        train(out, NEW, stop=True, overwrite=True)
    assert names(out) == COMPLETE
    assert weights(out) == f"weights of {OLD}"
    train(out, NEW, resume=True)
    assert names(tmp_path) == ["run"]
    assert names(out) == COMPLETE
    assert weights(out) == f"weights of {NEW}"
    assert RunFolder(out).checkpoint.read_text() == "2"  # the step after the one that was kept


def test_a_stopped_training_is_not_lost_without_a_word(tmp_path):
    out = tmp_path / "run"
    train(out, OLD)
    with pytest.raises(KeyboardInterrupt):
        train(out, NEW, stop=True, overwrite=True)
    with pytest.raises(OutputError, match="go on with --resume"):
        train(out, NEW)
    with pytest.raises(OutputError, match="with different settings"):
        train(out, {"settings": {"epochs": 3}}, resume=True)
    train(out, NEW, resume=True)
    assert weights(out) == f"weights of {NEW}"


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("name", ["notes.txt", "figures/loss.png"])
def test_a_training_beside_which_others_keep_files_is_not_replaced(tmp_path, complete, name):
    out = tmp_path / "run"
    if complete:
        train(out, OLD)
    else:
        with pytest.raises(KeyboardInterrupt):
            train(out, OLD, stop=True)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("mine")
    with pytest.raises(OutputError, match=name.partition("/")[0]):
        train(out, NEW, overwrite=True)
    assert (out / name).read_text() == "mine"
    assert names(tmp_path) == ["run"]


def test_a_card_that_was_edited_is_not_replaced(tmp_path):
    out = tmp_path / "run"
    train(out, OLD)
    (out / "tiny.json").write_text('{"citation": "mine"}')
    with pytest.raises(OutputError, match=r"tiny\.json"):
        train(out, NEW, overwrite=True)


def test_a_file_that_appears_while_the_new_training_goes_on_stays(tmp_path):
    out = tmp_path / "run"
    train(out, OLD)
    write_notes = (out / "notes.txt").write_text
    with pytest.raises(OutputError, match=r"notes\.txt.*complete products are in .*run_2"):
        train(out, NEW, overwrite=True, meanwhile=lambda: write_notes("mine"))
    assert weights(out) == f"weights of {OLD}"
    assert weights(tmp_path / "run_2") == f"weights of {NEW}"
    assert (out / "notes.txt").read_text() == "mine"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    noise = np.random.default_rng(1).integers(0, 255, (8, 16, 16), np.uint8)
    for number, pixels in enumerate(noise):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def test_a_real_training_is_replaced_when_the_new_one_is_complete(pictures, tmp_path):
    settings = PretrainSettings(
        options=("hidden=8", "outputs=4", "stem=standard", "channels=asinh"),
        views=("flip",),
        npix=16,
        epochs=2,
        batch=4,
        warmup=0,
        device="cpu",
    )
    out = tmp_path / "run"
    old = run_pretrain([pictures], out, replace(settings, epochs=1))
    written = (out / "encoder.safetensors").stat()
    again = run_pretrain([pictures], out, replace(settings, epochs=1), resume=True)
    assert (again.sha256, again.hours) == (old.sha256, old.hours)  # there was nothing to do
    assert (out / "encoder.safetensors").stat() == written

    def stop(done, steps, numbers):
        assert (out / "encoder.safetensors").is_file()
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_pretrain([pictures], out, settings, overwrite=True, show=stop)
    assert RunFolder(out).has("encoder")
    new = run_pretrain([pictures], out, settings, resume=True)
    assert new.sha256 != old.sha256
    with (out / "log.csv").open(newline="") as file:
        assert [line["step"] for line in csv.DictReader(file)] == ["2", "4"]
    assert names(tmp_path) == ["run"]
