"""Shapes: normalised when made, measured end to end, scaled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sciarada.core.shape import Shape

NUMBERS = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        arrays(float, n, elements=st.floats(0.01, 10)),
        *[arrays(float, n, elements=st.floats(-50, 50))] * 2,
        *[arrays(float, n, elements=st.floats(0, 30))] * 2,
        arrays(float, n, elements=st.floats(-720, 720)),
    )
)


def outlines(shape: Shape) -> np.ndarray:
    """Return points (n, 2) on the half-power ellipses of a shape's Gaussians."""
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    points = []
    for part in zip(shape.east, shape.north, shape.major, shape.minor, shape.pa, strict=True):
        east, north, major, minor, pa = part
        along, across = major / 2 * np.cos(angle), minor / 2 * np.sin(angle)
        sine, cosine = np.sin(np.radians(pa)), np.cos(np.radians(pa))
        points.append(
            (east + along * sine + across * cosine, north + along * cosine - across * sine)
        )
    return np.concatenate(points, axis=1).T


@given(NUMBERS)
def test_a_shape_of_any_numbers_is_normalised(numbers):
    shape = Shape.of(*numbers)
    assert shape.share.sum() == pytest.approx(1)
    assert shape.share @ shape.east == pytest.approx(0, abs=1e-9)
    assert shape.share @ shape.north == pytest.approx(0, abs=1e-9)
    assert (shape.major >= shape.minor).all()
    assert ((shape.pa >= 0) & (shape.pa < 180)).all()


@given(NUMBERS)
def test_the_extent_is_the_longest_distance_between_points_of_the_outlines(numbers):
    shape = Shape.of(*numbers)
    points = outlines(shape)
    longest = np.hypot(*(points[:, None] - points).transpose(2, 0, 1)).max()
    assert shape.extent == pytest.approx(longest, rel=1.5e-3, abs=1e-6)


@given(NUMBERS, st.floats(0.1, 1000))
def test_a_scaled_shape_has_the_extent_asked_for_and_the_same_form(numbers, size):
    shape = Shape.of(*numbers)
    scaled = shape.scaled(size)
    if shape.extent < 1e-3:
        return
    assert scaled.extent == pytest.approx(size)
    np.testing.assert_allclose(scaled.major * shape.extent, shape.major * size, atol=1e-9)
    np.testing.assert_array_equal(scaled.share, shape.share)


def test_swapped_axes_change_places():
    shape = Shape.of(2.0, 3.0, 4.0, 5.0, 8.0, 170.0)
    assert (shape.major[0], shape.minor[0], shape.pa[0]) == (8.0, 5.0, 80.0)
    assert (shape.share[0], shape.east[0], shape.north[0]) == (1.0, 0.0, 0.0)


def test_a_point_has_no_extent_and_stays_a_point():
    point = Shape.of(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert point.extent == 0
    assert point.scaled(30.0).major[0] == 0
    assert len(point) == 1


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((-1.0, 0, 0, 1, 1, 0), "fluxes of 0 or more"),
        ((0.0, 0, 0, 1, 1, 0), "not all of them 0"),
        ((1.0, np.nan, 0, 1, 1, 0), "finite"),
        ((1.0, 0, 0, 1, -1, 0), "axes of 0 or more"),
    ],
)
def test_numbers_that_make_no_source(numbers, message):
    with pytest.raises(ValueError, match=message):
        Shape.of(*numbers)


def test_arrays_of_unequal_length():
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="of one length"):
        Shape(one, two, one, one, one, one)
