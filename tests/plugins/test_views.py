"""The bundled views: each against what it says it does."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sciarada_views import appearance, geometry, options, sky
from scipy.ndimage import gaussian_filter

from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.hooks import SkyInfo

SIDE = 96


def chance(seed=1):
    return torch.Generator().manual_seed(seed)


def gaussians(sigma_x, sigma_y, angle, side=SIDE, peak=1.0):
    """Return an elliptical Gaussian about the middle; the angle is from x towards y."""
    y, x = np.mgrid[:side, :side] - side // 2
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return peak * np.exp(-0.5 * ((u / sigma_x) ** 2 + (v / sigma_y) ** 2))


def known(number, beam, scale=1.5):
    """Return the sky of cutouts whose beam is so many pixels (FWHM)."""
    return SkyInfo(torch.full((number,), scale), torch.full((number,), beam * scale))


@settings(max_examples=10)
@given(
    source=st.tuples(st.floats(2, 4), st.floats(2, 4)),
    kernel=st.tuples(st.floats(1, 4), st.floats(1, 4)),
    angle=st.floats(0, math.pi),
)
def test_a_gaussian_convolved_with_a_gaussian_is_the_gaussian_of_both(source, kernel, angle):
    image = gaussians(*source, angle)
    given_ = torch.tensor(image, dtype=torch.float32)[None]
    found = sky.convolved(given_, *(torch.tensor([k]) for k in (*kernel, angle)))[0].numpy()
    grown = [math.hypot(s, k) for s, k in zip(source, kernel, strict=True)]
    peak = source[0] * source[1] / (grown[0] * grown[1])
    np.testing.assert_allclose(found, gaussians(*grown, angle, peak=peak), atol=2e-3 * peak)
    assert found.sum() == pytest.approx(image.sum(), rel=1e-3)


def test_a_larger_beam_leaves_the_flux_of_a_point_source_and_its_peak():
    beam = 4.0
    image = gaussians(beam / FWHM_PER_SIGMA, beam / FWHM_PER_SIGMA, 0.0).astype(np.float32)
    pixels = torch.tensor(image).repeat(20, 1, 1)
    larger = sky.LargerBeam(options.BeamOptions(probability=1.0))
    views = larger.apply(pixels, known(20, beam), chance()).numpy()
    old = 2 * math.pi * (beam / FWHM_PER_SIGMA) ** 2
    places = np.arange(SIDE) - SIDE // 2
    for view in views:
        assert view.max() == pytest.approx(1.0, rel=2e-3)
        total = view.sum()
        weight = view / total
        xx = (weight.sum(axis=0) * places**2).sum()
        yy = (weight.sum(axis=1) * places**2).sum()
        xy = (weight * places * places[:, None]).sum()
        new = 2 * math.pi * math.sqrt(xx * yy - xy**2)  # the beam's area, from its moments
        assert total / new == pytest.approx(image.sum() / old, rel=0.01)  # Jy
        major = math.sqrt((xx + yy) / 2 + math.hypot((xx - yy) / 2, xy)) * FWHM_PER_SIGMA
        assert 1.19 * beam < major < 2.52 * beam
    assert np.std([view.sum() for view in views]) > 0.1 * image.sum()


def test_a_larger_beam_is_blind_to_missing_pixels_and_borders():
    pixels = torch.full((8, 64, 64), 2.0)
    pixels[:, :20] = torch.nan
    pixels[:, 40, 30:33] = torch.nan
    larger = sky.LargerBeam(options.BeamOptions(probability=1.0, factor=(2, 2), ratio=(1, 1)))
    views = larger.apply(pixels, known(8, 3.0), chance())
    torch.testing.assert_close(torch.isnan(views), torch.isnan(pixels))
    torch.testing.assert_close(views.nanmean(), torch.tensor(8.0))  # four times the beam's area
    assert (views[torch.isfinite(views)] - 8.0).abs().max() < 1e-3


def test_an_unknown_beam_is_taken_to_have_some_pixels():
    pixels = torch.randn(4, 32, 32, generator=chance())
    larger = sky.LargerBeam(options.BeamOptions(probability=1.0, unknown=4.0))
    nothing = SkyInfo.unknown(pixels)
    found, expected = (larger.apply(pixels, s, chance(2)) for s in (nothing, known(4, 4.0)))
    torch.testing.assert_close(found, expected)


def test_noise_has_the_rms_and_the_correlation_of_the_beam():
    sigma = torch.tensor([1.0, 1.7, 2.5]).repeat_interleave(20)
    noise = sky.correlated_noise(torch.Size((60, SIDE, SIDE)), sigma, chance()).reshape(3, 20, -1)
    torch.testing.assert_close(noise.std(dim=2).mean(dim=1), torch.ones(3), atol=0.03, rtol=0)
    images = noise.reshape(3, 20, SIDE, SIDE)
    for lag in (1, 2, 4):
        for axis in (2, 3):
            product = (images * images.roll(lag, axis)).mean(dim=(1, 2, 3))
            expected = torch.exp(-(lag**2) / (4 * sigma[::20].square()))
            torch.testing.assert_close(product, expected, atol=0.05, rtol=0)


def test_noise_is_a_fraction_of_the_image_s_own():
    rng = np.random.default_rng(1)
    images = gaussian_filter(rng.standard_normal((40, 64, 64)), (0, 1.3, 1.3)) * 5e-4
    images += gaussians(3, 3, 0, 64, peak=0.1)
    pixels = torch.tensor(images, dtype=torch.float32)
    pixels[:, :5] = torch.nan
    noisy = sky.BeamNoise(options.NoiseOptions(probability=1.0, fraction=(0.5, 1.0)))
    added = (noisy.apply(pixels, known(40, 3.0), chance()) - pixels)[:, 5:]
    rms = torch.tensor(images).float()[:, 5:, :15].std(dim=(1, 2))
    ratio = added.std(dim=(1, 2)) / rms
    assert 0.45 < ratio.min() < 0.6
    assert 0.9 < ratio.max() < 1.2


def test_an_image_without_noise_gets_none():
    pixels = torch.zeros(3, 32, 32)
    pixels[:, 15:17, 15:17] = 1.0
    noisy = sky.BeamNoise(options.NoiseOptions(probability=1.0))
    assert torch.equal(noisy.apply(pixels, known(3, 3.0), chance()), pixels)


def test_a_missing_side_lies_beyond_a_straight_line():
    pixels = torch.zeros(200, 48, 48)
    missing = sky.MissingSide(options.MissingOptions(probability=1.0, depth=(0.1, 0.3)))
    views = missing.apply(pixels, known(200, 3.0), chance()).isnan()
    share = views.float().mean(dim=(1, 2))
    assert share.min() > 0
    assert share.max() <= 0.32
    corners = views[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.any(dim=1).all()
    assert not corners.all(dim=1).any()
    assert not views[:, 24, 24].any()
    # In a row what is missing is one piece at an end of it.
    assert (views.float().diff(dim=2).abs().sum(dim=2) <= 1).all()


def test_probabilities_are_shares_of_the_cutouts():
    pixels, images = torch.randn(400, 16, 16), torch.rand(400, 1, 16, 16)
    half = {"probability": 0.5}
    views = [
        sky.LargerBeam(options.BeamOptions(**half)).apply(pixels, known(400, 3.0), chance()),
        sky.BeamNoise(options.NoiseOptions(**half)).apply(pixels, known(400, 3.0), chance()),
        sky.MissingSide(options.MissingOptions(**half)).apply(pixels, known(400, 3.0), chance()),
        appearance.Blur(options.BlurOptions(**half, sigma=(9, 12))).apply(images, chance()),
        appearance.Jitter(options.JitterOptions(**half)).apply(images, chance()),
        appearance.Restretch(options.StretchOptions(**half)).apply(images, chance()),
        appearance.Threshold(options.ThresholdOptions(**half)).apply(images, chance()),
    ]
    for number, view in enumerate(views):
        before = pixels if number < 3 else images
        same = (view.nan_to_num(9) == before).flatten(1).all(dim=1)
        assert 0.4 < same.float().mean() < 0.6


def places(matrices):
    """Return where the four corners of the new image lie in the old one, ``(n, 4, 2)``."""
    corners = torch.tensor([[-1.0, -1.0, 1.0], [1, -1, 1], [-1, 1, 1], [1, 1, 1]])
    return corners @ matrices.transpose(1, 2)


def test_a_crop_is_a_square_within_the_cutout_of_the_area_that_is_asked_for():
    crop = geometry.ResizedCrop(options.CropOptions(area=(0.3, 0.6)))
    matrices = crop.matrices(500, chance())
    area = torch.linalg.det(matrices[:, :, :2])
    assert 0.3 <= area.min() < 0.31
    assert 0.59 < area.max() <= 0.6
    corners = places(matrices)
    assert corners.abs().max() <= 1 + 1e-6
    assert corners[..., 0].max() > 0.99
    assert corners[..., 1].min() < -0.99


def test_rotations_are_by_any_angle_or_by_right_ones():
    for angles, number in (("any", 1000), ("right", 4)):
        turn = geometry.Rotation(options.RotationOptions(angles))
        linear = turn.matrices(1000, chance())[:, :, :2]
        unit = torch.eye(2).expand(1000, 2, 2)
        torch.testing.assert_close(linear @ linear.transpose(1, 2), unit)
        torch.testing.assert_close(torch.linalg.det(linear), torch.ones(1000))
        found = torch.atan2(linear[:, 1, 0], linear[:, 0, 0])
        assert len(found.mul(1000).round().unique()) >= 0.8 * number
        assert len(found.mul(1000).round().unique()) <= number + 1  # a half turn has two signs


def test_flips_come_in_three_kinds():
    matrices = geometry.Flip().matrices(900, chance())
    kinds, counts = matrices.unique(dim=0, return_counts=True)
    assert sorted((k[0, 0].item(), k[1, 1].item()) for k in kinds) == [(-1, 1), (1, -1), (1, 1)]
    assert counts.min() > 250


def test_shifts_and_zooms_stay_in_their_ranges():
    offset = geometry.Shift(options.ShiftOptions(0.2)).matrices(500, chance())[:, :, 2]
    assert 0.39 < offset.abs().max() <= 0.4  # the side is 2
    assert len(offset.unique()) > 900
    linear = geometry.Zoom(options.ZoomOptions((0.5, 2.0))).matrices(500, chance())[:, :, :2]
    assert 0.5 <= linear[:, 0, 0].min() < 0.51
    assert 1.95 < linear[:, 0, 0].max() <= 2.0
    assert torch.equal(linear[:, 0, 0], linear[:, 1, 1])
    assert linear[:, 0, 0].log().mean().abs() < 0.06


def test_a_blur_is_scipy_s_with_the_width_of_the_view():
    images = torch.rand(6, 2, 56, 56, generator=chance())
    blur = appearance.Blur(options.BlurOptions(probability=1.0, sigma=(6.0, 6.0)))
    found = blur.apply(images, chance())
    expected = gaussian_filter(images.numpy(), (0, 0, 1.5, 1.5), truncate=8)  # 56 of 224 pixels
    inner = (..., slice(12, -12), slice(12, -12))
    np.testing.assert_allclose(found[inner], expected[inner], atol=1e-3)
    flat = torch.full((2, 1, 20, 20), 0.3)
    torch.testing.assert_close(blur.apply(flat, chance()), flat)


def test_jitter_keeps_the_channels_apart():
    images = torch.zeros(300, 3, 8, 8)
    images[:, 1] = 0.3
    images[:, 2, :4] = 0.5
    views = appearance.Jitter(options.JitterOptions(probability=1.0)).apply(images, chance())
    assert (views[:, 0] == 0).all()
    bright = views[:, 1, 0, 0]
    assert 0.15 <= bright.min() < 0.16
    assert 0.44 < bright.max() <= 0.45
    assert (views[:, 1].flatten(1).std(dim=1) < 1e-6).all()
    level = views[:, 2, 0, 0] / 0.5
    assert abs(np.corrcoef(bright, level)[0, 1]) < 0.2  # each has factors of its own


def test_stretches_rise_from_0_to_1():
    images = torch.linspace(0, 1, 64).view(1, 1, 8, 8).repeat(200, 2, 1, 1)
    stretch = appearance.Restretch(options.StretchOptions(probability=1.0))
    curves = stretch.apply(images, chance()).flatten(2)
    assert (curves.diff(dim=2) >= 0).all()
    torch.testing.assert_close(curves[..., 0], torch.zeros(200, 2))
    torch.testing.assert_close(curves[..., -1], torch.ones(200, 2))
    middle = curves[:, :, 32]
    assert middle.min() < 0.3
    assert middle.max() > 0.75
    assert len(middle.unique()) == 400


def test_a_threshold_leaves_what_is_above_a_percentile():
    images = torch.rand(300, 2, 20, 20, generator=chance())
    views = appearance.Threshold(options.ThresholdOptions(probability=1.0)).apply(images, chance())
    gone = views == 0
    share = gone[:, 0].float().mean(dim=(1, 2))
    assert 0.39 < share.min() < 0.42
    assert 0.58 < share.max() < 0.61
    assert torch.equal(gone[:, 0], gone[:, 1])
    assert torch.equal(views[~gone], images[~gone])
    mean = images.mean(dim=1)
    faintest_left = torch.where(gone[:, 0], 2.0, mean).amin(dim=(1, 2))
    assert (torch.where(gone[:, 0], mean, -1.0).amax(dim=(1, 2)) < faintest_left).all()


@pytest.mark.parametrize("cls", [options.BeamOptions, options.NoiseOptions, options.StretchOptions])
def test_ranges_go_up(cls):
    name = {"BeamOptions": "factor", "NoiseOptions": "fraction", "StretchOptions": "gamma"}
    with pytest.raises(ValueError, match="must come second"):
        cls(**{name[cls.__name__]: (2.0, 1.5)})
