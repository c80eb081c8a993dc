"""The conformance kit on everything that is no detector: who passes, and who fails which check."""

from pathlib import Path

import click
import pytest

from sciarada.core.errors import ImageError
from sciarada.hooks import (
    CommandSpec,
    ReaderSpec,
    TaskSpec,
    WeightsSpec,
    WriterSpec,
)
from sciarada.testing import conformance

REFUSING = "refuses rubbish with an ImageError"
SUFFIXES = "has suffixes with a dot"
WRITING = "writes a catalogue without sources"
DIGEST = "is a file with the SHA-256 that it declares"


def failures(cls, built, **more) -> dict[str, str]:
    spec = cls(name="x", summary="An x", factory=lambda: built, **more)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


class Reader:
    def __init__(self, error=ImageError):
        self.error = error

    def read(self, path):
        if self.error:
            raise self.error(f"{path} is no image")


@pytest.mark.parametrize(
    ("built", "suffixes", "name", "detail"),
    [
        (object(), (".h5",), "has read(path)", "is no Reader"),
        (Reader(OSError), (".h5",), REFUSING, "OSError"),
        (Reader(None), (".h5",), REFUSING, "it read a file that is no image"),
        (Reader(), (), SUFFIXES, "it has none"),
        (Reader(), (".h5", "hdf"), SUFFIXES, "'hdf'"),
    ],
)
def test_readers(built, suffixes, name, detail):
    assert failures(ReaderSpec, Reader(), suffixes=(".h5",)) == {}
    assert detail in failures(ReaderSpec, built, suffixes=suffixes)[name]


class Writer:
    def __init__(self, text="{}"):
        self.text = text

    def write(self, catalogue, path):
        if self.text:
            path.write_text(self.text)


@pytest.mark.parametrize(
    ("built", "suffixes", "name", "detail"),
    [
        (object(), (".json",), "has write(catalogue, path)", "is no Writer"),
        (Writer(""), (".json",), WRITING, "it wrote no empty.json"),
        (Writer(), ("json",), SUFFIXES, "'json'"),
    ],
)
def test_writers(built, suffixes, name, detail):
    assert failures(WriterSpec, Writer(), suffixes=(".json",)) == {}
    assert detail in failures(WriterSpec, built, suffixes=suffixes)[name]


@pytest.mark.parametrize(
    ("built", "name", "detail"),
    [
        (object(), "is a click command", "is no Command"),
        (click.Command("x"), "has help", "None is no str"),
    ],
)
def test_commands(built, name, detail):
    assert failures(CommandSpec, click.Command("x", help="Do it.")) == {}
    assert detail in failures(CommandSpec, built)[name]


def test_weights(tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"abc")
    right = {
        "encoder": "e",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }
    assert failures(WeightsSpec, path, **right) == {}
    wrong = right | {"sha256": "0" * 64}
    assert "the file has ba7816bf" in failures(WeightsSpec, path, **wrong)[DIGEST]
    assert "not a Path" in failures(WeightsSpec, str(path), **right)[DIGEST]
    assert "FileNotFoundError" in failures(WeightsSpec, Path("nowhere"), **right)[DIGEST]


def test_a_kind_of_task_that_is_not_known_is_checked_as_far_as_it_can_be():
    assert failures(TaskSpec, object(), kind="oddity") == {}
