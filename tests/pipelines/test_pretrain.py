"""Training end to end: weights that load, and a training that goes on as if never stopped."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from sciarada.cutouts.reading import read_set
from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
from sciarada.cutouts.table_files import write_cutouts
from sciarada.errors import OptionError, OutputError
from sciarada.io.embeddings import read_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.weights import read_cover, read_weights
from sciarada.nn.trained import load_encoder
from sciarada.nn.training.settings import PretrainSettings
from sciarada.pipelines.embed import EmbedSettings, run_embed
from sciarada.pipelines.pretrain import run_pretrain
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image

SMALL = PretrainSettings(
    encoder="simclr",
    options=("hidden=16", "outputs=8", "stem=standard", "channels=asinh"),
    views=("rotation", "flip"),
    npix=32,
    epochs=3,
    batch=16,
    warmup=1,
    name="tiny",
    device="cpu",
)


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    field = simulate_field("emu", 300, 3)
    write_image(field.image, folder / "field.fits")
    image = read_image(folder / "field.fits")
    path = folder / "set.fits"
    write_cutouts(sample_random(image, RandomSampler(40, size=32)), path)
    return path


def log_of(run):
    with (run / "log.csv").open(newline="") as file:
        return [
            {name: float(value) for name, value in line.items() if name != "seconds"}
            for line in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def trained(cutouts, tmp_path_factory):
    run = tmp_path_factory.mktemp("run") / "whole"
    run_pretrain([cutouts], run, SMALL)
    return run


def test_a_training_leaves_weights_a_card_and_a_log(trained, cutouts):
    tensors, card = read_weights(trained / "tiny.safetensors")
    assert all(t.dtype in (np.float16, np.int64) for t in tensors.values())
    assert (card.name, card.encoder, card.npix, card.dimension) == ("tiny", "simclr", 32, 512)
    assert card.trained_on[0]["cutouts"] == card.trained_on[0]["placed"] == 40
    cover = read_cover(trained / "tiny.safetensors")
    np.testing.assert_allclose(cover.positions, read_set(cutouts).positions, atol=3e-5)
    assert card.recipe["seed"] == 1
    lines = log_of(trained)
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert all(0 < line["spread"] <= 1.1 for line in lines)
    configuration = json.loads((trained / "configuration.json").read_text())
    assert configuration["set_hash"] == card.trained_on[0]["hash"]


def test_the_weights_embed_a_set(trained, cutouts, tmp_path):
    out = tmp_path / "features.fits"
    settings = EmbedSettings(str(trained / "tiny.safetensors"), batch=7)
    made = run_embed([cutouts], out, settings)
    assert (made.count, made.dimension) == (40, 512)
    assert made.meta["model_id"].startswith("tiny@1+")
    again = run_embed([cutouts], tmp_path / "again.ecsv", replace(settings, batch=40))
    found, whole = read_embeddings(made.path), read_embeddings(again.path)
    assert found.meta == made.meta == whole.meta
    np.testing.assert_array_equal(found.ids, whole.ids)
    np.testing.assert_allclose(found.vectors, whole.vectors, atol=1e-4)


def test_float16_weights_give_nearly_the_features_of_the_training(trained):
    encoder = load_encoder(str(trained / "tiny.safetensors"))
    assert not encoder.encoder.training
    pixels = np.random.default_rng(1).normal(size=(3, 32, 32)).astype(np.float32)
    pixels[0, :4] = np.nan
    features = encoder.features(pixels)
    assert features.shape == (3, 512)
    assert np.isfinite(features).all()


def test_the_same_seed_gives_the_same_training(trained, cutouts, tmp_path):
    run_pretrain([cutouts], tmp_path / "again", SMALL)
    assert log_of(tmp_path / "again") == log_of(trained)
    run_pretrain([cutouts], tmp_path / "other", replace(SMALL, seed=2))
    assert log_of(tmp_path / "other") != log_of(trained)


def test_a_stopped_training_goes_on_to_the_same_losses(trained, cutouts, tmp_path):
    class Stop(Exception):
        pass

    def stop(done, steps, numbers):
        if done == 5:  # in the middle of the last epoch
            raise Stop

    run = tmp_path / "stopped"
    with pytest.raises(Stop):
        run_pretrain([cutouts], run, SMALL, show=stop)
    assert not (run / "tiny.safetensors").exists()
    run_pretrain([cutouts], run, SMALL, resume=True)
    assert log_of(run) == log_of(trained)
    first, second = (read_weights(r / "tiny.safetensors")[0] for r in (run, trained))
    for name, tensor in first.items():
        np.testing.assert_array_equal(tensor, second[name])


def test_a_killed_training_can_be_gone_on_with(trained, cutouts, tmp_path):
    run = tmp_path / "killed"
    script = (
        "import time; from pathlib import Path\n"
        "from sciarada.pipelines.pretrain import run_pretrain\n"
        "from sciarada.nn.training.settings import PretrainSettings\n"
        f"settings = {SMALL!r}\n"
        "slow = lambda *told: time.sleep(0.2)\n"
        f"run_pretrain([{str(cutouts)!r}], Path({str(run)!r}), settings, show=slow)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        while not (run / "checkpoint.pt").exists():
            assert process.poll() is None
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run_pretrain([cutouts], run, SMALL, resume=True)
    assert log_of(run) == log_of(trained)


def test_two_processes_take_the_step_that_one_would(cutouts, tmp_path):
    arguments = [str(cutouts), "--npix", "32", "--epochs", "1", "--warmup", "0", "--batch", "40"]
    arguments += [
        "--device",
        "cpu",
        "--view",
        "rotation",
        "-O",
        "hidden=16",
        "-O",
        "outputs=8",
    ]
    command = [sys.executable, "-m", "sciarada", "pretrain", *arguments, "-O", "stem=standard"]
    losses = []
    for name, how in (("one", ["--streams", "2"]), ("two", ["--devices", "2"])):
        out = tmp_path / name
        done = subprocess.run(
            [*command, "--out", str(out), *how], capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("trained simclr on 40 cutouts") == 1
        losses.append(log_of(out)[0]["loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"batch": 64}, OptionError, "the set has 40 cutouts, fewer than one batch"),
        ({"warmup": 3}, OptionError, "a warm-up of 3 epochs"),
        ({"labels": "colour"}, OptionError, "colour is neither a column of the set nor a file"),
        ({"batch": 15, "devices": 2}, OptionError, "cannot be shared by 2 processes"),
        ({"name": "a/b"}, OptionError, "weights cannot be called 'a/b'"),
        ({"name": ".hidden"}, OptionError, "weights cannot be called '.hidden'"),
        ({"name": "configuration"}, OptionError, "weights cannot be called 'configuration'"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(cutouts, tmp_path, changes, error, sentence):
    with pytest.raises(error, match=sentence):
        run_pretrain([cutouts], tmp_path / "run", replace(SMALL, **changes))
    assert not (tmp_path / "run").exists()


def test_an_earlier_training_is_neither_replaced_nor_mixed(trained, cutouts):
    with pytest.raises(OutputError, match="go on with --resume"):
        run_pretrain([cutouts], trained, SMALL)
    with pytest.raises(OutputError, match="a training with different settings"):
        run_pretrain([cutouts], trained, replace(SMALL, learning_rate=0.5), resume=True)


@pytest.mark.parametrize("how", [{}, {"resume": True}, {"overwrite": True}])
def test_a_folder_that_is_no_training_is_left_alone(cutouts, tmp_path, how):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(OutputError, match="is not the folder of a training"):
        run_pretrain([cutouts], tmp_path, SMALL, **how)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.fixture(scope="module")
def labelled(cutouts, tmp_path_factory):
    path = tmp_path_factory.mktemp("labelled") / "set.fits"
    source = read_set(cutouts)
    labels = np.array(["even", "odd", ""])[np.arange(len(source)) % 3]
    write_cutouts(replace(source, labels=labels), path)
    return path


SUPERVISED = replace(
    SMALL,
    encoder="supervised",
    options=("stem=standard", "channels=asinh"),
    labels="label",
    epochs=1,
)


def test_an_encoder_can_be_taught(labelled, tmp_path):
    settings = replace(SUPERVISED, warmup=0, crop="source", simulated=True)
    card = run_pretrain([labelled], tmp_path / "run", settings)
    assert card.trained_on[0]["labels"] == ("even", "odd")
    assert card.crop == "source"
    assert card.trained_on[0]["placed"] == 40
    assert len(read_cover(tmp_path / "run" / "tiny.safetensors")) == 0  # of no real sky
    assert 0 <= log_of(tmp_path / "run")[0]["accuracy"] <= 1
    made = run_embed(
        [labelled], tmp_path / "f.fits", EmbedSettings(str(tmp_path / "run" / "tiny.safetensors"))
    )
    assert (made.count, made.dimension) == (40, 512)
    assert made.meta["crop"] == "source"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": None}, "name a column of the set with --labels"),
        ({"labels": "kind"}, "kind is neither a column of the set nor a file"),
        ({"options": ("classes=2", "channels=asinh")}, "give the encoder -O classes=3"),
    ],
)
def test_what_cannot_be_taught_is_one_sentence(cutouts, tmp_path, change, sentence):
    path = tmp_path / "set.fits"
    source = read_set(cutouts)
    labels = np.array(["a", "b", "c"])[np.arange(len(source)) % 3]
    write_cutouts(replace(source, labels=labels), path)
    with pytest.raises(OptionError, match=sentence):
        run_pretrain([path], tmp_path / "run", replace(SUPERVISED, **change))
    assert not (tmp_path / "run").exists()
