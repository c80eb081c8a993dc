"""Shapes on the sky against astropy's own spherical geometry, and their errors against chance."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skies import BEAM, CENTRE, FWHM, ellipse_in_pixels, place, sky_image, tan_wcs

from sciarada.geometry.beam import Beam
from sciarada.measure.shapes import (
    axes,
    axes_errors,
    deconvolve,
    precision_to_sky,
)

SHAPE = (200, 300)
ANGLES = st.floats(0, 179.99)
VIEWS = st.fixed_dictionaries(
    {
        "rotation": st.floats(-180, 180),
        "parity": st.sampled_from([1, -1]),
        "frame": st.sampled_from(["icrs", "galactic"]),
        "centre": st.sampled_from([CENTRE, (10.0, 75.0), (266.4, -29.0)]),
    }
)


def turned(one: float, other: float) -> float:
    """Return the difference of two position angles, in (-90, 90]."""
    return (one - other + 90) % 180 - 90


def covariance_of(major: float, minor: float, angle: float) -> np.ndarray:
    return Beam(major, minor, angle).covariance


@settings(max_examples=40)
@given(view=VIEWS, major=st.floats(6, 60), ratio=st.floats(0.2, 0.9), angle=ANGLES)
def test_axes_and_angle_of_an_ellipse_on_the_sky_come_back(view, major, ratio, angle):
    wcs = tan_wcs(SHAPE, **view)
    image = sky_image(np.zeros(SHAPE), wcs=wcs)
    x, y = 40.0, 150.0
    pixel = ellipse_in_pixels(wcs, *place(wcs, x, y), major, major * ratio, angle)
    (a, b), (_, c) = np.linalg.inv(pixel)
    on_sky = precision_to_sky(np.array([[a, b, c]]), image.sky_jacobian([x], [y]))
    found = [values[0] for values in axes(on_sky)]
    assert found[0] == pytest.approx(major, rel=1e-4)
    assert found[1] == pytest.approx(major * ratio, rel=1e-4)
    assert turned(found[2], angle) == pytest.approx(0, abs=0.02)
    assert 0 <= found[2] < 180


@settings(max_examples=20)
@given(view=VIEWS, angle=ANGLES)
def test_the_beam_on_the_pixel_grid_is_the_ellipse_at_the_reference_point(view, angle):
    beam = Beam(12.0, 7.0, angle)
    wcs = tan_wcs(SHAPE, **view)
    image = sky_image(np.zeros(SHAPE), wcs=wcs, beam=beam)
    x, y = np.array([20.0, 250.0]), np.array([30.0, 170.0])
    there = ellipse_in_pixels(wcs, *view["centre"], beam.major, beam.minor, angle)
    expected = [np.linalg.inv(there)] * 2
    np.testing.assert_allclose(image.beam_map.precision(x, y), expected, rtol=1e-3, atol=1e-5)


@given(major=st.floats(1, 100), ratio=st.floats(0.1, 1), angle=ANGLES)
def test_axes_undo_the_covariance(major, ratio, angle):
    found = [values[0] for values in axes(covariance_of(major, major * ratio, angle)[None])]
    assert found[0] == pytest.approx(major, rel=1e-6)
    assert found[1] == pytest.approx(major * ratio, rel=1e-6)
    if ratio < 0.999:
        assert turned(found[2], angle) == pytest.approx(0, abs=1e-3)


def test_a_beam_covariance_points_along_its_position_angle():
    east_west = covariance_of(10, 5, 90) * FWHM**2
    np.testing.assert_allclose(east_west, np.diag([100, 25]), atol=1e-9)
    north_east = covariance_of(10, 5, 45)
    assert north_east[0, 1] > 0


@given(
    major=st.floats(0.5, 100),
    ratio=st.floats(0.05, 0.99),
    angle=ANGLES,
    beam_angle=ANGLES,
    beam_ratio=st.floats(0.2, 1),
)
def test_deconvolution_undoes_convolution(major, ratio, angle, beam_angle, beam_ratio):
    assume(major * ratio > 0.2)
    beam = Beam(10.0, 10.0 * beam_ratio, beam_angle)
    convolved = covariance_of(major, major * ratio, angle) + beam.covariance
    found = [values[0] for values in deconvolve(convolved[None], beam.covariance)]
    assert found[0] == pytest.approx(major, rel=1e-4, abs=1e-4)
    assert found[1] == pytest.approx(major * ratio, rel=1e-3, abs=1e-3)
    assert abs(turned(found[2], angle)) < 0.1 or ratio > 0.98


def test_a_shape_smaller_than_the_beam_has_nothing_left():
    found = deconvolve(covariance_of(9.0, 7.0, BEAM.pa)[None], BEAM.covariance)
    assert np.isnan(found).all()


def test_a_shape_resolved_along_one_axis_only_keeps_that_axis():
    beam = Beam(10.0, 10.0)
    major, minor, angle = (
        v[0] for v in deconvolve(covariance_of(20.0, 9.0, 60.0)[None], beam.covariance)
    )
    assert major == pytest.approx(np.sqrt(20**2 - 10**2), rel=1e-6)
    assert np.isnan(minor)
    assert angle == pytest.approx(60.0)


@pytest.mark.parametrize("angle", [0.0, 1.0, 40.0, 120.0, 179.5])
@pytest.mark.parametrize("view", [{}, {"rotation": 33.0, "parity": -1}])
def test_errors_of_the_axes_are_those_of_chance(angle, view):
    wcs = tan_wcs(SHAPE, **view)
    image = sky_image(np.zeros(SHAPE), wcs=wcs)
    jacobian = image.sky_jacobian([50.0], [60.0])
    shape = ellipse_in_pixels(wcs, *place(wcs, 50, 60), 14.0, 9.0, angle)
    (a, b), (_, c) = np.linalg.inv(shape)
    mean = np.array([a, b, c])
    mixing = 0.02 * a * np.array([[1.0, 0.2, -0.3], [0.2, 0.6, 0.1], [-0.3, 0.1, 0.9]])
    covariance = mixing @ mixing.T
    errors = axes_errors(mean[None], covariance[None], jacobian)
    drawn = np.random.default_rng(31).multivariate_normal(mean, covariance, 20_000)
    major, minor, turn = axes(precision_to_sky(drawn, np.broadcast_to(jacobian, (20_000, 2, 2))))
    spread = (major.std(), minor.std(), turned(turn, angle).std())
    np.testing.assert_allclose([error[0] for error in errors], spread, rtol=0.05)


def test_the_error_of_an_angle_is_at_most_a_quarter_turn():
    precision = np.array([[0.3, 1e-9, 0.3]])
    errors = axes_errors(precision, 1e-4 * np.eye(3)[None], np.eye(2)[None])
    assert errors[2][0] == pytest.approx(90.0)
