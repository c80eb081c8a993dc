"""Conformance checks of trained weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sciarada.core.model_card import ModelCard
from sciarada.hooks.specs import WeightsSpec
from sciarada.io.weights import read_card
from sciarada.nn.trained import load_encoder
from sciarada.testing.encoders import pixels_of

TOLD = ("trained_on", "recipe", "command", "machine", "hours", "metrics", "versions", "licence")
TOLD_OF_SETS = ("cutouts", "hash", "licence")
TOLD_OF_METRICS = ("measure", "value", "low", "high", "data")


def weights_checks(spec: WeightsSpec, path: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks."""
    yield "is a file with the SHA-256 that it declares", lambda: _check_digest(spec, path)
    yield "has a card of the encoder that it declares", lambda: _check_card(spec, path)
    yield "has a card that leaves nothing out", lambda: _check_told(path)
    if spec.model_kind == "encoder":
        yield "makes finite features of any pixels", lambda: _check_features(path)


def left_out(card: ModelCard) -> list[str]:
    """Return the required entries that a card lacks."""
    lists = (("trained_on", TOLD_OF_SETS), ("metrics", TOLD_OF_METRICS))
    return [name for name in (*TOLD, "created") if not getattr(card, name)] + [
        f"{name} of {of} {each}"
        for of, names in lists
        for each, values in enumerate(getattr(card, of))
        for name in names
        if name not in values
    ]


def _check_digest(spec: WeightsSpec, path: Any) -> None:
    assert isinstance(path, Path), f"the factory returned {path!r}, not a Path"
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    assert digest == spec.sha256, f"the file has {digest}"


def _check_card(spec: WeightsSpec, path: Path) -> None:
    card = read_card(path)
    assert card.encoder == spec.encoder, f"it is of {card.encoder!r}"
    assert card.kind == spec.model_kind, f"its kind is {card.kind}, not {spec.model_kind}"
    assert card.sha256 == spec.sha256, f"it is of a file with {card.sha256}"


def _check_told(path: Path) -> None:
    missing = left_out(read_card(path))
    assert not missing, f"it does not tell {', '.join(missing)}"


def _check_features(path: Path) -> str:
    encoder = load_encoder(str(path), device="cpu")
    pixels = pixels_of(side=encoder.card.npix).numpy()  # with missing ones, and a constant image
    features = encoder.features(pixels)
    shape, wanted = features.shape, (len(pixels), encoder.card.dimension)
    assert shape == wanted, f"they have the shape {shape}, not {wanted}"
    assert np.isfinite(features).all(), "one is not finite"
    return f"{wanted[1]} numbers"
