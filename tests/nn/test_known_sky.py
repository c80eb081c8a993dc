"""The sky around cutouts on its way to the channels of an encoder."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sciarada_simclr import SimCLROptions
from sciarada_simclr.pretrainer import SimCLR
from skies import sky_image

from sciarada.core.model_card import ModelCard
from sciarada.cutouts import surroundings
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.hooks import SkyInfo
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.embedding import embed
from sciarada.nn.sky import channels_of, level_reader, sky_reader
from sciarada.nn.trained import TrainedEncoder
from sciarada.nn.views.pipeline import ViewPipeline

ROWS = np.arange(5)


@pytest.fixture(scope="module")
def cutouts():
    generator = np.random.default_rng(2)
    pixels = generator.normal(0, 1, (128, 128)).astype(np.float32)
    x, y = generator.uniform(30, 98, (2, len(ROWS)))
    for cx, cy in zip(x, y, strict=True):
        pixels += 30 * np.exp(-np.sum((np.mgrid[:128, :128] - [[[cy]], [[cx]]]) ** 2, 0) / 800)
    image = sky_image(pixels)
    return CutoutSet.from_positions(image, *image.pixel_to_sky(x, y), 32)


def encoder_with(channels):
    torch.manual_seed(1)
    made = SimCLR(SimCLROptions(stem="standard", channels=channels, hidden=8, outputs=8)).eval()
    card = ModelCard("m", "1", "simclr", {}, 32, 512, "0" * 64)
    return TrainedEncoder(made, card)


def test_each_row_is_measured_once(cutouts, monkeypatch):
    asked = []
    measure = surroundings.sky_around
    monkeypatch.setattr(
        "sciarada.nn.sky.sky_around",
        lambda source, rows, npix: asked.extend(source.ids.tolist()) or measure(source, rows, npix),
    )
    read = level_reader(cutouts, 32)
    first = read(np.array([3, 1]))
    again = read(np.array([1, 3, 3, 0]))
    assert asked == cutouts.ids[[1, 3, 0]].tolist()
    for before, after in zip(first, again, strict=True):
        assert torch.equal(after[[1, 0]], before)


def test_only_channels_that_use_the_sky_have_it_measured(cutouts, monkeypatch):
    monkeypatch.setattr("sciarada.nn.sky.sky_around", lambda *given: pytest.fail("measured"))
    sky = sky_reader(cutouts, 32, RECIPES["asinh"])(ROWS)
    assert sky.level is None
    np.testing.assert_allclose(sky.pixel_scale, 2.0, rtol=1e-3)
    embed(cutouts, encoder_with("emission3"))


def test_embeddings_use_the_sky_around_whatever_the_batch(cutouts):
    encoder = encoder_with("sky3")
    found = embed(cutouts, encoder).vectors
    pixels, sky = cutouts.pixels(npix=32), sky_reader(cutouts, 32, RECIPES["sky3"])(ROWS)
    images = channels_of(RECIPES["sky3"], torch.tensor(pixels), sky)
    np.testing.assert_allclose(found, encoder.features_of_images(images), rtol=1e-4, atol=1e-5)
    assert not np.allclose(found, encoder.features(pixels), rtol=1e-2)
    np.testing.assert_allclose(embed(cutouts, encoder, batch=2).vectors, found, atol=1e-4)


def test_emission_starts_at_three_sigma_of_the_image_where_a_source_fills_the_cutout():
    generator = np.random.default_rng(7)
    pixels = generator.normal(0, 1, (128, 128)).astype(np.float32)
    pixels[48:80, 48:80] = np.linspace(2, 30, 1024).reshape(32, 32)  # no sky in it
    image = sky_image(pixels)
    cutout = CutoutSet.from_positions(image, *image.pixel_to_sky([63.5], [63.5]), 32)
    sky = sky_reader(cutout, 32, RECIPES["sky3"])([0])
    shown = torch.tensor(cutout.pixels())
    for known, right in ((sky, True), (None, False)):
        seen = shown[RECIPES["sky3"](shown, known)[:, 0] > 0]
        assert (seen.min().item() == pytest.approx(3.0, rel=0.15)) == right


def test_workers_measure_the_same_sky(cutouts):
    alone = level_reader(cutouts, 24)(ROWS)
    with ThreadPoolExecutor(2) as executor:
        both = level_reader(cutouts, 24, executor)(np.array([4, 2, 2, 0]))
    for one, other in zip(alone, both, strict=True):
        assert torch.equal(one[[4, 2, 2, 0]], other)


class Doubled:
    """A sky augmentation."""

    def apply(self, pixels, sky, generator):
        return 2 * pixels


def test_a_view_with_another_sky_has_its_own_level_and_noise(cutouts):
    pixels = torch.tensor(cutouts.pixels(npix=32))
    sky = sky_reader(cutouts, 32, RECIPES["sky3"])(ROWS)
    as_it_is = ViewPipeline(RECIPES["sky3"], 32)(pixels, sky)
    assert torch.equal(as_it_is, RECIPES["sky3"](pixels, sky))
    doubled = ViewPipeline(RECIPES["sky3"], 32, sky=(Doubled(),))(pixels, sky)
    assert torch.equal(doubled, RECIPES["sky3"](2 * pixels))


def test_the_sky_of_some_cutouts_and_on_a_device():
    sky = SkyInfo(*torch.arange(12.0).view(4, 3))
    assert [part.tolist() for part in sky.of(torch.tensor([2]))] == [[2], [5], [8], [11]]
    known = SkyInfo(torch.ones(3), torch.ones(3)).of(slice(1)).to("cpu")
    assert (len(known.pixel_scale), known.level) == (1, None)
