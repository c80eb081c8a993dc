"""Framing shows the source in the middle, whole, and from near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from sciarada.cutouts.source_crop import (
    JOINED,
    MARGIN,
    MIN_HALF_SIDE,
    MORE,
    NEAR,
    SIGMAS,
    crop_to_source,
    source_reach,
)


def blob(shape, x, y, sigma=1.5, peak=1.0):
    """Return a round Gaussian ``(x, y)`` pixels from the middle of a picture."""
    ny, nx = shape
    rows, columns = np.mgrid[:ny, :nx]
    dx, dy = columns - 0.5 * (nx - 1) - x, rows - 0.5 * (ny - 1) - y
    return (peak * np.exp(-0.5 * (dx**2 + dy**2) / sigma**2)).astype(np.float32)


def noisy(picture, rms=0.01, seed=1):
    return picture + np.random.default_rng(seed).normal(0, rms, picture.shape).astype(np.float32)


def test_both_lobes_of_a_double_are_the_source():
    picture = noisy(blob((200, 200), -20, 0) + blob((200, 200), 20, 0))
    # 4 sigma of the noise is 0.04 of the peak: sqrt(2 ln 25) sigma from the middle of a lobe
    assert source_reach(picture) == pytest.approx(20 + 1.5 * np.sqrt(2 * np.log(25)), abs=1)


def test_a_neighbour_is_not_the_source():
    alone = noisy(blob((200, 200), 0, 0))
    with_neighbour = alone + blob((200, 200), 60, 10, peak=5)
    assert source_reach(with_neighbour) == source_reach(alone)


def test_a_tail_that_begins_in_the_middle_is_followed_to_its_end():
    picture = np.zeros((200, 200), np.float32)
    picture[98:102, 100:170] = 1
    assert source_reach(noisy(picture)) == 69.5


def test_clipped_noise_is_no_hindrance():
    picture = np.where(blob((100, 100), 0, 0) > 0.3, 255, 0).astype(np.float32)
    y, x = np.nonzero(picture)
    assert source_reach(picture) == np.abs(x - 49.5).max() == np.abs(y - 49.5).max()


@pytest.mark.parametrize(
    "picture",
    [np.zeros((40, 40), np.float32), np.full((40, 40), np.nan, np.float32)],
    ids=["constant", "missing"],
)
def test_where_there_is_no_source_all_is_shown(picture):
    assert np.isnan(source_reach(picture))
    np.testing.assert_array_equal(crop_to_source(picture, 40), picture)


def test_a_source_fills_its_frame_whatever_its_size():
    seen = []
    for sigma in (8.0, 16.0):
        small = crop_to_source(noisy(blob((600, 600), 0, 0, sigma)), 64)
        seen.append((small > 0.5).sum())
    assert seen[0] == pytest.approx(seen[1], rel=0.15)


def test_the_frame_has_the_size_that_is_promised():
    # of a picture with straight slopes the frame shows where it ends
    columns = np.arange(201, dtype=np.float32) - 100
    picture = np.tile(columns, (201, 1))
    small, large = np.zeros_like(picture), np.zeros_like(picture)
    small[95:106, 95:106] = 1000
    large[60:141, 60:141] = 1000
    for source, reach in ((small, 5), (large, 40)):
        half = max(MIN_HALF_SIDE, MARGIN * reach + MORE)
        assert source_reach(source) == reach
        shown = crop_to_source(source, 50)
        width = (shown[25] > 500).sum() * 2 * half / 50
        assert width == pytest.approx(2 * reach + 1, abs=2 * half / 50)


def test_an_oblong_picture_becomes_a_square_with_nothing_beyond_it():
    picture = np.zeros((60, 120), np.float32)
    picture[28:32, 15:105] = 1
    shown = crop_to_source(noisy(picture), 32)
    assert shown.shape == (32, 32)
    assert np.isfinite(shown[16]).all()
    assert np.isnan(shown[0]).all()


@given(st.integers(0, 3), st.booleans(), st.integers(0, 5))
def test_turned_pictures_are_framed_alike(turns, mirrored, seed):
    rng = np.random.default_rng(seed)
    picture = noisy(sum(blob((90, 90), *rng.uniform(-15, 15, 2)) for _ in range(3)), seed=seed)
    turned = np.rot90(picture, turns)[:, :: -1 if mirrored else 1]
    expected = np.rot90(crop_to_source(picture, 32), turns)[:, :: -1 if mirrored else 1]
    np.testing.assert_allclose(crop_to_source(turned, 32), expected, atol=1e-5)


def slow_reach(picture):
    """Return the reach of a source, step by step as the docstring has it."""
    middle = np.median(picture)
    sigma = 1.4826 * np.median(np.abs(picture - middle))
    emission = picture > middle + SIGMAS * sigma
    y, x = (
        places - 0.5 * (side - 1)
        for places, side in zip(np.indices(picture.shape), picture.shape, strict=True)
    )
    near = emission & (np.hypot(x, y) < NEAR)
    joined, _ = ndimage.label(ndimage.binary_dilation(emission, iterations=JOINED))
    source = np.isin(joined, joined[near]) & emission
    return max(np.abs(x[source]).max(), np.abs(y[source]).max()) if near.any() else np.nan


@given(st.integers(0, 10**6), st.integers(0, 6))
def test_the_reach_is_that_of_a_slow_search(seed, number):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(40, 90, 2))
    picture = rng.normal(0, 0.02, shape).astype(np.float32)
    for _ in range(number):
        picture += blob(shape, *rng.uniform(-40, 40, 2), rng.uniform(1, 4), rng.uniform(0.1, 2))
    np.testing.assert_equal(source_reach(picture), slow_reach(picture))
