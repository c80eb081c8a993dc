"""Counts of cutouts that cannot be told apart, and where they are said."""

import json

import numpy as np
import pytest
import torch
from astropy.io import fits
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sciarada.cli.main import main
from sciarada.io.embeddings import read_embeddings
from sciarada.io.weights import read_card
from sciarada.nn.indistinct import IndistinctCount, indistinct_sentence, is_constant


@given(values=st.lists(st.integers(0, 5), max_size=30), cut=st.integers(0, 30))
def test_counts_are_those_of_comparing_all_pairs(values, cut):
    vectors = np.array(values, np.float32).reshape(-1, 1) * [[1.0, -0.5]]
    constant = np.array([value > 3 for value in values], bool)
    count = IndistinctCount()
    for part in (slice(cut), slice(cut, None)):
        count.add(constant[part], vectors[part])
    assert count.record() == {
        "cutouts": len(values),
        "constant_channels": sum(value > 3 for value in values),
        "coinciding_vectors": sum(values.count(value) > 1 for value in values),
    }


def test_zeros_of_both_signs_coincide():
    count = IndistinctCount()
    count.add(np.zeros(2, bool), np.array([[0.0, 1.0], [-0.0, 1.0]], np.float32))
    assert count.coinciding == 2


def test_all_channels_must_be_constant():
    images = torch.zeros(3, 2, 4, 4)
    images[1, 0, 2, 2] = 1
    images[2, 1] = 7
    assert is_constant(images).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("constant", "coinciding", "sentence"),
    [
        (0, 0, ""),
        (1, 0, "of 9 cutouts, 1 has constant channels, in which the encoder sees nothing"),
        (0, 4, "of 9 cutouts, 4 have the same vector as another cutout"),
        (3, 4, "3 have constant channels, in which the encoder sees nothing, and 4 have the same"),
    ],
)
def test_the_sentence(constant, coinciding, sentence):
    counts = {"cutouts": 9, "constant_channels": constant, "coinciding_vectors": coinciding}
    made = indistinct_sentence(counts)
    assert sentence in made
    assert bool(made) == bool(sentence)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Four blank cutouts, two of a kind, and six different ones, in two classes."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:32, :32] - 15.5
    different = [
        60 * np.exp(-(x**2 + y**2) / width**2) + rng.normal(size=x.shape) for width in range(2, 9)
    ]
    stack = [np.full((32, 32), value) for value in (1, 1, 2, 3)]
    stack += [different[0], *different]
    for number, pixels in enumerate(stack):
        kind = folder / ("odd" if number % 2 else "even")
        kind.mkdir(exist_ok=True)
        fits.writeto(kind / f"{number}.fits", pixels.astype(np.float32))
    return folder


SAID = (
    "of 12 cutouts, 4 have constant channels, in which the encoder sees nothing, and 6 have the "
    "same vector as another cutout"
)
COUNTS = {"cutouts": 12, "constant_channels": 4, "coinciding_vectors": 6}


def test_embed_says_so(pictures, tmp_path):
    path = tmp_path / "features.fits"
    ran = CliRunner().invoke(main, ["embed", str(pictures), "-o", str(path)])
    assert ran.exit_code == 0, ran.output
    assert SAID in ran.stderr
    assert read_embeddings(path).meta["counts"] == COUNTS


def test_probe_says_so(pictures, tmp_path):
    out = tmp_path / "probe"
    command = ["probe", str(pictures), "--labels", "label", "--kind", "knn", "--folds", "2"]
    ran = CliRunner().invoke(main, [*command, "--allow-leakage", "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    assert f"simclr-32: {SAID}" in ran.stderr
    record = json.loads((out / "run.json").read_text())
    assert any(SAID in warning for warning in record["warnings"])
    assert record["contenders"]["simclr-32"]["indistinct"] == COUNTS


def test_pretrain_says_so(pictures, tmp_path):
    out = tmp_path / "run"
    how = ["--epochs", "1", "--warmup", "0", "--batch", "6", "--npix", "32", "--device", "cpu"]
    ran = CliRunner().invoke(main, ["pretrain", str(pictures), *how, "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    assert f"in a sample of the training set, {SAID}" in ran.stderr
    assert read_card(out / "encoder.safetensors").trained_on[0]["indistinct"] == COUNTS
