"""Zero padding found tile by tile, against one labelling of the whole image."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from sciarada.core.pixels import ArrayPixels
from sciarada.geometry.windows import Window
from sciarada.io.zero_border import BlankedPixels, find_zero_border


class CountedPixels(ArrayPixels):
    """Pixels that note how many were read."""

    count = 0

    def read(self, window):
        CountedPixels.count += window.size
        return super().read(window)


def whole_image_truth(data):
    labels, _ = ndimage.label(data == 0)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, border[border > 0])


def found(data, tile):
    pixels = ArrayPixels(data)
    border = find_zero_border(pixels, tile)
    if border is None:
        return np.zeros(data.shape, bool), 0
    return np.isnan(BlankedPixels(pixels, border).read(Window.whole(data.shape))), border.size


shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@given(arrays(np.int8, shapes, elements=st.sampled_from([0, 0, 1])), st.integers(3, 50))
def test_any_pattern_of_zeros_as_by_one_labelling(data, tile):
    mask, size = found(data, tile)
    np.testing.assert_array_equal(mask, whole_image_truth(data))
    assert size == mask.sum()


def test_a_winding_corridor_is_followed_to_its_end():
    data = np.ones((41, 41))
    data[1::2, 1:-1] = 0  # parallel corridors
    data[2:-2:4, -2] = data[4:-2:4, 1] = 0  # joined at alternate ends
    data[1, 0] = 0  # one door
    truth = whole_image_truth(data)
    assert truth.sum() > 700
    for tile in (3, 8, 64):
        np.testing.assert_array_equal(found(data, tile)[0], truth)


def test_an_island_of_zeros_inside_stays():
    data = np.ones((20, 20))
    data[:3] = data[10:12, 10:12] = 0
    mask, size = found(data, 8)
    assert size == 60
    assert not mask[10:12, 10:12].any()


def test_an_image_without_zeros_costs_a_look_at_its_border():
    CountedPixels.count = 0
    assert find_zero_border(CountedPixels(np.ones((500, 700)))) is None
    assert CountedPixels.count == 2 * (500 + 700)


def test_the_inside_of_a_padded_image_is_not_read():
    data = np.ones((800, 800))
    data[:10] = 0
    CountedPixels.count = 0
    border = find_zero_border(CountedPixels(data), tile=100)
    assert border.size == 8000
    assert CountedPixels.count == 4 * 800 + 8 * 100**2


def test_masks_of_a_large_border_stay_small():
    y, x = np.mgrid[:2000, :2000]
    data = (np.hypot(y - 1000, x - 1000) < 990).astype(np.float32)
    border = find_zero_border(ArrayPixels(data), tile=500)
    assert border.size == (data == 0).sum()
    assert len(pickle.dumps(border)) < data.size / 100


@pytest.mark.parametrize("window", [Window(0, 7, 3, 19), Window(13, 20, 0, 20), Window(5, 5, 0, 4)])
def test_windows_agree_with_the_whole(window):
    rng = np.random.default_rng(5)
    data = (rng.random((20, 20)) > 0.6).astype(float)
    pixels = BlankedPixels(ArrayPixels(data), find_zero_border(ArrayPixels(data), tile=6))
    whole = pixels.read(Window.whole((20, 20)))
    np.testing.assert_array_equal(pixels.read(window), whole[window.slices])
    many = list(pixels.read_many([window, Window.whole((20, 20))]))
    np.testing.assert_array_equal(many[0], whole[window.slices])
    np.testing.assert_array_equal(many[1], whole)
