"""The conformance kit on hubs, and on the encoders that they make."""

import dataclasses

import pytest
import torch
from torch import nn

from sciarada.core.model_card import ModelCard
from sciarada.errors import WeightsError
from sciarada.hooks import HubSpec
from sciarada.testing import conformance
from sciarada.testing.hubs import loaded_checks

CARD = ModelCard("mean", "1", "means", {}, 16, 2, "0" * 64)


class Refusing:
    def load(self, model):
        raise WeightsError(f"there is no {model}")


class Making:
    def load(self, model):
        return nn.Identity(), CARD


class Failing:
    def load(self, model):
        return {}[model]


def failures(hub):
    spec = HubSpec(name="x", summary="An x", factory=hub)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


REFUSAL = "refuses a model that there is not with a WeightsError"


@pytest.mark.parametrize(
    ("hub", "name", "detail"),
    [
        (object, "has load(model)", "object has no load(model)"),
        (Making, REFUSAL, "it loaded 'no such model'"),
        (Failing, REFUSAL, "KeyError"),
    ],
)
def test_hubs(hub, name, detail):
    assert failures(Refusing) == {}
    assert detail in failures(hub)[name]


class Spread(nn.Module):
    channels, dimension = 1, 2

    def forward(self, images):
        return torch.cat([images.amin(dim=(2, 3)), images.amax(dim=(2, 3))], dim=1)


class SpreadEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Spread()

    def channels(self, pixels):
        return pixels.nan_to_num()[:, None]


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"dimension": 3}, "it says 3 numbers, there are 2"),
        ({"npix": 0}, "its cutouts have 0 pixels"),
        ({"sha256": ""}, "its hash is ''"),
    ],
)
def test_cards(changes, detail):
    for _, check in loaded_checks(SpreadEncoder(), CARD):
        check()
    *_, (name, check) = loaded_checks(SpreadEncoder(), dataclasses.replace(CARD, **changes))
    assert name == "has a card of its features and numbers"
    with pytest.raises(AssertionError, match=detail):
        check()
