"""Outlines of masks: close to the border, few vertices, the same pixels inside."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path
from scipy import ndimage
from scipy.spatial.distance import pdist

from sciarada.measure.outlines import MAX_VERTICES, largest_extent, outlines


def inside(ring: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return which pixel centres lie in a polygon."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    centres = np.stack([x.ravel(), y.ravel()], axis=1)
    return Path(np.concatenate([ring, ring[:1]])).contains_points(centres).reshape(shape)


def shoelace(ring: np.ndarray) -> float:
    x, y = ring.T
    return 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


@st.composite
def blobs(draw):
    """Draw one filled, four-connected region that reaches the borders of its box or not."""
    shape = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = draw(st.sampled_from([0.5, 1.0, 2.0, 4.0]))
    field = ndimage.gaussian_filter(random.normal(size=shape), width, mode="reflect")
    labels, count = ndimage.label(field >= np.quantile(field, 0.6))
    sizes = ndimage.sum_labels(np.ones(shape), labels, np.arange(1, count + 1))
    return ndimage.binary_fill_holes(labels == 1 + int(np.argmax(sizes)))


def gap(mask: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Return the distance of each vertex from the nearest border between in and out."""
    padded = np.pad(mask, 2)
    y, x = np.nonzero(padded[:, 1:] != padded[:, :-1])
    upright = np.stack([x + 0.5, y], axis=1)
    y, x = np.nonzero(padded[1:] != padded[:-1])
    level = np.stack([x, y + 0.5], axis=1)
    border = np.concatenate([upright, level]) - 2
    return np.sqrt(((ring[:, None] - border) ** 2).sum(axis=-1)).min(axis=1)


@settings(max_examples=80)
@given(st.lists(blobs(), min_size=1, max_size=4))
def test_outlines_keep_to_the_border_of_their_mask(masks):
    rings = outlines(masks)
    assert len(rings) == len(masks)
    for ring, mask in zip(rings, masks, strict=True):
        assert 4 <= len(ring) <= MAX_VERTICES
        assert gap(mask, ring).max() < 1e-6
        if len(ring) < MAX_VERTICES // 2:  # not thinned out: exactly the pixels of the mask
            np.testing.assert_array_equal(inside(ring, mask.shape), mask)


def test_a_circle_keeps_its_area_and_place():
    y, x = np.mgrid[:121, :121]
    disc = np.hypot(y - 60, x - 60) <= 55.3
    (ring,) = outlines([disc])
    assert len(ring) <= MAX_VERTICES
    assert shoelace(ring) == pytest.approx(disc.sum(), rel=0.02)
    assert np.abs(np.hypot(*(ring - 60).T) - 55.3).max() < 1.0
    assert (inside(ring, disc.shape) != disc).sum() < 0.03 * disc.sum()


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (3, 3)])
def test_masks_without_an_inner_pixel_have_an_outline(shape):
    mask = np.ones(shape, bool)
    (ring,) = outlines([mask])
    assert 4 <= len(ring) <= MAX_VERTICES
    np.testing.assert_array_equal(inside(ring, shape), mask)
    assert ring[:, 0].min() == pytest.approx(-0.5)
    assert ring[:, 0].max() == pytest.approx(shape[1] - 0.5)
    assert ring[:, 1].max() == pytest.approx(shape[0] - 0.5)


def test_the_largest_part_is_traced():
    mask = np.zeros((20, 30), bool)
    mask[2:4, 2:4] = True
    mask[8:18, 10:28] = True
    (ring,) = outlines([mask])
    expected = mask.copy()
    expected[2:4, 2:4] = False
    np.testing.assert_array_equal(inside(ring, mask.shape), expected)


def test_ragged_masks_stay_under_the_cap():
    comb = np.zeros((60, 121), bool)
    comb[50:, :] = True
    comb[:, ::4] = True
    (ring,) = outlines([comb])
    assert 4 <= len(ring) <= MAX_VERTICES


def test_no_masks_have_no_outlines():
    assert outlines([]) == []


@given(st.integers(0, 99), st.integers(2, 48))
def test_the_largest_extent_is_the_longest_of_all_distances(seed, count):
    points = np.random.default_rng(seed).normal(0, 10, (count, 2))
    assert largest_extent(points) == pytest.approx(pdist(points).max())


def test_parts_that_a_thin_neck_joins_are_both_inside():
    y, x = np.mgrid[:120, :320]
    mask = (np.hypot(x - 60, y - 60) < 50) | (np.hypot(x - 260, y - 60) < 50)
    mask[59:61, 60:260] = True
    (ring,) = outlines([mask])
    assert len(ring) <= MAX_VERTICES
    assert ring[:, 0].min() < 15
    assert ring[:, 0].max() > 305
