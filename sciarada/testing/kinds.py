"""Conformance checks of each kind of object that a plugin may offer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from sciarada.core.catalogue import SourceCatalogue
from sciarada.errors import CatalogueError, ImageError
from sciarada.hooks.detector_spec import DetectorSpec
from sciarada.hooks.protocols import Reader, Writer
from sciarada.hooks.specs import (
    AugmentationSpec,
    EncoderSpec,
    PluginSpec,
    ReaderSpec,
    TaskSpec,
    WeightsSpec,
    WriterSpec,
)
from sciarada.testing.detectors import detector_checks, threshold_checks
from sciarada.testing.estimators import task_checks
from sciarada.testing.morphologies import morphology_checks

TWO_SOURCES = {"source_id": [1, 2], "ra": [0.5, 359.5], "dec": [-40.0, 80.0]}
REFUSALS = {"image": ImageError, "table": CatalogueError}
Checks = Iterator[tuple[str, Callable[[], Any]]]


def checks_of_kind(spec: PluginSpec, built: Any) -> Checks:
    """Yield the checks of the object that a spec built."""
    match spec:
        case AugmentationSpec():
            yield from _augmentation_checks(spec, built)
        case WeightsSpec():
            yield from _weights_checks(spec, built)
        case ReaderSpec():
            yield from _reader_checks(spec, built)
        case WriterSpec():
            yield from _writer_checks(spec, built)
        case EncoderSpec(needs_weights=False):
            yield from _extractor_checks(spec, built)
        case TaskSpec(kind="detector"):
            yield from detector_checks(built)
            yield from threshold_checks(DetectorSpec.of(spec))
        case TaskSpec():
            yield from task_checks(spec.kind, built, spec.build)
        case _:
            yield from _CHECKS[spec.kind](built)


def _encoder_checks(encoder: Any) -> Checks:
    """Yield the checks of an encoder; torch is left alone unless there is one to check."""
    from sciarada.testing.encoders import encoder_checks

    yield from encoder_checks(encoder)


def _extractor_checks(spec: EncoderSpec, extractor: Any) -> Checks:
    """Yield the checks of a feature extractor; torch is left alone unless there is one to check."""
    from sciarada.testing.extractors import extractor_checks

    yield from extractor_checks(spec, extractor)


def _hub_checks(hub: Any) -> Checks:
    """Yield the checks of a hub; torch is left alone unless there is one to check."""
    from sciarada.testing.hubs import hub_checks

    yield from hub_checks(hub)


def _augmentation_checks(spec: AugmentationSpec, augmentation: Any) -> Checks:
    """Yield the checks of an augmentation; torch is left alone unless there is one to check."""
    from sciarada.testing.augmentations import augmentation_checks

    yield from augmentation_checks(spec.stage, augmentation)


def _weights_checks(spec: WeightsSpec, path: Any) -> Checks:
    """Yield the checks of weights; torch is left alone unless there are some to check."""
    from sciarada.testing.weights import weights_checks

    yield from weights_checks(spec, path)


def _reader_checks(spec: ReaderSpec, reader: Any) -> Checks:
    yield "has read(path)", lambda: _check_is(reader, Reader)
    refusal = REFUSALS[spec.content]
    name = f"refuses rubbish with {'an' if spec.content == 'image' else 'a'} {refusal.__name__}"
    yield name, lambda: _check_refusal(spec, reader, refusal)


def _check_refusal(spec: ReaderSpec, reader: Reader, refusal: type[Exception]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rubbish{spec.suffixes[0]}"
        path.write_bytes(b"\x00this is rubbish\xff\n")
        try:
            reader.read(path)
        except refusal:
            return
    raise AssertionError(f"it read a file that is not one of kind {spec.content}")


def _writer_checks(spec: WriterSpec, writer: Any) -> Checks:
    yield "has write(catalogue, path)", lambda: _check_is(writer, Writer)
    empty, two = SourceCatalogue.empty({}), SourceCatalogue.from_columns(TWO_SOURCES)
    yield "writes a catalogue without sources", lambda: _check_writing(spec, writer, empty)
    yield "writes a catalogue with null values", lambda: _check_writing(spec, writer, two, "two")


def _check_writing(
    spec: WriterSpec, writer: Writer, catalogue: SourceCatalogue, stem: str = "empty"
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{stem}{spec.suffixes[0]}"
        writer.write(catalogue, path)
        assert path.is_file(), f"it wrote no {path.name}"
        others = [each.name for each in Path(folder).iterdir() if each != path]
        assert not others, f"it also left {', '.join(sorted(others))}"


def _command_checks(command: Any) -> Checks:
    yield "is a click command", lambda: _check_is(command, click.Command)
    yield "has help", lambda: _check_is(command.help, str)
    yield "prints its help", lambda: command.get_help(click.Context(command, info_name="x"))


def _check_is(thing: Any, wanted: type) -> None:
    assert isinstance(thing, wanted), f"{thing!r} is not a {wanted.__name__}"


_CHECKS: dict[str, Callable[[Any], Checks]] = {
    "encoder": _encoder_checks,
    "hub": _hub_checks,
    "morphology": morphology_checks,
    "command": _command_checks,
}
