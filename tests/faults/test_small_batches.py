"""Every augmentation, recipe of channels and encoder takes a batch of no cutout and of one."""

import dataclasses

import numpy as np
import pytest
import torch
from sciarada_rsv.descriptors import DIMENSION, descriptors

from sciarada.hooks import SkyInfo
from sciarada.hooks.manager import PluginManager
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.views.building import build_views
from sciarada.nn.views.geometry import resample
from sciarada.testing.cutouts import ArrayCutouts

SIDE = 32
MANAGER = PluginManager.discover()
NUMBERS = pytest.mark.parametrize("number", [0, 1])


def offered(*stages):
    return [
        pytest.param(spec, id=f"{spec.owner}-{spec.name}")
        for spec in MANAGER.offered("augmentation")
        if spec.stage in stages
    ]


def built(spec, probability):
    """Return an augmentation that changes all cutouts, or none."""
    options = spec.options() if spec.options else None
    if hasattr(options, "probability"):
        options = dataclasses.replace(options, probability=probability)
    return spec.build(options)


def chance():
    return torch.Generator().manual_seed(3)


def noise(number, side=SIDE):
    return torch.randn(number, side, side, generator=chance())


@NUMBERS
@pytest.mark.parametrize("probability", [0.0, 1.0])
@pytest.mark.parametrize("spec", offered("sky"))
def test_views_of_the_sky(spec, probability, number):
    pixels = noise(number)
    view = built(spec, probability).apply(pixels, SkyInfo.unknown(pixels), chance())
    assert view.shape == pixels.shape
    assert view.dtype == torch.float32
    assert probability or torch.equal(view, pixels)


@NUMBERS
@pytest.mark.parametrize("spec", offered("geometry"))
def test_views_of_other_places(spec, number):
    matrices = built(spec, 1.0).matrices(number, chance())
    assert matrices.shape == (number, 2, 3)


@NUMBERS
@pytest.mark.parametrize("probability", [0.0, 1.0])
@pytest.mark.parametrize("spec", offered("channels"))
def test_views_of_channels(spec, probability, number):
    images = torch.rand(number, 2, SIDE, SIDE, generator=chance())
    view = built(spec, probability).apply(images, chance())
    assert view.shape == images.shape
    assert probability or torch.equal(view, images)


@NUMBERS
@pytest.mark.parametrize("side", [SIDE, 100])
@pytest.mark.parametrize("spec", offered("partner"))
def test_partners(spec, side, number):
    partner = built(spec, 1.0)
    table = partner.prepare(ArrayCutouts(noise(number, side).numpy()))
    assert len(table) == number
    rows = partner.partners(torch.arange(number), torch.as_tensor(table), chance())
    np.testing.assert_array_equal(rows, np.arange(number))


@NUMBERS
def test_descriptors(number):
    assert descriptors(noise(number)).shape == (number, DIMENSION)


@NUMBERS
@pytest.mark.parametrize("recipe", RECIPES)
def test_channels(recipe, number):
    images = RECIPES[recipe](noise(number))
    assert images.shape == (number, len(RECIPES[recipe]), SIDE, SIDE)
    assert torch.isfinite(images).all()


@NUMBERS
@pytest.mark.parametrize("npix", [16, SIDE, 40])
@pytest.mark.parametrize("outside", ["reflect", "missing"])
@pytest.mark.parametrize("chosen", [(), ("beam", "beam_noise:probability=0", "rotation", "blur")])
def test_pipelines_of_views(chosen, outside, npix, number):
    channels = RECIPES["sclip3"]
    pipeline = build_views(chosen, channels, npix, MANAGER, outside).pipeline
    view = pipeline(noise(number), None, chance())
    assert view.shape == (number, len(channels), npix, npix)
    assert torch.isfinite(view).all()


def test_no_image_is_resampled():
    assert resample(noise(0), torch.zeros(0, 2, 3), 20).shape == (0, 20, 20)


def encoders(*, needs_weights):
    specs = [spec for spec in MANAGER.offered("encoder") if spec.needs_weights is needs_weights]
    return pytest.mark.parametrize("spec", specs, ids=lambda spec: spec.name)


@NUMBERS
@encoders(needs_weights=False)
def test_features_without_weights(spec, number):
    extractor = spec.build(spec.options())
    features = extractor.features(noise(number, extractor.npix).numpy())
    assert features.shape == (number, len(extractor.columns))
    assert np.isfinite(features).all()


@NUMBERS
@encoders(needs_weights=True)
def test_encoders(spec, number):
    encoder = spec.build(spec.options()).eval()
    with torch.no_grad():
        features = encoder.backbone(encoder.channels(noise(number)))
    assert features.shape == (number, encoder.backbone.dimension)
    assert torch.isfinite(features).all()


@encoders(needs_weights=True)
def test_losses_of_one_cutout(spec):
    encoder = spec.build(spec.options()).train()
    labels = [torch.zeros(1, dtype=torch.int64)] if getattr(encoder, "labelled", False) else []
    losses = encoder.loss([encoder.channels(noise(1)) for _ in range(encoder.views)] + labels)
    losses.total.backward()
    assert torch.isfinite(losses.total)
