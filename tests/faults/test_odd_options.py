"""Options with values that nobody means end a command in one sentence that says what to change."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from sciarada.cli.main import main


def refusal(*arguments):
    """Return the sentence with which a command refuses."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 2, (result.exit_code, result.output, result.exception)
    (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("sciarada: ")]
    return sentence


@pytest.fixture
def training(tmp_path, monkeypatch):
    """Return the arguments of a short training on pictures of noise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    random = np.random.default_rng(1)
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        pixels = random.integers(0, 255, (16, 16), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{number}.png")
    small = ("--option", "backbone=regnet_y_400mf", "--option", "hidden=8", "--option", "outputs=4")
    steps = ("--npix", "16", "--epochs", "1", "--batch", "6", "--warmup", "0", "--view", "flip")
    return ("pretrain", "pictures", *small, *steps, "--out", "out")


def test_a_training_that_diverges_writes_no_weights(training, tmp_path):
    sentence = refusal(*training, "--learning-rate", "999999999999")
    assert "no longer finite" in sentence
    assert "--learning-rate" in sentence
    assert not list(tmp_path.rglob("*.safetensors"))


def test_several_nodes_without_a_launcher_do_not_wait_for_each_other(training):
    sentence = refusal(*training, "--nodes", "3")
    assert "torchrun or srun" in sentence
    assert "--nodes" in sentence


@pytest.mark.parametrize(("name", "told"), [("\t", r"\t"), ("a\x1b[2Jb", r"a\x1b[2Jb")])
def test_control_characters_of_names_are_escaped(tmp_path, name, told):
    sentence = refusal("info", tmp_path / name)
    assert f"{tmp_path}/{told} " in sentence


@pytest.mark.parametrize(
    "command", [("detect", "image.fits"), ("simulate",), ("evaluate", "a.csv", "--truth", "b.csv")]
)
def test_a_name_that_is_too_long_is_told(tmp_path, monkeypatch, write_image, command):
    monkeypatch.chdir(tmp_path)
    write_image()
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("ra,dec,total_flux\n1,2,3\n")
    assert "File name too long" in refusal(*command, "--out", "x" * 3000)


def test_more_workers_than_any_machine_runs_are_refused():
    result = CliRunner().invoke(main, ["simulate", "--workers", "999999999999"])
    assert result.exit_code == 2
    assert "--workers" in result.output


def test_tiles_that_are_mostly_margins_are_refused(tmp_path, write_image):
    sentence = refusal("detect", write_image(), "--out", tmp_path / "out", "--tile", "1")
    assert "--tile 16 or more, or --tile 0" in sentence


def test_a_scale_beyond_all_bounds_is_wider_than_the_image(tmp_path, write_image):
    arguments = ["detect", write_image(), "--out", tmp_path / "out", "--scale", "1e308"]
    result = CliRunner().invoke(main, [*map(str, arguments), "--workers", "1"])
    assert result.exit_code == 0, result.output


def test_a_device_is_refused_without_the_words_of_torch(training):
    sentence = refusal("embed", "pictures", "-w", "simclr-32", "--out", "v.fits", "--device", "x")
    told = "sciarada: the device 'x' is unavailable on this machine: give --device cpu or"
    assert sentence == f"{told} --device auto"


def test_long_values_are_cut_in_their_middle(tmp_path, training):
    path = tmp_path / "labels.csv"
    names = ["round"] * 6 + ["x" * 3000] + ["long"] * 5
    lines = [f"{number},{name}" for number, name in enumerate(names)]
    path.write_text("\n".join(["cutout_id,label", *lines]))
    weights = ("-w", "simclr-32", "--kind", "knn", "--folds", "2")
    sentence = refusal("probe", "pictures", "--labels", path, *weights, "--out", "scores")
    assert f"the class '{'x' * 80} ... {'x' * 80}' has 1 cutout(s)" in sentence


def test_a_noise_that_no_survey_has_is_that_of_the_image(tmp_path, write_image):
    random = np.random.default_rng(1)
    path = write_image((random.normal(0, 1e-36, (64, 64))).astype(">f8"))
    sentence = refusal("simulate", "--out", tmp_path / "out", "--into", path, "--number", "2")
    assert "image.fits has a noise of 1" in sentence
    assert "BUNIT" in sentence


def test_an_option_that_no_survey_has_is_not_blamed_on_the_image(tmp_path, write_image):
    path = write_image()
    sentence = refusal(
        "simulate",
        "--out",
        tmp_path / "out",
        "--into",
        path,
        "--number",
        "2",
        "--option",
        "noise.rms=-1",
    )
    assert "noise.rms" in sentence
    assert "image.fits" not in sentence
