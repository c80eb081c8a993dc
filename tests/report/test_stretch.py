import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sciarada.report.stretch import Stretch


@pytest.fixture
def field() -> np.ndarray:
    pixels = np.random.default_rng(3).normal(0.0, 2e-5, (300, 300)).astype(np.float32)
    pixels[100:104, 100:104] = 0.01
    return pixels


def test_noise_sets_the_black_end(field):
    stretch = Stretch.fit(field)
    assert stretch.low == pytest.approx(-4e-5, rel=0.05)
    assert stretch.low < stretch.high <= 0.01


def test_given_noise_is_used(field):
    assert Stretch.fit(field, rms=1e-4).low == pytest.approx(-2e-4, rel=0.02)


def test_levels_grow_and_ends_are_black_and_white(field):
    stretch = Stretch.fit(field)
    levels = stretch(np.linspace(stretch.low, stretch.high, 50))
    assert levels[0] == 0
    assert levels[-1] == pytest.approx(1)
    assert (np.diff(levels) > 0).all()


@given(st.floats(0, 1))
def test_value_is_the_inverse_of_the_stretch(level):
    stretch = Stretch(-2.0, 500.0, 3.0)
    assert stretch(stretch.value(level)) == pytest.approx(level, abs=1e-9)


@given(arrays(np.float32, 20, elements=st.floats(-100, 1e4, width=32)))
def test_fast_levels_agree_with_the_curve(values):
    stretch = Stretch(-2.0, 500.0, 3.0)
    assert np.abs(stretch.levels(values) - stretch(values.astype(float)) * 255).max() <= 0.51


def test_missing_pixels_stay_missing(field):
    stretch = Stretch.fit(field)
    holes = np.array([np.nan, 0.0], np.float32)
    assert np.isnan(stretch(holes)).tolist() == [True, False]
    assert stretch.levels(holes)[0] == 0


@pytest.mark.parametrize("value", [np.nan, 0.0, 7.5, -3.0])
def test_flat_and_empty_images_have_a_stretch(value):
    stretch = Stretch.fit(np.full((8, 8), value))
    assert np.isfinite(stretch.levels(np.full(3, value, np.float32))).all()


def test_upside_down_limits_are_refused():
    with pytest.raises(ValueError, match="low < high"):
        Stretch(1.0, 0.0, 1.0)
