"""Masks as runs: the same pixels as the masks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from sciarada.geometry.windows import Window
from sciarada.simulation.run_length_masks import RunLengthMasks, connected

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)
MASKS = SHAPES.flatmap(lambda shape: arrays(bool, shape))
LABELS = SHAPES.flatmap(lambda shape: arrays(np.int32, shape, elements=st.integers(-1, 3)))


def window_of(array, y0=5, x0=7):
    return Window(y0, y0 + array.shape[0], x0, x0 + array.shape[1])


def painted(runs, window, fill=-1):
    labels = np.full(window.shape, fill)
    run, y, x = runs.pixels()
    labels[y - window.y0, x - window.x0] = runs.owner[run]
    return labels


@given(MASKS)
def test_a_mask_comes_back(mask):
    window = window_of(mask)
    runs = RunLengthMasks.of_mask(mask, window, owner=4)
    assert np.array_equal(painted(runs, window) == 4, mask)
    assert len(runs) == np.count_nonzero(np.diff(np.pad(mask, ((0, 0), (1, 0))).astype(int)) == 1)


@given(LABELS)
def test_labels_come_back_with_their_counts_and_boxes(labels):
    window = window_of(labels)
    runs = RunLengthMasks.of_labels(labels, window)
    assert np.array_equal(painted(runs, window), labels)
    assert np.array_equal(runs.count(4), [np.count_nonzero(labels == i) for i in range(4)])
    boxes = np.array(runs.boxes(4)).T
    for i in range(4):
        y, x = np.nonzero(labels == i)
        if len(y):
            assert boxes[i].tolist() == [7 + x.min(), 7 + x.max(), 5 + y.min(), 5 + y.max()]
        else:
            assert boxes[i, 0] > boxes[i, 1]


@given(LABELS, st.data())
def test_only_valid_pixels_are_left(labels, data):
    valid = data.draw(arrays(bool, labels.shape))
    runs = RunLengthMasks.of_labels(labels, Window.whole(labels.shape))
    for rows in (1, 3, 20):
        left = runs.where(lambda window: valid[window.slices], labels.shape, rows)
        kept = np.where(valid, labels, -1)
        assert np.array_equal(painted(left, Window.whole(labels.shape)), kept)


@given(MASKS)
def test_regions_are_those_of_an_independent_labelling(mask):
    window = window_of(mask)
    runs = RunLengthMasks.of_mask(mask, window)
    count, region = connected(runs)
    expected, number = ndimage.label(mask, structure=np.ones((3, 3)))
    assert count == number
    labels = painted(RunLengthMasks(region, runs.y, runs.x0, runs.x1), window)
    pairs = set(zip(labels[mask].tolist(), expected[mask].tolist(), strict=True))
    assert len(pairs) == number


def test_runs_of_different_owners_that_touch_are_connected():
    runs = RunLengthMasks([1, 2, 1], [0, 0, 1], [0, 3, 9], [3, 6, 12])
    count, region = connected(runs)
    assert count == 2
    assert region[0] == region[1] != region[2]


def test_nothing():
    assert connected(RunLengthMasks.empty())[0] == 0
    assert len(RunLengthMasks.join([])) == 0
    assert len(RunLengthMasks.of_mask(np.zeros((3, 4), bool), Window(0, 3, 0, 4))) == 0


def test_joined_runs_are_in_the_order_of_rows():
    parts = [RunLengthMasks([0, 0], [3, 5], [0, 0], [2, 2]), RunLengthMasks([1], [4], [1], [9])]
    joined = RunLengthMasks.join(parts)
    assert joined.y.tolist() == [3, 4, 5]
    assert joined.between(4, 6).owner.tolist() == [1, 0]
