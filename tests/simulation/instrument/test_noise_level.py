"""The true rms: ripples, the mosaic's rise towards its edge, and tiles."""

import itertools
import math

import numpy as np
import pytest

from sciarada.geometry.windows import Window
from sciarada.simulation.instrument.level import NoiseLevel
from sciarada.simulation.instrument.mosaic import Mosaic
from sciarada.simulation.instrument.tiling import Seams
from sciarada.simulation.instrument.waves import power_law, ripples

WINDOW = Window(40, 90, -20, 100)
RIPPLES = ripples(0.3, 100.0, np.random.default_rng(9))
MOSAIC = Mosaic.grid((400, 500), 150.0, 100.0, "hexagonal")
SEAMS = Seams(60.0, math.radians(20), 0.2, (0.3, 0.6), 4)


def positions(window: Window) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[window.y0 : window.y1, window.x0 : window.x1]
    return x, y


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"ripples": RIPPLES},
        {"mosaic": MOSAIC},
        {"tiles": SEAMS},
        {"ripples": RIPPLES, "mosaic": MOSAIC, "tiles": SEAMS},
    ],
)
def test_the_level_is_the_same_at_positions_and_over_windows(parts):
    level = NoiseLevel(2.0, **parts)
    np.testing.assert_allclose(level.over(WINDOW), level.at(*positions(WINDOW)), rtol=2e-5)


def test_the_level_ripples_as_much_as_asked_for():
    logarithm = np.log(NoiseLevel(2.0, RIPPLES).over(Window.whole((2000, 2000))) / 2.0)
    assert logarithm.std() == pytest.approx(0.3, rel=0.05)
    assert logarithm.mean() == pytest.approx(0, abs=0.02)


def test_a_level_without_effects_is_constant():
    level = NoiseLevel(2.0)
    assert np.all(level.over(Window(0, 5, 0, 7)) == 2.0)
    assert np.all(level.at(np.arange(3.0), np.arange(3.0)) == 2.0)


def test_a_negative_rms():
    with pytest.raises(ValueError, match="negative"):
        NoiseLevel(-1.0)


def test_one_pointing_is_half_as_sensitive_at_half_its_fwhm():
    level = NoiseLevel(3.0, mosaic=Mosaic.single((50.0, 20.0), 80.0))
    assert level.at(50, 20) == pytest.approx(3)
    np.testing.assert_allclose(level.at([90, 10, 50], [20, 20, -20]), 6)


def test_the_rise_ends_at_the_cut():
    level = NoiseLevel(1.0, mosaic=Mosaic.single((0.0, 0.0), 80.0), cut=0.25)
    assert level.at(500, 500) == pytest.approx(4)


@pytest.mark.parametrize("lattice", ["hexagonal", "square"])
def test_a_mosaic_is_the_sum_of_the_squares_of_its_primary_beams(lattice):
    """The slow way: each pointing's image, weighted by the inverse of its variance."""
    mosaic = Mosaic.grid((300, 200), 150.0, 90.0, lattice)
    x, y = positions(Window(0, 300, 0, 200))
    weight = np.zeros(x.shape)
    for px, py in zip(mosaic.x, mosaic.y, strict=True):
        beam = np.exp(-4 * math.log(2) * ((x - px) ** 2 + (y - py) ** 2) / 150.0**2)
        weight += 1 / (1 / beam) ** 2
    rms = 1 / np.sqrt(weight)
    level = NoiseLevel(1.0, mosaic=mosaic).over(Window(0, 300, 0, 200))
    np.testing.assert_allclose(level / level.min(), rms / rms.min(), rtol=2e-5)
    assert level.min() == pytest.approx(1, abs=2e-3)


def test_the_neighbours_of_a_pointing_are_where_the_grid_says():
    for lattice, count in (("hexagonal", 6), ("square", 4)):
        mosaic = Mosaic.grid((1000, 1000), 200.0, 130.0, lattice)
        away = np.sort(np.hypot(mosaic.x - 499.5, mosaic.y - 499.5))
        np.testing.assert_allclose(away[: count + 1], [0] + [130] * count, atol=1e-9)
        assert away[count + 1] > 130.1


def test_a_mosaic_that_ends():
    mosaic = Mosaic.grid((2000, 2000), 200.0, 130.0, "hexagonal", radius=400.0)
    assert np.hypot(mosaic.x - 999.5, mosaic.y - 999.5).max() <= 400.001
    assert mosaic.response(999.5, 999.5) > 0.9
    assert mosaic.response(999.5, 1900.0) < 0.01


def test_tiles_have_straight_seams_and_one_value_each():
    values = SEAMS.over(Window.whole((300, 300)))
    assert 25 <= len(np.unique(values)) <= 60
    column = math.cos(SEAMS.angle) * 150 + math.sin(SEAMS.angle) * 150
    along = np.arange(-20, 20)  # a walk along a seam stays on one side of it
    phase = (math.ceil(column / 60 + 0.3) - 0.3) * 60 - column
    for side in (-1, 1):
        x = 150 + (phase + side) * math.cos(SEAMS.angle) - along * math.sin(SEAMS.angle)
        y = 150 + (phase + side) * math.sin(SEAMS.angle) + along * math.cos(SEAMS.angle)
        assert len(np.unique(SEAMS.at(x, y))) <= 2


def test_tiles_scatter_as_much_as_asked_for():
    seams = Seams(1.0, 0.0, 0.2, (0.0, 0.0), 4)
    values = seams.over(Window(-20, 20, -20, 20))
    assert values.std() == pytest.approx(0.2, rel=0.1)
    assert np.array_equal(seams.over(Window(0, 5, 0, 5)), values[20:25, 20:25])
    assert seams.at([], []).shape == (0,)


def test_the_power_spectrum_of_a_power_law():
    size, side = 256.0, 1024
    spectra = []
    for seed in range(4):
        field = power_law(2.0, size, 3.0, np.random.default_rng(seed))
        pixels = field.over(Window.whole((side, side)))
        assert pixels.std() == pytest.approx(2, rel=0.25)
        taper = np.outer(np.hanning(side), np.hanning(side))
        spectra.append(np.abs(np.fft.fft2(pixels * taper)) ** 2)
    k = np.hypot(*np.meshgrid(*2 * [np.fft.fftfreq(side)]))
    edges = np.geomspace(1.2 / size, 16 / size, 5)
    power = [
        np.mean([s[(k >= a) & (k < b)].mean() for s in spectra])
        for a, b in itertools.pairwise(edges)
    ]
    slope = np.polyfit(np.log(np.sqrt(edges[1:] * edges[:-1])), np.log(power), 1)[0]
    assert slope == pytest.approx(-3, abs=0.35)
