"""Peaks: what stands out above the noise, wherever and however the island lies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from sciarada.measure.peaks import find_peaks, lowest_between

LOOSE = {"prominence": 2.5, "separation": 3.0}


def hills(shape: tuple[int, int], *tops: tuple[float, float, float], width=3.0) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return sum(h * np.exp(-((y - r) ** 2 + (x - c) ** 2) / 2 / width**2) for h, r, c in tops)


def found(snr: np.ndarray, mask: np.ndarray | None = None, **options) -> list[tuple[int, int]]:
    mask = snr > 3 if mask is None else mask
    return [tuple(peak) for peak in find_peaks(snr, mask, **(LOOSE | options)).tolist()]


def test_one_hill_has_one_peak():
    assert found(hills((31, 41), (50, 12, 25))) == [(12, 25)]


def test_peaks_come_highest_first():
    snr = hills((40, 80), (20, 20, 15), (60, 18, 40), (40, 22, 65))
    assert found(snr) == [(18, 40), (22, 65), (20, 15)]


def test_a_peak_needs_a_valley_deep_enough():
    snr = hills((40, 60), (30, 20, 20), (28, 20, 32))
    valley = snr[20, 20:33].min()
    rise = snr[20, 32] - valley
    assert found(snr, prominence=rise - 0.1) == [(20, 20), (20, 32)]
    assert found(snr, prominence=rise + 0.1) == [(20, 20)]


def test_peaks_nearer_than_the_separation_are_one():
    snr = hills((40, 60), (30, 20, 20), (28, 20, 30))
    assert len(found(snr, separation=9.0)) == 2
    assert len(found(snr, separation=11.0)) == 1


def test_emission_outside_the_mask_does_not_count():
    snr = hills((40, 60), (30, 20, 15), (90, 20, 45))
    mask = snr > 3
    mask[:, 30:] = False
    assert found(snr, mask) == [(20, 15)]


def test_missing_pixels_are_no_peaks():
    snr = hills((31, 41), (50, 12, 25))
    mask = snr > 3
    snr[12, 25] = np.nan
    mask[12, 25] = False
    peaks = found(snr, mask)
    assert peaks
    assert all(np.isfinite(snr[peak]) for peak in peaks)


@settings(max_examples=80)
@given(st.integers(0, 9999), st.floats(0, 5), st.floats(0, 8))
def test_every_peak_is_a_local_maximum_and_the_highest_is_among_them(seed, prominence, separation):
    random = np.random.default_rng(seed)
    snr = 20 * ndimage.gaussian_filter(random.normal(size=(25, 30)), 2)
    labels, _ = ndimage.label(snr > 0)
    mask = labels == labels[np.unravel_index(snr.argmax(), snr.shape)]
    peaks = found(snr, mask, prominence=prominence, separation=separation)
    assert peaks[0] == np.unravel_index(np.where(mask, snr, -np.inf).argmax(), snr.shape)
    assert [snr[p] for p in peaks] == sorted((snr[p] for p in peaks), reverse=True)
    for y, x in peaks:
        near = (slice(max(0, y - 1), y + 2), slice(max(0, x - 1), x + 2))
        assert snr[y, x] == snr[near][mask[near]].max()
    for i, one in enumerate(peaks):
        for other in peaks[:i]:
            assert np.hypot(*np.subtract(one, other)) >= separation
            assert snr[one] - lowest_between(np.where(mask, snr, -np.inf), one, other) >= prominence


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_peaks_turn_with_the_image(turn):
    snr = hills((40, 50), (20, 12, 15), (30, 25, 33), (25, 30, 12))
    there = {(y, x) for y, x in found(snr)}
    marked = np.zeros(snr.shape)
    for peak in there:
        marked[peak] = 1
    turned = {tuple(p) for p in np.argwhere(np.rot90(marked, turn)).tolist()}
    assert set(found(np.rot90(snr, turn))) == turned


def test_the_lowest_value_on_a_line():
    values = np.array([[9.0, 5.0, 7.0], [9.0, 1.0, 9.0], [9.0, 9.0, 3.0]])
    assert lowest_between(values, (0, 0), (0, 2)) == 5.0
    assert lowest_between(values, (0, 0), (2, 2)) == 1.0
    assert lowest_between(values, (2, 0), (2, 2)) == 3.0
