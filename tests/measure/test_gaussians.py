"""Fitted components against `scipy.optimize` and errors against dense matrices."""

import numpy as np
import pytest
from astropy.modeling.models import Gaussian2D
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares
from skies import correlated_noise

from sciarada.measure.correlation import NoiseCorrelation
from sciarada.measure.gaussians import Components, Stamp, evaluate, fit

WHITE = NoiseCorrelation(None)
KERNEL = np.array([[2.2, 0.4], [0.4, 1.5]])  # pixels^2
CORRELATED = NoiseCorrelation(np.linalg.inv(2 * KERNEL))


def component(peak, x, y, major, minor, angle) -> np.ndarray:
    """Return (A, x0, y0, a, b, c) of sigmas in pixels, turned from +x (radians)."""
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-np.sin(angle), np.cos(angle)])
    precision = np.outer(along, along) / major**2 + np.outer(across, across) / minor**2
    return np.array([peak, x, y, precision[0, 0], precision[0, 1], precision[1, 1]])


ONE = np.array([component(40, 14.3, 12.8, 3.1, 1.9, 0.6)])
TWO = np.array([component(40, 12.3, 12.8, 2.6, 1.9, 0.6), component(25, 18.6, 16.1, 2.2, 2.0, 1.9)])
THREE = np.concatenate([TWO, [component(18, 22.0, 9.0, 3.0, 1.8, 2.5)]])


