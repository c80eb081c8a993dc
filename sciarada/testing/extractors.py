"""Conformance checks of feature extractors: encoders without weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sciarada.core.model_card import CROPS
from sciarada.hooks.protocols import FeatureColumn, FeatureExtractor
from sciarada.hooks.specs import EncoderSpec
from sciarada.nn.extractor_module import ExtractorModule
from sciarada.testing.encoders import feature_checks


def extractor_checks(spec: EncoderSpec, extractor: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks.

    Parameters
    ----------
    spec : EncoderSpec
        Its declaration.
    extractor : object
        What the factory made.
    """
    yield "names and explains each feature", lambda: _check_columns(extractor)
    yield "states its cutouts and its version", lambda: _check_facts(extractor)
    yield from feature_checks(ExtractorModule(extractor, spec))


def _check_columns(extractor: FeatureExtractor) -> str:
    assert extractor.columns, "there is none"
    for column in extractor.columns:
        assert isinstance(column, FeatureColumn), f"{column!r} is not a FeatureColumn"
        assert column.meaning.strip(), f"{column.name} has no meaning"
        assert column.meaning.isprintable(), f"the meaning of {column.name} has several lines"
    names = [column.name for column in extractor.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"two are called {', '.join(twice)}"
    return f"{len(names)} features"


def _check_facts(extractor: FeatureExtractor) -> None:
    npix, version = extractor.npix, extractor.version
    assert isinstance(npix, int), f"npix is {npix!r}"
    assert npix > 0, f"npix is {npix}"
    assert extractor.crop in CROPS, f"crop is {extractor.crop!r}"
    assert isinstance(version, str), f"version is {version!r}"
    assert version, "version is empty"
