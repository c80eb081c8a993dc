"""Geometry against scipy, one step at a time."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import affine_transform, gaussian_filter

from sciarada.nn.views.geometry import compose, resample

SIDE = 40


def smooth(seed, number=1, side=SIDE, width=2.5):
    """Return smooth random images."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((number, side, side))
    return gaussian_filter(white, (0, width, width)).astype(np.float32)


def matrices(number, seed, reach=0.4, scales=(0.6, 1.3)):
    """Return turns with scales, mirrorings and offsets."""
    rng = np.random.default_rng(seed)
    angle, scale = rng.uniform(0, 2 * math.pi, number), rng.uniform(*scales, number)
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = linear.transpose(2, 0, 1) * scale[:, None, None]
    linear[:, 0] *= rng.choice([-1, 1], number)[:, None]
    offset = rng.uniform(-reach, reach, (number, 2, 1))
    return torch.tensor(np.concatenate([linear, offset], axis=2), dtype=torch.float32)


def by_scipy(image, matrix, npix=SIDE, mode="reflect"):
    """Do the same in pixels [y, x] about the middles."""
    linear = matrix[::-1, :2][:, ::-1] * (image.shape[0] / npix)
    middle, new = (len(image) - 1) / 2, (npix - 1) / 2
    offset = middle + matrix[::-1, 2] * len(image) / 2 - linear @ np.full(2, new)
    return affine_transform(image, linear, offset, (npix, npix), order=1, mode=mode, cval=0.0)


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_each_image_is_what_scipy_makes_of_it(seed):
    images, changes = smooth(seed, 3), matrices(3, seed)
    found = resample(torch.tensor(images), changes, SIDE).numpy()
    for image, change, ours in zip(images, changes.double().numpy(), found, strict=True):
        np.testing.assert_allclose(ours, by_scipy(image, change), atol=2e-4)


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_missing_pixels_have_no_weight(seed):
    image, change = smooth(seed)[0], matrices(1, seed)
    image[np.random.default_rng(seed).random(image.shape) < 0.1] = np.nan
    image[:7] = np.nan
    ours = resample(torch.tensor(image)[None], change, SIDE)[0].numpy()
    valid, matrix = np.isfinite(image), change[0].double().numpy()
    cover = by_scipy(valid.astype(float), matrix)
    clear = np.abs(cover - 0.5) > 1e-3
    np.testing.assert_array_equal(np.isnan(ours)[clear], (cover < 0.5)[clear])
    there = clear & (cover > 0.5)
    expected = by_scipy(np.where(valid, image, 0).astype(float), matrix)[there] / cover[there]
    np.testing.assert_allclose(ours[there], expected, atol=5e-4)


def test_a_constant_stays_that_constant_up_to_its_border():
    image = torch.full((1, SIDE, SIDE), 3.7)
    image[0, 10:14, 5:30] = torch.nan
    for outside in ("reflect", "missing"):
        view = resample(image, matrices(1, 3), SIDE, outside)
        torch.testing.assert_close(view[torch.isfinite(view)].unique().mean(), torch.tensor(3.7))
        assert torch.isfinite(view).any()


def test_nothing_lies_outside_if_wanted():
    quarter = torch.tensor([[[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]])  # half a side to the right
    image = torch.tensor(smooth(1))
    missing = resample(image, quarter, SIDE, "missing")[0]
    assert torch.isnan(missing[:, SIDE // 2 :]).all()
    torch.testing.assert_close(missing[:, : SIDE // 2], image[0, :, SIDE // 2 :])
    mirrored = resample(image, quarter, SIDE, "reflect")[0]
    torch.testing.assert_close(mirrored[:, SIDE // 2 :], image[0, :, SIDE // 2 :].flip(1))


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_one_resampling_is_several_one_after_the_other(seed):
    direction = np.random.default_rng(seed).uniform(0, 2 * math.pi, 3)
    wave = 0.15 * np.array([np.cos(direction), np.sin(direction)])  # radians a pixel
    y, x = np.mgrid[:64, :64]
    images = np.cos(wave[0][:, None, None] * x + wave[1][:, None, None] * y)
    images = torch.tensor(images, dtype=torch.float32)
    steps = [matrices(3, seed + number, 0.1, (0.9, 1.1)) for number in range(3)]
    at_once = resample(images, compose(steps), 64, "missing")
    stepwise = images
    for step in steps:
        stepwise = resample(stepwise, step, 64, "missing")
    both = (torch.isfinite(at_once) & torch.isfinite(stepwise)).float()
    # At borders a pixel stands for its valid part alone, and so do those that are made of it.
    around = torch.nn.functional.pad(both, (6, 6, 6, 6))
    inner = -torch.nn.functional.max_pool2d(-around, 13, 1) > 0
    assert inner.float().mean() > 0.1
    # Straight lines between pixels of a wave k miss it by k^2 / 8; a step may stretch it by 1.1.
    bound = 0.15**2 / 8 * (1 + 1 + 1.1**2 + 1.1**4)
    assert (at_once - stepwise)[inner].abs().max() < bound


def test_composed_steps_are_products_in_homogeneous_coordinates():
    steps = [matrices(4, seed).double() for seed in range(3)]
    last = torch.tensor([0.0, 0.0, 1.0]).double().expand(4, 1, 3)
    square = [torch.cat([step, last], dim=1) for step in steps]
    torch.testing.assert_close(compose(steps), (square[0] @ square[1] @ square[2])[:, :2])


@pytest.mark.parametrize("density", [2, 3])
def test_smaller_views_are_means_of_the_pixels_under_them(density):
    rng = np.random.default_rng(4)
    image = rng.standard_normal((1, 12 * density, 12 * density)).astype(np.float32)
    same = torch.eye(2, 3)[None]
    means = image.reshape(12, density, 12, density).mean(axis=(1, 3))
    found = resample(torch.tensor(image), same, 12)[0].numpy()
    np.testing.assert_allclose(found, means, atol=1e-5)


def test_noise_is_not_aliased_by_a_view_of_fewer_pixels():
    noise = torch.randn(4, 96, 96, generator=torch.Generator().manual_seed(1))
    view = resample(noise, matrices(4, 5, 0.0), 32)
    assert view.std() < 0.45  # of 1 where pixels are picked out; a third where they are averaged
