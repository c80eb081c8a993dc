"""Shapes of sources: their size, their centre and their flux."""

import numpy as np
import pytest

from sciarada.simulate.generators import generator_names, generators

MORPHOLOGIES = {name: it.draw for name, it in generators(generator_names()).items()}
EXTENDED = sorted(set(MORPHOLOGIES) - {"point"})


def extent(shape) -> float:
    """Return the largest distance between half-power points of the Gaussians."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    pa = np.radians(shape.pa)[:, None]
    along, across = (
        shape.major[:, None] / 2 * np.cos(angle),
        shape.minor[:, None] / 2 * np.sin(angle),
    )
    east = (shape.east[:, None] + along * np.sin(pa) + across * np.cos(pa)).ravel()
    north = (shape.north[:, None] + along * np.cos(pa) - across * np.sin(pa)).ravel()
    return np.hypot(east[:, None] - east, north[:, None] - north).max()


@pytest.mark.parametrize("name", MORPHOLOGIES)
@pytest.mark.parametrize("seed", range(5))
def test_every_shape_is_sound(name, seed):
    shape = MORPHOLOGIES[name](80.0, np.random.default_rng(seed))
    assert shape.share.sum() == pytest.approx(1)
    assert (shape.share > 0).all()
    assert (shape.share * shape.east).sum() == pytest.approx(0, abs=1e-9)
    assert (shape.share * shape.north).sum() == pytest.approx(0, abs=1e-9)
    assert (shape.minor >= 0).all()
    assert (shape.major >= shape.minor).all()
    assert ((shape.pa >= 0) & (shape.pa < 180)).all()


@pytest.mark.parametrize("name", EXTENDED)
def test_the_size_is_the_largest_extent(name):
    sizes = [
        extent(MORPHOLOGIES[name](80.0, np.random.default_rng(seed))) / 80 for seed in range(40)
    ]
    assert max(sizes) < 1.12
    assert min(sizes) > 0.55


@pytest.mark.parametrize("name", EXTENDED)
def test_shapes_scale_with_their_size(name):
    small = MORPHOLOGIES[name](10.0, np.random.default_rng(7))
    large = MORPHOLOGIES[name](30.0, np.random.default_rng(7))
    np.testing.assert_allclose(large.east, 3 * small.east, atol=1e-9)
    np.testing.assert_allclose(large.major, 3 * small.major)
    np.testing.assert_allclose(large.share, small.share)


def test_a_point_has_no_size():
    assert extent(MORPHOLOGIES["point"](80.0, np.random.default_rng(0))) == 0


def test_a_double_is_brightest_at_its_ends():
    for seed in range(20):
        shape = MORPHOLOGIES["fr2"](80.0, np.random.default_rng(seed))
        brightness = shape.share[1:] / (shape.major[1:] * shape.minor[1:])
        distance = np.hypot(shape.east - shape.east[0], shape.north - shape.north[0])[1:]
        arms = brightness.reshape(2, 2)
        assert (arms[:, 0] > arms[:, 1]).all()  # hot spot against lobe
        assert (distance.reshape(2, 2)[:, 0] > distance.reshape(2, 2)[:, 1]).all()


def test_a_shell_is_hollow():
    shape = MORPHOLOGIES["snr_shell"](80.0, np.random.default_rng(3))
    rim = np.hypot(shape.east, shape.north)[:-1]
    assert rim.min() > 0.25 * 80
    assert shape.share[-1] < 0.3
