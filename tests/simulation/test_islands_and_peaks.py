"""Islands and peaks of pictures, against a slow count that shares nothing with the fast one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from sciarada.simulation.topology import count_islands_and_peaks


def slow_count(picture, threshold, prominence, relative):
    """Flood the picture from its highest pixel down, one pixel at a time."""
    ny, nx = picture.shape
    order = sorted(np.ndindex(ny, nx), key=lambda p: (picture[p], p), reverse=True)
    lake, top = {}, {}
    counted = 0
    for pixel in order:
        level = picture[pixel]
        if level < threshold:
            break
        near = {
            lake[pixel[0] + dy, pixel[1] + dx]
            for dy in (-1, 0, 1)
            for dx in (-1, 0, 1)
            if (pixel[0] + dy, pixel[1] + dx) in lake
        }
        if not near:
            lake[pixel] = pixel
            top[pixel] = (level, pixel)
            continue
        highest = max(near, key=lambda lake_id: top[lake_id])
        for other in near - {highest}:
            height = top[other][0]
            counted += height - level >= max(prominence, relative * height)
            for member, owner in lake.items():
                if owner == other:
                    lake[member] = highest
        lake[pixel] = highest
    islands = len(set(lake.values()))
    return islands, islands + counted


LEVELS = arrays(np.float64, (9, 11), elements=st.integers(0, 12).map(float))


@given(LEVELS, st.integers(1, 6), st.integers(1, 5), st.sampled_from([0.0, 0.3]))
def test_counts_are_those_of_a_slow_flood(picture, threshold, prominence, relative):
    found = count_islands_and_peaks(picture, threshold, prominence, relative)
    assert found == slow_count(picture, threshold, prominence, relative)


@pytest.mark.parametrize("seed", range(6))
def test_smooth_pictures(seed):
    picture = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(60, 70)), 3)
    picture /= picture.std()
    islands, peaks = count_islands_and_peaks(picture, 0.8, 0.4, 0.05)
    assert islands == ndimage.label(picture >= 0.8, structure=np.ones((3, 3)))[1]
    assert (islands, peaks) == slow_count(picture, 0.8, 0.4, 0.05)
    assert peaks > islands


def two_bumps(height, separation):
    y, x = np.indices((41, 81))
    one = 10 * np.exp(-0.5 * ((x - 30) ** 2 + (y - 20) ** 2) / 9)
    return one + height * np.exp(-0.5 * ((x - 30 - separation) ** 2 + (y - 20) ** 2) / 9)


def test_two_bumps_apart_blended_and_merged():
    assert count_islands_and_peaks(two_bumps(9, 25), 4, 3, 0.05) == (2, 2)
    assert count_islands_and_peaks(two_bumps(9, 9), 4, 1, 0.05) == (1, 2)
    assert count_islands_and_peaks(two_bumps(9, 5), 4, 1, 0.05) == (1, 1)
    assert count_islands_and_peaks(two_bumps(3, 25), 4, 3, 0.05) == (1, 1)


def test_a_bump_must_stand_out_of_the_noise_and_of_its_own_height():
    picture = two_bumps(9, 9)
    saddle = picture[20, 30:40].min()
    height = picture[20, 34:].max()
    for prominence, relative, peaks in (
        (height - saddle - 0.01, 0.0, 2),
        (height - saddle + 0.01, 0.0, 1),
        (0.0, (height - saddle - 0.01) / height, 2),
        (0.0, (height - saddle + 0.01) / height, 1),
    ):
        assert count_islands_and_peaks(picture, 4, prominence, relative) == (1, peaks)


def test_a_picture_below_the_threshold():
    assert count_islands_and_peaks(np.ones((5, 6)), 2.0, 1.0, 0.0) == (0, 0)
