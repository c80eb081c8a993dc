"""Windows: half-open boxes of pixels, held against sets of pixels and numpy slicing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.geometry.windows import Window

SHAPE = (23, 31)
EDGE = st.integers(-12, 40)


@st.composite
def windows(draw, empty: bool = True):
    y0, x0 = draw(EDGE), draw(EDGE)
    least = 0 if empty else 1
    height, width = draw(st.integers(least, 15)), draw(st.integers(least, 15))
    return Window(y0, y0 + height, x0, x0 + width)


def pixels(window: Window) -> set[tuple[int, int]]:
    return {(y, x) for y in range(window.y0, window.y1) for x in range(window.x0, window.x1)}


@pytest.mark.parametrize("edges", [(3, 2, 0, 5), (0, 5, 3, 2)])
def test_a_window_that_ends_before_it_starts_is_refused(edges):
    with pytest.raises(ValueError, match="ends before it starts"):
        Window(*edges)


def test_whole_covers_an_array():
    array = np.zeros(SHAPE)
    window = Window.whole(SHAPE)
    assert window.shape == SHAPE
    assert window.size == array.size
    assert array[window.slices].shape == SHAPE


@given(windows())
def test_size_counts_pixels(window):
    assert window.size == len(pixels(window))
    assert window.shape == (window.y1 - window.y0, window.x1 - window.x0)


@given(windows(), windows(empty=False))
def test_overlap_is_the_intersection(one, other):
    common = one.overlap(other)
    assert (set() if common is None else pixels(common)) == pixels(one) & pixels(other)
    assert common is None or common.size > 0
    assert common == other.overlap(one)


@given(windows(empty=False), windows(empty=False))
def test_union_is_the_smallest_window_around_both(one, other):
    both = one.union(other)
    every = np.array(sorted(pixels(one) | pixels(other)))
    assert both == Window(
        every[:, 0].min(), every[:, 0].max() + 1, every[:, 1].min(), every[:, 1].max() + 1
    )


@given(windows())
def test_clip_keeps_what_lies_in_the_image(window):
    clipped = window.clip(SHAPE)
    assert pixels(clipped) == pixels(window) & pixels(Window.whole(SHAPE))
    assert clipped.within(Window.whole(SHAPE))


@given(windows(), st.integers(0, 9))
def test_grow_adds_a_margin_on_every_side(window, margin):
    grown = window.grow(margin)
    assert grown.shape == (window.shape[0] + 2 * margin, window.shape[1] + 2 * margin)
    assert window.within(grown)
    assert window.grow(margin, SHAPE) == grown.clip(SHAPE)


@given(windows(), windows())
def test_within_means_every_pixel_inside(window, outer):
    if window.within(outer):
        assert pixels(window) <= pixels(outer)
    elif window.size:
        assert not pixels(window) <= pixels(outer)


@given(st.data())
def test_slices_in_cut_the_window_out_of_another(data):
    outer = data.draw(windows(empty=False))
    y0 = data.draw(st.integers(outer.y0, outer.y1 - 1))
    x0 = data.draw(st.integers(outer.x0, outer.x1 - 1))
    y1, x1 = data.draw(st.integers(y0, outer.y1)), data.draw(st.integers(x0, outer.x1))
    inner = Window(y0, y1, x0, x1)
    y, x = np.mgrid[outer.y0 : outer.y1, outer.x0 : outer.x1]
    cut = inner.slices_in(outer)
    assert set(zip(y[cut].ravel(), x[cut].ravel(), strict=True)) == pixels(inner)


@given(windows(), st.floats(-13, 42, width=32), st.floats(-13, 42, width=32))
def test_contains_follows_the_nearest_pixel(window, y, x):
    nearest = (int(np.floor(y + 0.5)), int(np.floor(x + 0.5)))
    assert window.contains(y, x) == (nearest in pixels(window))


def test_from_slices_goes_back():
    window = Window(2, 7, 3, 11)
    assert Window.from_slices(window.slices) == window
