"""Conformance checks of hubs, and of the encoders that they load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sciarada.core.model_card import ModelCard
from sciarada.errors import WeightsError
from sciarada.hooks.protocols import Encoder, Hub
from sciarada.testing.encoders import feature_checks

Checks = Iterator[tuple[str, Callable[[], Any]]]
NOWHERE = "no such model"  # with spaces, so that no hub has to ask its network


def hub_checks(hub: Any) -> Checks:
    """Yield the checks of a hub; none of them fetches anything."""
    yield "has load(model)", lambda: _check_method(hub)
    yield "refuses a model that there is not with a WeightsError", lambda: _check_refusal(hub)


def loaded_checks(encoder: Encoder, card: ModelCard) -> Checks:
    """Yield the checks of an encoder that a hub loaded."""
    yield from feature_checks(encoder)
    yield "has a card of its features and numbers", lambda: _check_card(encoder, card)


def _check_method(hub: Any) -> None:
    assert isinstance(hub, Hub), f"{type(hub).__name__} has no load(model)"


def _check_refusal(hub: Hub) -> None:
    try:
        hub.load(NOWHERE)
    except WeightsError:
        return
    raise AssertionError(f"it loaded {NOWHERE!r}")


def _check_card(encoder: Encoder, card: ModelCard) -> None:
    assert isinstance(card, ModelCard), f"{type(card).__name__} is not a ModelCard"
    dimension = encoder.backbone.dimension
    assert card.dimension == dimension, f"it says {card.dimension} numbers, there are {dimension}"
    assert card.npix > 0, f"its cutouts have {card.npix} pixels"
    assert re.fullmatch("[0-9a-f]{64}", card.sha256), f"its hash is {card.sha256!r}"
