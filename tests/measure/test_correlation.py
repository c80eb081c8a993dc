"""The correlation of the noise: known kernels come back, and covariances are those of a matrix."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skies import correlated_noise, flat_background, sky_image, white_noise

from sciarada.measure.correlation import NoiseCorrelation, measure_correlation

SHAPE = (500, 500)


def kernel_covariance(major: float, minor: float, angle: float) -> np.ndarray:
    """Return the covariance of a kernel of given sigmas in pixels, turned from +x (deg)."""
    turn = np.radians(angle)
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-np.sin(turn), np.cos(turn)])
    return major**2 * np.outer(along, along) + minor**2 * np.outer(across, across)


def dense(correlation: NoiseCorrelation, shape: tuple[int, int]) -> np.ndarray:
    """Return the covariance matrix of all pixels, one by one."""
    y, x = (axis.ravel() for axis in np.mgrid[: shape[0], : shape[1]])
    offset = np.stack([x[:, None] - x, y[:, None] - y], axis=-1)
    return np.exp(-0.5 * np.einsum("pqi,ij,pqj->pq", offset, correlation.shape, offset))


@pytest.mark.parametrize(
    ("major", "minor", "angle"), [(2.5, 2.5, 0), (3.0, 1.6, 0), (3.0, 1.6, 90), (2.6, 1.5, 35)]
)
def test_smoothed_white_noise_is_correlated_over_the_root_of_two_kernels(major, minor, angle):
    kernel = kernel_covariance(major, minor, angle)
    image = sky_image(correlated_noise(SHAPE, kernel, seed=21))
    found = measure_correlation(image, flat_background())
    expected = 2 * kernel
    np.testing.assert_allclose(np.linalg.inv(found.shape), expected, atol=0.08 * expected.max())
    assert found.area == pytest.approx(2 * np.pi * np.sqrt(np.linalg.det(expected)), rel=0.08)


def test_background_and_noise_level_do_not_matter():
    kernel = kernel_covariance(2.0, 2.0, 0)
    noise = correlated_noise(SHAPE, kernel, seed=22)
    plain = measure_correlation(sky_image(noise), flat_background())
    scaled = measure_correlation(sky_image(5 + 0.01 * noise), flat_background(5, 0.01))
    np.testing.assert_allclose(scaled.shape, plain.shape, rtol=1e-3)


def test_sources_and_missing_pixels_do_not_count():
    kernel = kernel_covariance(2.0, 2.0, 0)
    data = correlated_noise(SHAPE, kernel, seed=23)
    y, x = np.random.default_rng(24).integers(0, SHAPE[0], (2, 200))
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for row, column in zip(y, x, strict=True):
        near = (slice(max(0, row - 9), row + 10), slice(max(0, column - 9), column + 10))
        distance = (rows[near] - row) ** 2 + (columns[near] - column) ** 2
        data[near] += 50 * np.exp(-distance / 2 / 2.0**2)
    data[100:180, 200:320] = np.nan
    found = measure_correlation(sky_image(data), flat_background())
    np.testing.assert_allclose(np.linalg.inv(found.shape), 2 * kernel, atol=0.12 * 8)


def test_white_noise_is_independent():
    found = measure_correlation(sky_image(white_noise(SHAPE, 25)), flat_background())
    assert found.area == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("data", [np.full(SHAPE, np.nan), np.zeros(SHAPE), np.ones((1, 1))])
def test_images_that_tell_nothing_have_independent_pixels(data):
    assert measure_correlation(sky_image(data), flat_background()).area == 1


@settings(max_examples=25)
@given(
    shape=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    major=st.floats(0.8, 5),
    ratio=st.floats(0.3, 1),
    angle=st.floats(0, 180),
    seed=st.integers(0, 99),
)
def test_smooth_multiplies_with_the_covariance_matrix(shape, major, ratio, angle, seed):
    kernel = 2 * kernel_covariance(major, major * ratio, angle)
    correlation = NoiseCorrelation(np.linalg.inv(kernel))
    images = np.random.default_rng(seed).normal(size=(3, *shape))
    expected = images.reshape(3, -1) @ dense(correlation, shape)
    np.testing.assert_allclose(
        correlation.smooth(images).reshape(3, -1),
        expected,
        atol=0.01 * np.abs(images).sum(axis=(1, 2)).max(),
    )


def test_smooth_leaves_independent_pixels_alone():
    images = white_noise((2, 5, 7), 26)
    np.testing.assert_array_equal(NoiseCorrelation(None).smooth(images), images)
    assert NoiseCorrelation(None).area == 1


def test_the_area_is_the_sum_over_the_autocorrelation():
    correlation = NoiseCorrelation(np.linalg.inv(2 * kernel_covariance(2.0, 1.2, 20)))
    y, x = np.mgrid[-40:41, -40:41]
    offset = np.stack([x, y], axis=-1)
    values = np.exp(-0.5 * np.einsum("yxi,ij,yxj->yx", offset, correlation.shape, offset))
    assert correlation.area == pytest.approx(values.sum(), rel=1e-6)
