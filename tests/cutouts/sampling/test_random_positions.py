import logging
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats
from test_coverage import image_of

from sciarada.cutouts.sampling.coverage import measure_coverage
from sciarada.cutouts.sampling.random_positions import RandomSampler, sample_random
from sciarada.errors import CutoutError

RNG = np.random.default_rng(5)


def overlap(cutouts, i, j, side):
    wide = max(0.0, side - abs(cutouts.x[i] - cutouts.x[j]))
    high = max(0.0, side - abs(cutouts.y[i] - cutouts.y[j]))
    return wide * high / side**2


def test_positions_are_uniform_and_inside():
    image = image_of(np.zeros((300, 400)))
    cutouts = sample_random(image, RandomSampler(4000, size=40, min_valid=1.0))
    assert len(cutouts) == 4000
    for places, length in ((cutouts.x, 400), (cutouts.y, 300)):
        assert places.min() >= 19.5
        assert places.max() <= length - 1 - 19.5
        uniform = stats.uniform(19.5, length - 40)
        assert stats.kstest(places, uniform.cdf).pvalue > 1e-3
    assert np.isfinite(cutouts.pixels()).all()


def test_each_square_is_a_plain_copy_of_whole_pixels():
    data = RNG.normal(size=(200, 220)).astype(np.float32)
    cutouts = sample_random(image_of(data), RandomSampler(20, size=33))
    corners = np.rint(np.stack([cutouts.y, cutouts.x]) - 16).astype(int).T
    for stamp, (y0, x0) in zip(cutouts.pixels(), corners, strict=True):
        y1, x1 = max(0, y0), max(0, x0)
        whole = data[y1 : y0 + 33, x1 : x0 + 33]
        part = stamp[y1 - y0 : y1 - y0 + len(whole), x1 - x0 : x1 - x0 + whole.shape[1]]
        np.testing.assert_array_equal(part, whole)


@settings(deadline=None, max_examples=15)
@given(least=st.floats(0.3, 1.0), side=st.integers(8, 48))
def test_squares_are_as_valid_as_asked(least, side):
    data = np.zeros((256, 256))
    data[:128, :128] = np.nan
    cutouts = sample_random(image_of(data), RandomSampler(200, size=side, min_valid=least))
    share = np.isfinite(cutouts.pixels()).mean(axis=(1, 2))
    assert share.min() >= least - 1e-6


@settings(deadline=None, max_examples=15)
@given(most=st.floats(0.0, 0.9), seed=st.integers(0, 1000))
def test_no_two_squares_overlap_more_than_allowed(most, seed):
    image = image_of(np.zeros((200, 200)))
    cutouts = sample_random(image, RandomSampler(60, size=32, max_overlap=most, seed=seed))
    pairs = [(i, j) for i in range(len(cutouts)) for j in range(i)]
    assert all(overlap(cutouts, i, j, 32) <= most + 1e-9 for i, j in pairs)


def test_full_images_give_what_there_is_room_for(caplog):
    image = image_of(np.zeros((100, 100)))
    with caplog.at_level(logging.WARNING):
        cutouts = sample_random(image, RandomSampler(500, size=32, max_overlap=0.0))
    assert 4 <= len(cutouts) <= 9
    assert f"room for {len(cutouts)} of the 500" in caplog.text


def test_empty_squares_are_left_out():
    data = RNG.normal(size=(512, 512))
    data[100:106, 300:306] += 50.0
    cutouts = sample_random(image_of(data), RandomSampler(100, size=32, min_sigma=8.0))
    assert (cutouts.pixels().max(axis=(1, 2)) > 40).all()


def correlated_noise(shape, seed):
    """Noise of a beam of 5 pixels across, of unit rms."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 5 / 2.355)
    return noise / noise.std()


def test_the_emptiness_limit_tells_noise_from_sources():
    noise = correlated_noise((1024, 1024), 21) * np.linspace(1, 4, 1024)  # uneven
    coverage = measure_coverage(image_of(noise), 128, sigma=5.0)
    x, y = np.random.default_rng(22).uniform(64, 960, (2, 4000))
    assert (coverage.bright_pixels(x, y, 128) >= 1).mean() < 0.02
    rows, columns = np.random.default_rng(23).integers(100, 924, (2, 60))
    beam = np.zeros_like(noise)
    beam[rows, columns] = 1.0
    beam = ndimage.gaussian_filter(beam, 5 / 2.355)
    sky = noise + 8 * beam / beam.max() * np.linspace(1, 4, 1024)  # peaks of 8 sigma or more
    coverage = measure_coverage(image_of(sky), 128, sigma=5.0)
    assert (coverage.bright_pixels(columns, rows, 128) >= 1).mean() > 0.97


def test_an_image_that_is_full_leaves_its_share_to_the_others():
    images = [image_of(np.zeros((64, 64)), "small"), image_of(np.zeros((512, 512)), "large")]
    images[0] = replace(images[0], wcs=images[1].wcs)
    cutouts = sample_random(images, RandomSampler(120, size=32, max_overlap=0.0))
    assert len(cutouts) == 120
    assert 1 <= np.sum(cutouts.image_index == 0) <= 4


def test_images_share_by_their_valid_area_on_the_sky():
    whole, half = np.zeros((200, 200)), np.zeros((200, 200))
    half[:100] = np.nan
    images = [image_of(whole, "whole"), image_of(half, "half")]
    cutouts = sample_random(images, RandomSampler(3000, size=16))
    share = np.mean(cutouts.image_index == 0)
    assert share == pytest.approx(2 / 3, abs=4 * np.sqrt(2 / 9 / 3000))
    assert cutouts.ids.tolist() == list(range(3000))


def test_angles_are_sizes_on_the_sky():
    image = image_of(np.zeros((200, 200)))  # 1.8 arcsec
    cutouts = sample_random(image, RandomSampler(5, size=1 * u.arcmin))
    assert cutouts.npix.tolist() == [33] * 5


def test_same_seed_same_positions():
    image = image_of(np.zeros((200, 200)))
    one, again, other = (
        sample_random(image, RandomSampler(50, size=16, seed=s)) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.ra, again.ra)
    assert not np.array_equal(one.ra, other.ra)


@pytest.mark.parametrize(
    ("data", "arguments", "sentence"),
    [
        (np.full((64, 64), np.nan), {"size": 16}, "no image has a valid pixel"),
        (np.zeros((64, 64)), {"size": 100, "min_valid": 0.9}, "no square of 100"),
        (np.zeros((64, 64)), {"size": 16, "min_sigma": 5.0}, "emission above 5 sigma"),
        (np.zeros((64, 64)), {"size": 0}, "more than zero"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(data, arguments, sentence):
    with pytest.raises(CutoutError, match=sentence):
        sample_random(image_of(data), RandomSampler(10, **arguments))


@pytest.mark.parametrize(
    "arguments", [{"number": 0}, {"min_valid": 1.1}, {"max_overlap": -0.1}, {"min_sigma": 0}]
)
def test_wrong_numbers_are_refused(arguments):
    with pytest.raises(CutoutError):
        RandomSampler(**{"number": 10, **arguments})
