"""The conformance kit on everything but detectors: who passes, and who fails which check."""

from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
from sciarada_simclr import SimCLROptions

from sciarada.core.model_card import ModelCard
from sciarada.errors import CatalogueError, ImageError
from sciarada.hooks import (
    CommandSpec,
    ReaderSpec,
    WeightsSpec,
    WriterSpec,
)
from sciarada.hooks.manager import PluginManager
from sciarada.io.weights import read_weights, write_weights
from sciarada.nn.trained import backbone_state
from sciarada.testing import conformance

REFUSING = "refuses rubbish with an ImageError"
WRITING = "writes a catalogue without sources"
DIGEST = "is a file with the SHA-256 that it declares"
CARD = "has a card of the encoder that it declares"
TELLING = "has a card that leaves nothing out"
FEATURES = "makes finite features of any pixels"


def failures(cls, built, **more) -> dict[str, str]:
    spec = cls(name="x", summary="An x", factory=lambda: built, **more)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


class Reader:
    def __init__(self, error=ImageError):
        self.error = error

    def read(self, path):
        if self.error:
            raise self.error(f"{path} is not an image")


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has read(path)", "is not a Reader"),
        (Reader(OSError), REFUSING, "OSError"),
        (Reader(None), REFUSING, "it read a file that is not one of kind image"),
    ],
)
def test_readers(built, name, detail):
    assert failures(ReaderSpec, Reader(), suffixes=(".h5",)) == {}
    assert detail in failures(ReaderSpec, built, suffixes=(".h5",))[name]


def test_readers_of_tables():
    how = {"suffixes": (".json",), "content": "table"}
    assert failures(ReaderSpec, Reader(CatalogueError), **how) == {}
    refusing = "refuses rubbish with a CatalogueError"
    assert "ImageError" in failures(ReaderSpec, Reader(ImageError), **how)[refusing]
    said = failures(ReaderSpec, Reader(None), **how)[refusing]
    assert said == "it read a file that is not one of kind table"


class Writer:
    def __init__(self, text="{}"):
        self.text = text

    def write(self, catalogue, path):
        if self.text:
            path.write_text(self.text)


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "has write(catalogue, path)", "is not a Writer"),
        (Writer(""), WRITING, "it wrote no empty.json"),
    ],
)
def test_writers(built, name, detail):
    assert failures(WriterSpec, Writer(), suffixes=(".json",)) == {}
    assert detail in failures(WriterSpec, built, suffixes=(".json",))[name]


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "is a click command", "is not a Command"),
        (click.Command("x"), "has help", "None is not a str"),
    ],
)
def test_commands(built, name, detail):
    assert failures(CommandSpec, click.Command("x", help="Do it.")) == {}
    assert detail in failures(CommandSpec, built)[name]


TOLD = {
    "trained_on": ({"cutouts": 3, "hash": "0", "licence": "CC0-1.0"},),
    "recipe": {"epochs": 1},
    "command": "sciarada pretrain set.fits",
    "machine": "1 x CPU",
    "hours": 0.1,
    "metrics": ({"measure": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6, "data": "noise"},),
    "versions": {"sciarada": "1"},
    "licence": "BSD-3-Clause",
    "created": "2026-01-01",
}


def weights_file(path, **changes):
    """Write an encoder that has learned nothing; return its SHA-256."""
    options = {"backbone": "resnet18", "stem": "standard", "hidden": 8, "outputs": 4}
    encoder = PluginManager.discover().find("encoder", "simclr").build(SimCLROptions(**options))
    card = ModelCard("tiny", "1", "simclr", options, 32, 512, "", **TOLD | changes)
    return write_weights(backbone_state(encoder), card, path).sha256


def test_weights(tmp_path):
    path = tmp_path / "w.safetensors"
    right = {"encoder": "simclr", "sha256": weights_file(path)}
    assert failures(WeightsSpec, path, **right) == {}
    found = failures(WeightsSpec, path, encoder="byol", sha256="0" * 64)
    assert found[DIGEST].startswith("the file has")
    assert found[CARD] == "it is of 'simclr'"
    assert "not a Path" in failures(WeightsSpec, str(path), **right)[DIGEST]
    assert "FileNotFoundError" in failures(WeightsSpec, Path("nowhere"), **right)[DIGEST]


def test_weights_of_another_kind_than_declared(tmp_path):
    path = tmp_path / "w.safetensors"
    right = {"encoder": "simclr", "sha256": weights_file(path)}
    found = failures(WeightsSpec, path, **right, model_kind="detector")
    assert found == {CARD: "its kind is encoder, not detector"}


def test_weights_whose_card_leaves_something_out(tmp_path):
    path = tmp_path / "w.safetensors"
    digest = weights_file(path, licence="", trained_on=({"cutouts": 3, "licence": "CC0-1.0"},))
    found = failures(WeightsSpec, path, encoder="simclr", sha256=digest)
    assert found == {TELLING: "it does not tell licence, hash of trained_on 0"}


def test_weights_whose_card_tells_of_another_encoder(tmp_path):
    path = tmp_path / "w.safetensors"
    weights_file(path)
    tensors, card = read_weights(path)
    digest = write_weights(tensors, replace(card, dimension=7), path, overwrite=True).sha256
    found = failures(WeightsSpec, path, encoder="simclr", sha256=digest)
    assert "states 7 numbers per cutout, but its encoder makes 512" in found[FEATURES]


def test_weights_that_make_no_numbers(tmp_path):
    path = tmp_path / "w.safetensors"
    weights_file(path)
    tensors, card = read_weights(path)
    spoilt = {**tensors, "body.bn1.weight": np.full_like(tensors["body.bn1.weight"], np.nan)}
    digest = write_weights(spoilt, card, path, overwrite=True).sha256
    found = failures(WeightsSpec, path, encoder="simclr", sha256=digest)
    assert "weights that are not finite numbers" in found[FEATURES]
    assert set(found) == {FEATURES}
