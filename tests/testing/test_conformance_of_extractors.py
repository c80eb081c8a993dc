"""The conformance kit on encoders without weights, and on blindness of any encoder."""

import numpy as np
import pytest
import torch
from torch import nn

from sciarada.hooks import EncoderSpec, FeatureColumn
from sciarada.nn.channels.recipes import RECIPES
from sciarada.testing import conformance
from sciarada.testing.encoders import different_sources

NAMES = "names and explains each feature"
FACTS = "states its cutouts and its version"
FEATURES = "makes finite features, one vector per image"
DIFFERENT = "tells different sources apart"
TWICE = (FeatureColumn("mean", "Mean"), FeatureColumn("mean", "Mean"))


class Moments:
    columns = (FeatureColumn("mean", "Mean"), FeatureColumn("spread", "Standard deviation"))
    npix, crop, version = 32, "whole", "1"

    def features(self, pixels):
        known = np.nan_to_num(pixels)
        return np.stack([known.mean(axis=(1, 2)), known.std(axis=(1, 2))], axis=1)


def failures(**changes) -> dict[str, str]:
    built = type("Changed", (Moments,), changes)
    spec = EncoderSpec(name="x", summary="An x", factory=built, needs_weights=False)
    return {check.name: check.detail for check in conformance(spec) if not check.passed}


def test_a_small_extractor_conforms():
    assert failures() == {}


@pytest.mark.parametrize(
    ("changes", "name", "detail"),
    [
        ({"columns": TWICE}, NAMES, "two are called mean"),
        ({"columns": ()}, NAMES, "there is none"),
        ({"columns": (("mean", "Mean"), TWICE[0])}, NAMES, "is not a FeatureColumn"),
        ({"columns": (FeatureColumn("mean", " "), TWICE[1])}, NAMES, "mean has no meaning"),
        ({"columns": (FeatureColumn("mean", "A\nB"), TWICE[1])}, NAMES, "several lines"),
        ({"npix": 0}, FACTS, "npix is 0"),
        ({"npix": "64"}, FACTS, "npix is '64'"),
        ({"crop": "square"}, FACTS, "crop is 'square'"),
        ({"version": 1}, FACTS, "version is 1"),
        ({"version": ""}, FACTS, "version is empty"),
        ({"features": lambda s, p: np.full((len(p), 2), np.nan)}, FEATURES, "one is not finite"),
        ({"features": lambda s, p: np.zeros((len(p), 2))}, DIFFERENT, "have the same features"),
    ],
)
def test_what_is_wrong_is_said(changes, name, detail):
    assert detail in failures(**changes)[name]


class Network(nn.Module):
    """Means and mean squares of the channels of a recipe."""

    def __init__(self, recipe):
        super().__init__()
        self.channels = RECIPES[recipe]
        self.backbone = nn.Module()
        self.backbone.channels, self.backbone.dimension = len(self.channels), 2 * len(self.channels)
        self.backbone.forward = lambda images: torch.cat(
            [images.mean(dim=(2, 3)), images.square().mean(dim=(2, 3))], dim=1
        )


def test_channels_that_show_nothing_of_extended_sources_are_found():
    def failed(recipe):
        spec = EncoderSpec(name="x", summary="An x", factory=lambda: Network(recipe))
        return [check.name for check in conformance(spec) if not check.passed]

    assert failed("emission3") == [DIFFERENT]
    assert failed("sclip3") == []


def test_the_sources_differ():
    sources = different_sources()
    assert len({source.numpy().tobytes() for source in sources.values()}) == len(sources)
