"""Sidelobes and rays: the Fourier transform of what an array samples, checked the slow way."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from sciarada.simulation.instrument.arrays import ARRAYS
from sciarada.simulation.instrument.patterns import DRAWS, _image, envelopes, patterns

SIDE = 512
SIGMA = 5 / 2.3548
UPRIGHT = (-1.0, 0.0, 0.0, 1.0)  # north up, east left, pixels of one arcsec
ROUND = (SIGMA**2, 0.0, SIGMA**2)


def bank(array: str, seed: int = 1, declination: float = -42.0) -> np.ndarray:
    return patterns(array, declination, UPRIGHT, ROUND, SIDE, seed)


def on_a_circle(image: np.ndarray, radius: float, count: int = 720) -> np.ndarray:
    """Return pixels at even position angles, north through east, round the middle."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x = np.rint(SIDE // 2 - radius * np.sin(angle)).astype(int)
    y = np.rint(SIDE // 2 + radius * np.cos(angle)).astype(int)
    return image[y, x]


def test_the_fast_transform_is_the_sum_of_the_fringes():
    rng = np.random.default_rng(1)
    side = 32
    row, column = rng.integers(0, side, 50), rng.integers(0, side // 2, 50)
    value = rng.normal(size=50) + 1j * rng.normal(size=50)
    image = _image(row, column, value, side)
    offset = np.arange(side) - side // 2
    for y, x in ((16, 16), (0, 3), (20, 9), (31, 31)):
        turn = 2 * np.pi * (row * offset[y] + column * offset[x]) / side
        slow = 2 * np.sum((value * np.exp(1j * turn)).real)
        assert image[y, x] == pytest.approx(slow, abs=1e-3)


@pytest.mark.parametrize("array", ARRAYS)
def test_patterns_are_nought_at_the_source_and_on_average(array):
    made = bank(array)
    assert made.shape == (1 + DRAWS, SIDE, SIDE)
    assert made.dtype == np.float32
    assert not made[:, SIDE // 2, SIDE // 2].any()
    # No baseline has no length, so the array sees no mean.
    assert np.all(np.abs(made.mean(axis=(1, 2))) < 0.1 * made.std(axis=(1, 2)))
    assert (made.max(axis=(1, 2)) > 0).all()
    assert (made.min(axis=(1, 2)) < 0).all()


def test_the_dirty_beam_fills_what_the_clean_beam_leaves():
    """Clean beam plus sidelobes: at most one, and one at the source only."""
    step = np.arange(-SIDE // 2, SIDE // 2)
    clean = np.exp(-0.5 * (step**2 + step[:, None] ** 2) / SIGMA**2)
    dirty = bank("meerkat")[0] + clean
    assert dirty.max() == dirty[SIDE // 2, SIDE // 2] == 1
    half = np.count_nonzero(dirty > 0.5)
    assert half == pytest.approx(np.count_nonzero(clean > 0.5), rel=0.35)


def by_angle(array: str) -> np.ndarray:
    """Return the power of the sidelobes in each half degree, over its median."""
    sidelobes = bank(array, declination=ARRAYS[array].latitude)[0]
    power = np.mean([on_a_circle(sidelobes, r) ** 2 for r in range(60, 240)], axis=0)
    return power / np.median(power)


def test_the_vla_has_the_symmetry_of_its_three_arms():
    """Spokes at a right angle to each arm, on both sides; other arrays have no such thing."""
    power = by_angle("vla")
    for spoke in np.add.outer([355, 115, 236], [-90, 90]).ravel():
        near = (2 * spoke + np.arange(-6, 7)) % 720
        assert power[near].max() > 2
    for array, regular in (("vla", True), ("askap", False), ("meerkat", False)):
        harmonics = np.abs(np.fft.rfft(by_angle(array))) ** 2
        sixfold = (harmonics[6] + harmonics[12]) / harmonics[1:21].sum()
        assert (sixfold > 0.5) == regular
        assert (by_angle(array).max() > 6) == regular


def test_the_atca_has_a_ray_for_each_interval_of_the_track():
    rays = bank("atca")[1]
    # What is a ray at one radius is the same ray at another one ...
    inner, outer = on_a_circle(rays, 120), on_a_circle(rays, 200)
    assert np.corrcoef(inner, outer)[0, 1] > 0.5
    # ... and there are about as many as intervals, in half a turn.
    spectrum = np.abs(np.fft.rfft(np.mean([on_a_circle(rays, r) for r in range(150, 250)], axis=0)))
    cumulative = np.cumsum(spectrum[1:] ** 2)
    reach = np.searchsorted(cumulative, 0.9 * cumulative[-1])
    assert 0.5 < reach / ARRAYS["atca"].intervals < 3


def test_arrays_in_two_dimensions_have_short_ranged_patterns():
    steep = {name: envelopes(bank(name))[1] for name in ("askap", "meerkat", "atca")}
    fall = {name: curve[200] / curve[10] for name, curve in steep.items()}
    assert max(fall["askap"], fall["meerkat"]) < 0.5 * fall["atca"]


def test_an_east_west_array_samples_ellipses():
    declination = -42.0
    u, v = ARRAYS["atca"].coverage(declination)
    # In the equator's plane each baseline keeps its length, whatever the scale of v is.
    first, second = ARRAYS["atca"].baselines()
    length = np.abs(ARRAYS["atca"].east[second] - ARRAYS["atca"].east[first])
    radius = 388 * u
    squeeze = np.polyfit(
        (v[length.argmax()] ** 2).ravel(), (radius[length.argmax()] ** 2).ravel(), 1
    )
    assert squeeze[0] < 0
    assert squeeze[1] == pytest.approx(388**2, rel=0.01)
    ratio = np.hypot(radius, v * math.sqrt(-squeeze[0])) / length[:, None, None]
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=0.01)


def test_the_pattern_turns_with_the_sky():
    upright = bank("vla")[0]
    # North to the left, east downwards: a quarter of a turn counter-clockwise.
    turned = patterns("vla", -42.0, (0.0, -1.0, -1.0, 0.0), ROUND, SIDE, 1)[0]
    middle = slice(SIDE // 2 - 100, SIDE // 2 + 101)
    expected = np.rot90(upright[middle, middle], -1)
    assert np.corrcoef(turned[middle, middle].ravel(), expected.ravel())[0, 1] > 0.9


def test_errors_differ_by_seed_and_draw_but_not_in_strength():
    first, other = bank("askap", 1)[1:], bank("askap", 2)[1:]
    pictures = np.concatenate([first, other]).reshape(2 * DRAWS, -1)
    assert np.abs(np.corrcoef(pictures) - np.eye(2 * DRAWS)).max() < 0.35
    np.testing.assert_allclose(pictures.std(axis=1) / pictures.std(), 1, atol=0.25)
    assert np.array_equal(bank("askap", 1)[1:], first)


def test_more_antennas_make_weaker_patterns():
    """An error of one antenna is diluted by all others: Perley (1999, ASP Conf. 180, 275)."""
    strength = {name: bank(name)[1:].std() for name in ("vla", "askap", "meerkat")}
    assert strength["meerkat"] < strength["vla"]
    assert strength["askap"] < strength["vla"]


def test_the_envelope_holds_twice_the_rms_of_each_ring():
    rng = np.random.default_rng(4)
    step = np.arange(-64, 64)
    radius = np.hypot(step, step[:, None])
    picture = rng.normal(size=(1, 128, 128)) * np.exp(-radius / 20)
    curve = envelopes(picture)[0]
    assert np.all(np.diff(curve) <= 0)
    np.testing.assert_allclose(curve[5:60:5], 2 * np.exp(-np.arange(5.5, 60, 5) / 20), rtol=0.5)


@pytest.mark.parametrize("array", ARRAYS)
def test_the_page_says_how_strong_the_patterns_are(array):
    page = Path(__file__).parents[3] / "docs" / "explanation" / "simulated-images.md"
    row = re.search(rf"^\| `{array}` \|(.*)\|$", page.read_text(), re.MULTILINE)
    said = [float(value) for value in row[1].split("|")]
    step = np.arange(-SIDE // 2, SIDE // 2)
    radius = np.hypot(step, step[:, None]) / 5
    errors = bank(array, declination=ARRAYS[array].latitude)[1:]
    for beams, value in zip((2, 5, 10, 30), said, strict=True):
        ring = np.abs(radius / beams - 1) < 0.1
        assert 0.01 * np.sqrt(np.mean(errors[:, ring] ** 2)) == pytest.approx(value, rel=0.1)
