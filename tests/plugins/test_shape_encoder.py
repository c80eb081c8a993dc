"""Shape features: what they do not depend on, what they are for known sources, odd cutouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sciarada_shape import ShapeOptions, levels
from sciarada_shape.concentration import _m20
from sciarada_shape.extractor import ShapeFeatures
from sciarada_shape.picture import Background, Picture
from scipy import ndimage
from skimage.measure import euler_number

from sciarada.testing.encoders import different_sources

SHAPE = ShapeFeatures(ShapeOptions())
NAMES = [column.name for column in SHAPE.columns]
OF_PIXELS = "power", "quantile", "saturated", "80"  # of single pixels, or of a few at the peak


def features(*cutouts: np.ndarray) -> np.ndarray:
    return SHAPE.features(np.stack(cutouts).astype(np.float32))


def measured(cutout: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, features(cutout)[0].tolist(), strict=True))


def drawn(blobs, angle: float = 0.0, side: int = 64) -> np.ndarray:
    """Draw Gaussians (x, y, sigma_x, sigma_y, peak), lengths over the side, turned together."""
    along = (np.arange(side) - (side - 1) / 2) / side
    turn = np.radians(angle)
    x = along[None, :] * np.cos(turn) + along[:, None] * np.sin(turn)
    y = along[:, None] * np.cos(turn) - along[None, :] * np.sin(turn)
    return sum(
        peak * np.exp(-(((x - x0) / a) ** 2) / 2 - ((y - y0) / b) ** 2 / 2)
        for x0, y0, a, b, peak in blobs
    )


DOUBLE = ((-0.2, 0.0, 0.05, 0.05, 10.0), (0.2, 0.0, 0.05, 0.05, 8.0))
TAILED = (
    (0.0, 0.0, 0.05, 0.05, 10.0),
    (-0.1, 0.05, 0.06, 0.05, 6.0),
    (0.12, 0.06, 0.06, 0.05, 5.0),
    (-0.2, 0.15, 0.06, 0.05, 3.0),
)


def views(cutout: np.ndarray) -> list[np.ndarray]:
    return [np.rot90(side, turns) for side in (cutout, cutout[:, ::-1]) for turns in range(4)]


@given(
    seed=st.integers(0, 10_000),
    side=st.sampled_from([16, 33, 64]),
    grey=st.sampled_from([None, 3, 255]),
    missing=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_turns_and_mirror_images_change_nothing(seed, side, grey, missing):
    chance = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(chance.normal(size=(side, side)), chance.uniform(0.1, 5))
    cutout = smooth / smooth.std() + 0.3 * chance.normal(size=(side, side))
    if grey:  # a display-stretched picture, with plateaus
        cutout = np.round(np.clip((cutout + 1) / 3, 0, 1) * grey)
    if missing:
        cutout[: side // 5] = np.nan
    found = features(*views(cutout))
    np.testing.assert_allclose(found, np.broadcast_to(found[0], found.shape), rtol=1e-5, atol=1e-5)


@given(seed=st.integers(0, 10_000), factor=st.floats(1e-6, 1e6), offset=st.floats(-10, 10))
@settings(max_examples=30, deadline=None)
def test_units_and_offsets_change_nothing(seed, factor, offset):
    cutout = drawn(TAILED) + np.random.default_rng(seed).normal(size=(64, 64)).clip(-3, 3)
    cutout = np.round(cutout * 1024) / 1024  # so that float32 holds the sums exactly
    changed = (cutout + np.round(offset)) * 2.0 ** np.round(np.log2(factor))
    found = features(cutout, changed)
    np.testing.assert_allclose(found[1], found[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("source", [DOUBLE, TAILED], ids=["double", "tailed"])
@pytest.mark.parametrize("angle", [90, 45, 20])
def test_any_turn_changes_little(source, angle):
    one, other = measured(drawn(source)), measured(drawn(source, angle))
    for name, value in one.items():
        if not set(OF_PIXELS) & set(name.split("_")):
            assert other[name] == pytest.approx(value, rel=0.08, abs=0.06), name


@pytest.mark.parametrize("source", [DOUBLE, TAILED], ids=["double", "tailed"])
def test_finer_pixels_change_little(source):
    one, other = measured(drawn(source)), measured(drawn(source, side=128))
    for name, value in one.items():
        if not set(OF_PIXELS) & set(name.split("_")):
            assert other[name] == pytest.approx(value, rel=0.08, abs=0.08), name


def test_a_gaussian_has_the_known_values():
    found = measured(drawn([(0, 0, 0.1, 0.1, 3.0)]))
    assert found["axis_ratio"] == pytest.approx(1, abs=1e-3)
    assert found["major_axis"] == pytest.approx(0.1, rel=0.01)
    assert found["kurtosis"] == pytest.approx(2, rel=0.02)
    assert found["radius_50"] == pytest.approx(0.1 * np.sqrt(2 * np.log(2)), rel=0.02)
    ratio = np.sqrt(np.log(5) / np.log(1.25))
    assert found["concentration"] == pytest.approx(5 * np.log10(ratio), rel=0.05)
    assert found["hu_2"] == pytest.approx(0, abs=1e-3)
    for name in ("asymmetry_180", "asymmetry_90", "skewness", "bend", "multipole_1"):
        assert found[name] == pytest.approx(0, abs=1e-2), name
    # The area above a level L of the peak is 2 pi sigma^2 ln(1/L).
    assert found["area_50"] == pytest.approx(np.sqrt(2 * np.pi * 0.01 * np.log(2)), rel=0.02)
    assert found["outline_50"] == pytest.approx(0, abs=0.15)
    assert found["peaks_5"] == pytest.approx(np.log(2))


@given(ratio=st.floats(0.3, 1), angle=st.floats(0, 180), size=st.floats(0.05, 0.1))
@settings(max_examples=30, deadline=None)
def test_an_ellipse_has_its_axes(ratio, angle, size):
    found = measured(drawn([(0, 0, size, ratio * size, 1.0)], angle))
    assert found["axis_ratio"] == pytest.approx(ratio, abs=0.02)
    assert found["major_axis"] == pytest.approx(size, rel=0.02)
    assert found["elongation_3"] == pytest.approx(-np.log(ratio), abs=0.15)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_peaks_and_islands_are_counted(number):
    places = np.linspace(-0.25, 0.25, number) if number > 1 else [0.0]
    noise = 0.02 * np.random.default_rng(1).normal(size=(64, 64))
    found = measured(drawn([(x, 0, 0.03, 0.03, 1.0) for x in places]) + noise)
    assert found["peaks_50"] == pytest.approx(np.log(1 + number))
    assert found["islands_50"] == pytest.approx(np.log(1 + number))
    assert found["peak_separation"] == pytest.approx(0.5 if number > 1 else 0, abs=0.02)
    assert (found["second_peak"] > 0.7) == (number > 1)
    assert (found["third_peak"] > 0.7) == (number > 2)


def test_peaks_at_the_border_and_plateaus_are_peaks():
    cutout = np.zeros((64, 64))
    cutout[0, 30] = cutout[40:50, 20:30] = 1
    assert measured(cutout)["peaks_5"] == pytest.approx(np.log(3))


def test_a_ring_has_a_hole_and_a_bent_source_a_bend():
    along = (np.arange(64) - 31.5) / 64
    ring = (np.abs(np.hypot(along, along[:, None]) - 0.3) < 0.05).astype(float)
    assert measured(ring)["holes_50"] == pytest.approx(np.log(2))
    arc = np.where(along[:, None] > 0, ring, 0)
    assert measured(arc)["bend"] > 10 * measured(drawn(DOUBLE))["bend"]


@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.95))
@settings(max_examples=30, deadline=None)
def test_euler_numbers_are_those_of_scikit_image(seed, share):
    masks = np.random.default_rng(seed).random((3, 17, 17)) < share
    _, numbers = levels._outline_and_euler_number(masks)
    assert numbers.tolist() == [euler_number(mask, connectivity=2) for mask in masks]


@pytest.mark.parametrize("radius", [6.0, 15.0, 25.0])
def test_the_outline_of_a_disc_is_its_circumference(radius):
    y, x = np.mgrid[:64, :64] - 31.5
    length, _ = levels._outline_and_euler_number((np.hypot(x, y) < radius)[None])
    assert length[0] == pytest.approx(2 * np.pi * radius, rel=0.08)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_m20_agrees_with_a_slow_version(seed):
    chance = np.random.default_rng(seed)
    cutout = np.exp(ndimage.gaussian_filter(chance.normal(size=(32, 32)), 2) * 10)
    picture = Picture.of(cutout)
    y, x = np.mgrid[:32, :32]
    light = picture.values.ravel()
    cy, cx = (y.ravel() @ light) / light.sum(), (x.ravel() @ light) / light.sum()
    moment = ((y.ravel() - cy) ** 2 + (x.ravel() - cx) ** 2) * light
    total, within = 0.0, 0.0
    for pixel in np.argsort(-light):
        part = min(1.0, (0.2 * light.sum() - total) / light[pixel])
        total, within = total + part * light[pixel], within + part * moment[pixel]
        if part < 1:
            break
    assert _m20(picture) == pytest.approx(np.log10(within / moment.sum() + 1e-6), abs=1e-6)


@given(seed=st.integers(0, 1000), noise=st.floats(0.01, 100), level=st.floats(-100, 100))
@settings(max_examples=20, deadline=None)
def test_the_background_is_that_of_the_noise_beside_a_source(seed, noise, level):
    cutout = np.random.default_rng(seed).normal(level, noise, (64, 64))
    cutout[24:40, 24:40] += 100 * noise
    found = Background.of(cutout, np.ones_like(cutout, bool))
    assert found.level == pytest.approx(level, abs=0.3 * noise)
    assert found.noise == pytest.approx(noise, rel=0.2)


def test_a_source_that_fills_the_cutout_is_not_the_background():
    noise = np.random.default_rng(1).normal(size=(64, 64))
    broad = measured(drawn([(0.1, 0, 0.4, 0.3, 100.0)]) + noise)
    assert broad["emission_share"] > 0.7
    assert broad["major_axis"] > 0.15


@pytest.mark.parametrize("value", [0.0, -2.5, np.nan, np.inf, 3e38])
def test_a_cutout_without_contrast_has_a_vector_of_zeros(value):
    assert not features(np.full((64, 64), value)).any()


def odd_cutouts() -> dict[str, np.ndarray]:
    noise = np.random.default_rng(5).normal(size=(64, 64))
    source = drawn(TAILED) * 5 + noise
    edge = source.copy()
    edge[:, 40:] = np.nan
    infinite = source.copy()
    infinite[3, 3] = np.inf
    single = np.zeros((64, 64))
    single[10, 12] = 1
    lone = np.full((64, 64), np.nan)
    lone[3, 3:5] = 1, 2
    rows = np.repeat(np.arange(64.0), 64).reshape(64, 64)
    return {
        "source": source,
        "missing border": edge,
        "infinite": infinite,
        "one pixel": single,
        "all but two pixels missing": lone,
        "gradient": rows,
        "hole": -source,
        "clipped": source.clip(3, None),
        "8 bits": np.round(np.clip(np.sqrt(source.clip(0)) / 7, 0, 1) * 255),
        "saturated": source.clip(None, 5),
        "two values": (source > 3).astype(float),
        "mostly saturated": source.clip(None, -0.5),
        "noise": noise,
        "checks": np.indices((64, 64)).sum(axis=0) % 2.0,
    }


def test_odd_cutouts_have_finite_and_different_features():
    cutouts = odd_cutouts() | {
        name: cutout.numpy() for name, cutout in different_sources(64).items()
    }
    found = features(*cutouts.values())
    assert np.isfinite(found).all()
    assert len(np.unique(found, axis=0)) == len(cutouts)


def test_very_large_and_very_small_values_are_handled():
    source = drawn(TAILED).astype(np.float32)
    found = features(source, source * np.float32(1e37), source * np.float32(1e-37))
    np.testing.assert_allclose(found[1:], found[[0, 0]], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("side", [16, 17, 150])
def test_cutouts_of_any_side(side):
    assert np.isfinite(features(drawn(DOUBLE, side=side))).all()


def test_each_feature_varies():
    found = features(*odd_cutouts().values())
    constant = [name for name, values in zip(NAMES, found.T, strict=True) if np.ptp(values) == 0]
    assert not constant


def test_the_documentation_lists_each_feature_in_order():
    page = (Path(__file__).parents[2] / "docs/how-to/shape-features.md").read_text()
    table = page[page.index("## Features") :]
    listed = [line for line in table.splitlines() if line.startswith("| `")]
    assert listed == [f"| `{name}` | {meaning} |" for name, meaning in SHAPE.columns]
    assert f"measures {len(SHAPE.columns)} features" in page
