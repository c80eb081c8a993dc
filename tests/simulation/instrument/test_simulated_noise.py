"""Correlated noise: its rms, its spectrum, and that it does not depend on the tiling."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d
from scipy.stats import kurtosis, skew

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import BLOCK, assemble
from sciarada.simulation.instrument.noise import CELL, CorrelatedNoise, correlated_noise

ANGLE = math.radians(35)
TURN = np.array([[math.cos(ANGLE), -math.sin(ANGLE)], [math.sin(ANGLE), math.cos(ANGLE)]])
BEAM = TURN @ np.diag([2.6**2, 1.7**2]) @ TURN.T
POINT = np.eye(2) * 0.01  # so narrow that only one pixel of the kernel is not zero
NOISE = CorrelatedNoise(BEAM, seed=5)
SIDE = 1024


@pytest.fixture(scope="module")
def plane() -> np.ndarray:
    return NOISE.read(Window.whole((SIDE, SIDE)))


def test_the_rms_is_one(plane):
    # The variance of a sample variance is 2 / N, with N the area over the integral of the
    # squared autocorrelation, which has the beam's own width.
    independent = SIDE**2 / (2 * math.pi * math.sqrt(np.linalg.det(BEAM)))
    assert plane.std() == pytest.approx(1, abs=4 * math.sqrt(0.5 / independent))
    assert plane.dtype == np.float32


def test_the_values_are_gaussian(plane):
    sample = plane[::12, ::12].ravel()
    assert abs(skew(sample)) < 4 * math.sqrt(6 / sample.size)
    assert abs(kurtosis(sample)) < 4 * math.sqrt(24 / sample.size)


@pytest.mark.parametrize("lag", [(1, 0), (0, 1), (3, 2), (3, -2), (-4, 1), (8, 8), (20, -15)])
def test_the_autocorrelation_is_that_of_the_beam(plane, lag):
    dx, dy = lag
    spectrum = np.abs(np.fft.fft2(plane)) ** 2
    measured = np.fft.ifft2(spectrum).real[dy, dx] / spectrum.mean()
    offset = np.array([dx, dy])
    expected = math.exp(-offset @ np.linalg.inv(BEAM) @ offset / 4)
    assert measured == pytest.approx(expected, abs=0.03)


def test_the_power_spectrum_is_the_square_of_the_beams_transform(plane):
    power = np.abs(np.fft.fft2(plane)) ** 2 / plane.size
    k = 2 * np.pi * np.fft.fftfreq(SIDE)
    ky, kx = np.meshgrid(k, k, indexing="ij")
    exponent = BEAM[0, 0] * kx**2 + 2 * BEAM[0, 1] * kx * ky + BEAM[1, 1] * ky**2
    expected = 4 * math.pi * math.sqrt(np.linalg.det(BEAM)) * np.exp(-exponent)
    for low, high in ((0, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 6)):
        ring = (exponent >= low) & (exponent < high)
        error = 5 / math.sqrt(ring.sum() / 2)
        assert power[ring].mean() == pytest.approx(expected[ring].mean(), rel=error + 0.02)


def test_it_is_white_noise_convolved_with_the_beam(plane):
    """The slow way: convolve pixel by pixel what a point-like beam gives for the same seed."""
    window = Window(BLOCK - 30, BLOCK + 30, 2 * BLOCK - 40, 2 * BLOCK - 5)
    reach = 20
    white = CorrelatedNoise(POINT, NOISE.seed).read(window.grow(reach)).astype(float)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    offset = np.stack([x, y], axis=-1)
    kernel = np.exp(-0.5 * np.einsum("...i,ij,...j", offset, np.linalg.inv(BEAM), offset))
    kernel /= np.sqrt((kernel**2).sum())
    slow = convolve2d(white, kernel, mode="valid")
    np.testing.assert_allclose(plane[window.slices], slow, atol=1e-4)


def test_white_noise_is_independent_across_cells():
    white = CorrelatedNoise(POINT, 1).read(Window(0, 8 * CELL, 0, 8 * CELL))
    cells = white.reshape(8, CELL, 8, CELL).swapaxes(1, 2).reshape(64, -1)
    correlation = np.corrcoef(cells) - np.eye(64)
    assert np.abs(correlation).max() < 6 / CELL
    assert white.var() == pytest.approx(1, abs=4 * math.sqrt(2 / white.size))


windows = st.builds(
    lambda y, x, height, width: Window(y, y + height, x, x + width),
    st.integers(-700, 900),
    st.integers(-700, 900),
    st.integers(1, 300),
    st.integers(1, 300),
)


@settings(max_examples=15)
@given(windows, st.data())
def test_the_same_pixels_however_it_is_cut(window, data):
    y = data.draw(st.integers(window.y0, window.y1 - 1))
    x = data.draw(st.integers(window.x0, window.x1 - 1))
    inner = Window(y, window.y1, x, window.x1)
    whole = NOISE.read(window)
    assert np.array_equal(NOISE.read(inner), whole[inner.slices_in(window)])


def test_seeds():
    window = Window(0, 50, 0, 60)
    first = CorrelatedNoise(BEAM, 1).read(window)
    assert np.array_equal(first, CorrelatedNoise(BEAM, 1).read(window))
    other = CorrelatedNoise(BEAM, 2).read(window)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.3


def test_noise_with_a_map_of_its_rms():
    window = Window.whole((200, 300))
    rms = np.linspace(1, 2, window.size).reshape(window.shape)
    unit = NOISE.read(window)
    noise = correlated_noise(window.shape, BEAM, 5, lambda asked: rms[asked.slices])
    np.testing.assert_allclose(noise, unit * rms, rtol=1e-6)
    np.testing.assert_allclose(correlated_noise(window.shape, BEAM, 5, 2.0), 2 * unit, rtol=1e-6)


def test_windows_are_put_together_from_whole_blocks():
    asked = []

    def compute(block: Window) -> np.ndarray:
        asked.append(block)
        y, x = np.mgrid[block.y0 : block.y1, block.x0 : block.x1]
        return 1e-3 * y + x

    window = Window(-3, BLOCK + 2, BLOCK - 1, BLOCK + 1)
    y, x = np.mgrid[window.y0 : window.y1, window.x0 : window.x1]
    np.testing.assert_allclose(assemble(window, compute), 1e-3 * y + x, rtol=1e-6)
    assert len(asked) == 6
    assert all(b.y0 % BLOCK == b.x0 % BLOCK == 0 and b.shape == (BLOCK, BLOCK) for b in asked)


def test_an_empty_window():
    assert assemble(Window(3, 3, 0, 9), partial(np.zeros, BLOCK)).shape == (0, 9)
