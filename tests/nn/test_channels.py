"""Channels against astropy, numpy and what must hold for every image."""

import numpy as np
import pytest
import torch
from astropy.stats import sigma_clipped_stats
from astropy.visualization import ZScaleInterval
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.hooks import SkyInfo
from sciarada.nn.channels.recipes import RECIPES
from sciarada.nn.channels.sky_level import sky_level_and_noise
from sciarada.nn.channels.stretches import equalised
from sciarada.nn.channels.valid import PixelRows, clipped_median_and_sigma
from sciarada.nn.channels.zscale import zscale_limits


def radio_images(number, side, seed):
    """Return images of noise with one bright, resolved source each, some pixels missing."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] - side / 2
    pixels = rng.normal(0, 1e-4, (number, side, side))
    for image in pixels:
        width, peak = rng.uniform(1.5, 6), 10 ** rng.uniform(-4, -1)
        image += peak * np.exp(-(x**2 + y**2) / 2 / width**2)
    pixels[rng.random(pixels.shape) < 0.02] = np.nan
    return pixels.astype(np.float32)


def rows_of(images):
    return PixelRows(torch.tensor(images).flatten(1))


@settings(max_examples=25)
@given(contrast=st.sampled_from([0.1, 0.25, 0.4, 1.0]), seed=st.integers(0, 10**6))
def test_zscale_limits_are_those_of_astropy(contrast, seed):
    for image in radio_images(2, 20, seed):
        values = image[np.isfinite(image)]
        # As many values as there are pixels, so that both see the same ones.
        padded = PixelRows(torch.tensor(np.sort(values))[None])
        ours = torch.cat(zscale_limits(padded, contrast, samples=10**6))[:, 0].numpy()
        theirs = ZScaleInterval(n_samples=10**6, contrast=contrast).get_limits(values)
        np.testing.assert_allclose(ours, theirs, rtol=0.02, atol=2e-6)


def test_zscale_of_a_sample_is_near_that_of_all():
    rows = rows_of(radio_images(6, 96, 1))
    some, whole = (torch.stack(zscale_limits(rows, 0.25, samples)) for samples in (600, 10**6))
    span = whole[1] - whole[0]
    assert ((some - whole).abs() < 0.05 * span).all()


@given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
def test_quantiles_are_numpy_s(seed, share):
    images = radio_images(4, 9, seed)
    found = rows_of(images).quantile(share)[:, 0].numpy()
    by_numpy = np.nanquantile(images.reshape(4, -1), share, axis=1)
    np.testing.assert_allclose(found, by_numpy, rtol=1e-4, atol=1e-9)


@given(seed=st.integers(0, 10**6))
def test_clipped_statistics_are_astropy_s(seed):
    images = radio_images(3, 16, seed)
    middle, sigma = (part[:, 0].numpy() for part in clipped_median_and_sigma(rows_of(images)))
    for image, ours in zip(images, zip(middle, sigma, strict=True), strict=True):
        values = image[np.isfinite(image)].astype(float)
        _, median, std = sigma_clipped_stats(values, sigma=3.0, maxiters=5)
        np.testing.assert_allclose(ours, (median, std), rtol=2e-3, atol=1e-8)


def test_equalised_pixels_are_shares_of_fainter_ones():
    values = torch.tensor([[3.0, torch.nan, 1.0, 2.0, 2.0]])
    assert equalised(PixelRows(values))[0].tolist() == pytest.approx([1.0, 0.0, 0.0, 1 / 3, 1 / 3])


@pytest.mark.parametrize("name", RECIPES)
@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-9, 1.0, 1e7]))
def test_channels_lie_between_0_and_1_whatever_the_unit(name, seed, scale):
    recipe, images = RECIPES[name], radio_images(3, 14, seed)
    channels = recipe(torch.tensor(images * np.float32(scale)))
    assert channels.shape == (3, len(recipe), 14, 14)
    assert channels.dtype == torch.float32
    assert channels.min() >= 0
    assert channels.max() <= 1
    if name != "emission3":  # where nothing is above the noise it shows nothing
        assert (channels.amax(dim=(2, 3)) > channels.amin(dim=(2, 3))).all()
    missing = torch.isnan(torch.tensor(images))[:, None].expand_as(channels)
    assert (channels[missing] == 0).all()
    torch.testing.assert_close(channels, recipe(torch.tensor(images)), atol=0.02, rtol=0)


@pytest.mark.parametrize("name", RECIPES)
def test_odd_images_are_defined(name):
    odd = torch.zeros(5, 12, 12)
    odd[0] = torch.nan
    odd[1] = 7.0
    odd[2, :, :6] = torch.nan
    odd[3, 4, 4] = 1.0
    odd[4] = torch.inf
    channels = RECIPES[name](odd)
    assert torch.isfinite(channels).all()
    for constant in (0, 1, 2, 4):
        assert (channels[constant] == 0).all()


@pytest.mark.parametrize("name", RECIPES)
def test_an_image_does_not_depend_on_the_others_of_its_batch(name):
    images = torch.tensor(radio_images(4, 16, 3))
    alone = torch.cat([RECIPES[name](image[None]) for image in images])
    torch.testing.assert_close(RECIPES[name](images), alone)


@pytest.mark.parametrize("name", RECIPES)
def test_brighter_pixels_are_never_darker(name):
    image = torch.tensor(radio_images(1, 24, 4))
    order = image.flatten().nan_to_num(-1).argsort()
    channels = RECIPES[name](image)[0].flatten(1)[:, order]
    missing = int(torch.isnan(image).sum())
    assert (channels[:, missing:].diff(dim=1) >= -1e-6).all()


def test_emission_is_what_stands_above_the_noise_and_nothing_else():
    y, x = np.mgrid[:64, :64] - 31.5
    source = np.exp(-(x**2 + y**2) / 2 / 3**2)
    noise = np.random.default_rng(3).normal(0, 0.01, (64, 64))
    linear, root, logarithm = RECIPES["emission3"](torch.tensor(source + noise)[None].float())[0]
    shown = linear > 0
    assert shown[np.hypot(x, y) < 6].all()
    assert shown[np.hypot(x, y) > 12].float().mean() < 0.01  # 3 sigma of normal noise: 0.0013
    np.testing.assert_allclose(linear[31:33, 31:33], source[31:33, 31:33], atol=0.05)
    np.testing.assert_allclose(root, linear.sqrt(), atol=1e-6)
    np.testing.assert_allclose(logarithm, torch.log1p(1000 * linear) / np.log(1001), atol=1e-6)


def test_emission_of_a_clipped_picture_is_all_that_the_clip_left():
    picture = torch.zeros(1, 16, 16)
    picture[0, 4:8, 4:8] = torch.arange(1.0, 17).view(4, 4)
    shown = RECIPES["emission3"](picture)[0, 0]
    np.testing.assert_allclose(shown, picture[0] / 16, atol=1e-6)


def sky(image, below=3.0):
    """Return level and noise by the definition, slowly."""
    side = max(2, len(image) // 16)
    inner = np.zeros(image.shape, bool)
    inner[side:-side, side:-side] = True
    whole, border = (values[np.isfinite(values)] for values in (image, image[~inner]))
    level = min(np.median(whole), np.median(border)) if len(border) else np.median(whole)
    fainter = whole[whole < level]
    return level, 1.4826 * np.median(level - fainter) if len(fainter) else 0.0


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), side=st.integers(8, 40))
def test_sky_level_and_noise_follow_their_definition(seed, side):
    images = radio_images(3, side, seed)
    rows = PixelRows(torch.tensor(images).flatten(1), width=side)
    found = torch.cat(sky_level_and_noise(rows), dim=1)
    np.testing.assert_allclose(found, [sky(image) for image in images], rtol=1e-5, atol=1e-9)


def test_noise_is_that_of_the_sky_round_a_source_that_reaches_the_border():
    y, x = np.mgrid[:64, :64] - 31.5
    noise = np.random.default_rng(5).normal(2.0, 0.5, (64, 64))
    disc = np.where(np.hypot(x, y) < 26, 40.0, 0.0)  # more than half of the image
    band = np.where(np.abs(x) < 8, 40.0, 0.0)  # from border to border
    for source in (0 * x, disc, band, disc + 40 * (x > 30)):
        image = torch.tensor((source + noise).astype(np.float32)).flatten()[None]
        level, sigma = sky_level_and_noise(PixelRows(image, width=64))
        assert level.item() == pytest.approx(2.0, abs=0.15)
        assert sigma.item() == pytest.approx(0.5, rel=0.25)


def pictures():
    """Return images of one kind each that other channels may show nothing of."""
    y, x = np.mgrid[:32, :32] - 15.5
    r, generator = np.hypot(x, y), np.random.default_rng(8)
    noise = generator.normal(0, 1, (32, 32))
    return {
        "point": 50 * np.exp(-(r**2) / 8) + noise,
        "filled": 30 + 10 * np.sin(x / 3) + noise,
        "gradient": 100.0 - r - x,
        "sky": noise,
        "saturated": np.clip(300 * np.exp(-(r**2) / 200), 0, 255).round(),
        "clipped": np.clip(20 * np.exp(-(r**2) / 50) + noise - 3, 0, None),
    }


@pytest.mark.parametrize("kind", pictures())
def test_every_channel_of_sky3_shows_something_of_every_image(kind):
    shown = RECIPES["sky3"](torch.tensor(pictures()[kind][None].astype(np.float32)))[0]
    assert (shown.flatten(1).std(dim=1) > 0.03).all()
    assert torch.unique(shown[0]).numel() > 20


def test_sky3_leaves_out_the_noise_in_two_channels_and_keeps_it_in_one():
    linear, root, everything = RECIPES["sky3"](torch.tensor(pictures()["point"][None]).float())[0]
    assert (linear[:8] > 0).float().mean() < 0.02
    np.testing.assert_allclose(root, linear.sqrt(), atol=1e-6)
    assert everything[:8].std() > 0.05


def test_known_sky_shows_a_source_that_fills_the_image_from_its_foot():
    source = 5.0 + torch.arange(16.0)[None, :, None].expand(2, 16, 16)  # no sky in it
    level, noise = torch.tensor([0.0, torch.nan]), torch.tensor([1.0, 1.0])
    sky = SkyInfo(level, level, level, noise)
    known, unknown = RECIPES["sky3"](source, sky)
    np.testing.assert_allclose(known[0], (source[0] - 3) / (20 - 3), atol=1e-6)
    assert (unknown == RECIPES["sky3"](source)[1]).all()  # what is unknown is estimated
    assert (unknown[0] == 0).any()


def test_only_channels_that_use_the_sky_depend_on_it():
    images = torch.tensor(radio_images(2, 16, 1))
    sky = SkyInfo(*(torch.ones(2) for _ in range(4)))
    for name, recipe in RECIPES.items():
        assert torch.equal(recipe(images), recipe(images, sky)) != recipe.uses_sky, name