def picture(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return evaluate(values, x, y)


def stamp(
    truth: np.ndarray,
    shape: tuple[int, int] = (27, 30),
    *,
    seed: int = 1,
    kernel: np.ndarray | None = KERNEL,
    free: np.ndarray | None = None,
    away: float = 1.0,
) -> Stamp:
    """Return noisy data, a ragged region and a start that is somewhat off."""
    random = np.random.default_rng(seed)
    data = picture(truth, shape)
    data += random.normal(size=shape) if kernel is None else correlated_noise(shape, kernel, seed)
    y, x = np.mgrid[: shape[0], : shape[1]]
    used = ((y - shape[0] / 2) / shape[0]) ** 2 + ((x - shape[1] / 2) / shape[1]) ** 2 < 0.23
    data[~used] = np.nan
    start = truth.copy()
    start[:, 0] *= 1 + 0.1 * away
    start[:, 1:3] += away * random.uniform(-0.4, 0.4, (len(truth), 2))
    count = len(truth)
    free = np.ones(count, bool) if free is None else free
    start[free, 3:] *= 1 + 0.15 * away
    return Stamp(data, used, Components(start, free, np.zeros((count, 6, 6)), False))


def chosen(start: Components) -> np.ndarray:
    """Return which of all parameters are fitted."""
    mask = np.ones((len(start), 6), bool)
    mask[~start.free, 3:] = False
    return mask.ravel()


def slow_fit(given_stamp: Stamp) -> tuple[np.ndarray, np.ndarray]:
    """Return values (n, 6) and the Jacobian (pixels, fitted) at them, by scipy."""
    y, x = np.nonzero(given_stamp.used)
    data = given_stamp.data[y, x]
    start = given_stamp.start.values.ravel()
    which = chosen(given_stamp.start)

    def values(parameters: np.ndarray) -> np.ndarray:
        full = start.copy()
        full[which] = parameters
        return full.reshape(-1, 6)

    def residual(parameters: np.ndarray) -> np.ndarray:
        return evaluate(values(parameters), x, y) - data

    found = least_squares(
        residual, start[which], jac="3-point", x_scale="jac", xtol=1e-12, ftol=1e-12, gtol=1e-12
    )
    assert found.success
    return values(found.x), found.jac


def slow_covariance(given_stamp: Stamp, jacobian: np.ndarray, noise: NoiseCorrelation):
    """Return each component's own covariance from dense matrices."""
    y, x = np.nonzero(given_stamp.used)
    if noise.shape is None:
        between = np.eye(len(x))
    else:
        offset = np.stack([x[:, None] - x, y[:, None] - y], axis=-1)
        between = np.exp(-0.5 * np.einsum("pqi,ij,pqj->pq", offset, noise.shape, offset))
    inverse = np.linalg.inv(jacobian.T @ jacobian)
    which = chosen(given_stamp.start)
    full = np.zeros((which.size, which.size))
    full[np.ix_(which, which)] = inverse @ (jacobian.T @ between @ jacobian) @ inverse
    count = len(given_stamp.start)
    blocks = full.reshape(count, 6, count, 6)
    return np.stack([blocks[i, :, i] for i in range(count)])


@given(
    st.floats(1, 100),
    st.floats(-3, 30),
    st.floats(-3, 30),
    st.floats(0.5, 9),
    st.floats(0.5, 9),
    st.floats(0, np.pi),
)
def test_components_are_those_of_astropy(peak, x0, y0, major, minor, angle):
    y, x = np.mgrid[:20, :25]
    values = component(peak, x0, y0, major, minor, angle)
    expected = Gaussian2D(peak, x0, y0, major, minor, angle)(x, y)
    np.testing.assert_allclose(evaluate(values[None], x, y), expected, atol=1e-9 * peak)
    np.testing.assert_allclose(evaluate(np.stack([values] * 3), x, y), 3 * expected, atol=1e-6)


@pytest.mark.parametrize("noise", [WHITE, CORRELATED], ids=["white", "correlated"])
@pytest.mark.parametrize("truth", [ONE, TWO, THREE], ids=["one", "two", "three"])
def test_values_and_errors_are_those_of_scipy(truth, noise):
    given_stamp = stamp(truth, kernel=None if noise is WHITE else KERNEL)
    (found,) = fit([given_stamp], noise)
    values, jacobian = slow_fit(given_stamp)
    covariance = slow_covariance(given_stamp, jacobian, noise)
    errors = np.sqrt(np.einsum("nii->ni", covariance))
    assert found.converged
    assert (np.abs(found.values - values) < 0.05 * errors).all()
    np.testing.assert_allclose(
        np.sqrt(np.einsum("nii->ni", found.covariance)), errors, rtol=0.02, atol=1e-9
    )
    scaled = found.covariance / (errors[:, :, None] * errors[:, None, :])
    expected = covariance / (errors[:, :, None] * errors[:, None, :])
    np.testing.assert_allclose(scaled, expected, atol=0.03)


@pytest.mark.parametrize("free", [[False, False], [True, False], [False, True]])
def test_held_shapes_stay_and_have_no_error(free):
    free = np.array(free)
    given_stamp = stamp(TWO, free=free)
    (found,) = fit([given_stamp], CORRELATED)
    values, jacobian = slow_fit(given_stamp)
    covariance = slow_covariance(given_stamp, jacobian, CORRELATED)
    assert found.converged
    np.testing.assert_array_equal(found.free, free)
    np.testing.assert_array_equal(found.values[~free, 3:], given_stamp.start.values[~free, 3:])
    assert (found.covariance[~free, 3:] == 0).all()
    assert (found.covariance[~free][:, :, 3:] == 0).all()
    errors = np.sqrt(np.einsum("nii->ni", covariance))
    fitted = errors > 0
    assert (np.abs(found.values - values)[fitted] < 0.05 * errors[fitted]).all()
    np.testing.assert_allclose(
        np.sqrt(np.einsum("nii->ni", found.covariance)), errors, rtol=0.02, atol=1e-9
    )


def test_without_noise_the_truth_comes_back():
    shape = (27, 30)
    clean = Stamp(picture(TWO, shape), np.ones(shape, bool), stamp(TWO).start)
    (found,) = fit([clean], WHITE)
    np.testing.assert_allclose(found.values, TWO, rtol=1e-3, atol=1e-3)


def test_errors_are_the_scatter_of_many_fits():
    count, shape = 400, (19, 19)
    truth = np.array([component(12, 9.2, 8.7, 2.4, 1.8, 0.4)])
    noise = correlated_noise((40 * 20, 20 * 20), KERNEL, seed=5)
    tiles = [noise[y : y + 19, x : x + 19] for y in range(0, 800, 20) for x in range(0, 400, 20)]
    used = np.ones(shape, bool)
    stamps = [
        Stamp(picture(truth, shape) + tile, used, Components.started(truth))
        for tile in tiles[:count]
    ]
    fits = fit(stamps, CORRELATED)
    values = np.array([found.values[0] for found in fits if found.converged])
    assert len(values) > 0.99 * count
    errors = np.sqrt(np.median([np.diag(found.covariance[0]) for found in fits], axis=0))
    spread = 1.4826 * np.median(np.abs(values - np.median(values, axis=0)), axis=0)
    np.testing.assert_allclose(spread, errors, rtol=0.2)


def test_a_fit_does_not_depend_on_its_company():
    stamps = [
        stamp(ONE, (25, 28), seed=1),
        stamp(ONE, (21, 31), seed=2),
        stamp(ONE, (27, 24), seed=3),
        stamp(TWO, (27, 30), seed=4),
        stamp(ONE, (26, 30), seed=5),
    ]
    together = fit(stamps, CORRELATED)
    for given_stamp, found in zip(stamps, together, strict=True):
        (alone,) = fit([given_stamp], CORRELATED)
        np.testing.assert_allclose(found.values, alone.values, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(found.covariance, alone.covariance, rtol=0.02, atol=1e-4)


@settings(max_examples=20)
@given(st.integers(0, 999), st.integers(0, 6), st.integers(0, 6))
def test_unused_pixels_around_do_not_matter(seed, below, above):
    plain = stamp(ONE, seed=seed)
    padding = ((below, above), (above, below))
    moved = plain.start.values + np.array([0, above, below, 0, 0, 0])
    padded = Stamp(
        np.pad(plain.data, padding, constant_values=np.nan),
        np.pad(plain.used, padding),
        Components.started(moved),
    )
    (one,), (other,) = fit([plain], WHITE), fit([padded], WHITE)
    np.testing.assert_allclose(other.values - moved, one.values - plain.start.values, atol=1e-6)


FLAT = np.zeros((15, 15))
FULL = np.ones((15, 15), bool)


@pytest.mark.parametrize(
    ("data", "used"),
    [
        (np.full((15, 15), np.nan), np.zeros((15, 15), bool)),
        (FLAT, np.eye(15) > 2),
        (FLAT + 9.0, np.arange(225).reshape(15, 15) % 60 == 0),  # fewer pixels than parameters
    ],
    ids=["no pixels", "nothing used", "few pixels"],
)
def test_what_cannot_be_fitted_is_the_start_and_not_converged(data, used):
    start = Components.started(np.array([component(9, 7, 7, 2, 2, 0)]))
    (found,) = fit([Stamp(data, used, start)], CORRELATED)
    assert not found.converged
    np.testing.assert_array_equal(found.values, start.values)


@pytest.mark.parametrize(
    "values",
    [
        component(0, 7, 7, 2, 2, 0),
        component(9, 700, 7, 2, 2, 0),
        component(1e30, 7, 7, 2, 2, 0),
        np.array([9.0, 7.0, 7.0, 0.3, 5.0, 0.3]),
        np.full(6, np.nan),
    ],
    ids=["no amplitude", "far away", "huge", "improper", "nan"],
)
def test_bad_starts_do_no_harm_to_others(values):
    good = stamp(ONE, (15, 15), seed=7)
    random = np.random.default_rng(8).normal(size=(15, 15))
    bad = Stamp(random, FULL, Components.started(values[None]))
    alone, (first, found) = fit([good], WHITE)[0], fit([bad, good], WHITE)
    np.testing.assert_allclose(found.values, alone.values, rtol=1e-6)
    if first.converged:
        assert np.isfinite(first.values).all()
        assert np.isfinite(first.covariance).all()


def test_a_budget_of_no_steps_gives_the_start():
    (found,) = fit([stamp(TWO)], WHITE, max_steps=1)
    assert not found.converged
    np.testing.assert_array_equal(found.values, stamp(TWO).start.values)


def test_results_come_in_the_order_of_the_stamps():
    stamps = [stamp(truth, seed=i) for i, truth in enumerate([ONE, TWO, ONE, THREE, TWO])]
    assert [len(found) for found in fit(stamps, WHITE)] == [1, 2, 1, 3, 2]
    assert fit([], WHITE) == []
