"""Scores in bins: by hand, against slow counting, and on a catalogue of known completeness."""

import math

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.evaluation.association import associate
from sciarada.evaluation.binning import (
    bin_numbers,
    default_edges,
    log_edges,
    quantile_edges,
    quantity,
)
from sciarada.evaluation.curves import class_curve, detection_curve
from sciarada.evaluation.truth_status import Limits, truth_status

EDGES = (0.0, 5.0, 10.0, 1000.0)


def line(arcsec, **columns) -> Table:
    dec = np.asarray(arcsec, dtype=float) / 3600
    return Table({"ra": np.zeros(len(dec)), "dec": dec} | columns)


def random_field(seed):
    """Return tables of which some sources match; their S/N differs a little."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    truth = line(100.0 * np.arange(n), snr=rng.uniform(1, 15, n))
    truth["class_name"] = rng.choice(["compact", "spurious", "flagged"], n, p=[0.8, 0.1, 0.1])
    got = truth[rng.random(n) < 0.7]
    false = line(50 + 100.0 * np.arange(n), snr=rng.uniform(1, 15, n))
    found = Table({k: np.concatenate([got[k], false[k]]) for k in ("ra", "dec", "snr")})
    found["snr"] += rng.normal(size=len(found))
    return found, truth


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_against_slow_counting(seed, cumulative):
    found, truth = random_field(seed)
    a = associate(found, truth, 5.0, statuses=truth_status(truth, Limits(snr=2)))
    curve = detection_curve(found, truth, a, edges=EDGES, cumulative=cumulative)
    for i, low in enumerate(EDGES[:-1]):
        high = math.inf if cumulative else EDGES[i + 1]
        of_truth = a.counted & (truth["snr"] >= low) & (truth["snr"] < high)
        of_found = a.accepted & (found["snr"] >= low) & (found["snr"] < high)
        assert (curve.low[i], curve.high[i]) == (low, high)
        completeness, reliability = curve.completeness[i], curve.reliability[i]
        assert completeness.count == of_truth.sum()
        assert reliability.count == of_found.sum()
        if of_truth.any() and of_found.any():
            c, r = a.recovered[of_truth].mean(), a.real[of_found].mean()
            assert (completeness.value, reliability.value) == pytest.approx((c, r))
            f1 = curve.f1[i]
            assert f1.value == pytest.approx(2 * c * r / (c + r) if c + r else 0.0)
            assert math.isnan(f1.low) or 0 <= f1.low <= f1.high <= 1


def test_a_known_completeness_is_recovered():
    """Sources are found with a probability that rises with their flux."""
    rng = np.random.default_rng(1)
    count = 20_000
    flux = 10 ** rng.uniform(-4, -1, count)
    truth = Table(
        {"ra": rng.uniform(0, 90, count), "dec": rng.uniform(-45, 45, count), "total_flux": flux}
    )
    found = truth[rng.random(count) < flux / (flux + 1e-3)]
    a = associate(found, truth, 2.0)
    curve = detection_curve(found, truth, a, "flux")
    assert curve.low[0] == 1e-4
    assert curve.low.tolist()[:4] == [1e-4, 2e-4, 5e-4, 1e-3]
    held = []
    for low, high, share in zip(curve.low, curve.high, curve.completeness, strict=True):
        inside = (flux >= low) & (flux < high)
        expected = (flux[inside] / (flux[inside] + 1e-3)).mean()
        held.append(share.low <= expected <= share.high)
    assert sum(held) >= len(held) - 1
    above = detection_curve(found, truth, a, "flux", cumulative=True)
    assert above.completeness[0].value == pytest.approx(len(a.matches) / count)


def test_the_table():
    found, truth = random_field(3)
    truth["total_flux"], found["total_flux"] = 1.0, 1.0
    a = associate(found, truth, 5.0)
    table = detection_curve(found, truth, a, "flux").table()
    assert table.colnames[:2] == ["low", "high"]
    assert table["low"].unit == "Jy"
    assert all(table[name].description for name in table.colnames)
    nothing = associate(found[:0], truth[:0], 5.0)
    assert len(detection_curve(found[:0], truth[:0], nothing, "flux").table()) == 1


def test_classes():
    truth = line([0, 100, 200, 300], class_name=["compact", "compact", "extended", "spurious"])
    found = line([0, 200, 300, 900], class_name=["compact", "compact", "compact", "extended"])
    curve = class_curve(found, truth, associate(found, truth, 5.0))
    assert curve.classes == ("compact", "extended")
    assert [e.value for e in curve.completeness] == [0.5, 1.0]
    assert [e.value for e in curve.reliability] == [2 / 3, 0.0]
    assert curve.table()["completeness_n"].tolist() == [2, 1]


def test_classes_that_the_detector_does_not_give():
    truth = line([0, 100], morphology=["ring", "point"])
    found = line([0])
    curve = class_curve(found, truth, associate(found, truth, 5.0), "morphology")
    assert [e.value for e in curve.completeness] == [0.0, 1.0]
    assert [e.count for e in curve.reliability] == [0, 0]


def test_sizes_of_sources_that_are_not_resolved():
    table = line([0, 100], dc_maj_axis=[np.nan, 7.0])
    assert quantity(table, "size").tolist() == [0.0, 7.0]
    assert np.isnan(quantity(line([0, 1]), "size")).all()


@given(st.lists(st.floats(1e-12, 1e12), min_size=1))
def test_logarithmic_edges_hold_all_values(values):
    values = np.array(values)
    edges = log_edges(values)
    assert np.all(bin_numbers(values, edges) >= 0)
    assert np.all(np.diff(edges) > 0)
    assert bin_numbers(values, edges).min() == 0
    assert bin_numbers(values, edges).max() == len(edges) - 2


@given(st.lists(st.integers(0, 5).map(float) | st.floats(0, 1e6), min_size=1))
def test_quantile_edges_hold_all_values(values):
    values = np.array(values)
    edges = quantile_edges(values)
    assert len(edges) <= 9
    assert np.all(bin_numbers(values, edges) >= 0)


def test_quantiles_share_values_evenly():
    values = np.random.default_rng(1).random(800)
    counts = np.bincount(bin_numbers(values, quantile_edges(values)))
    assert np.all(np.abs(counts - 100) <= 1)
    assert default_edges("size", np.append(np.zeros(800), values))[0] == 0


def test_edges_that_make_no_bins():
    for edges in ([1.0], [2.0, 1.0]):
        with pytest.raises(ValueError, match="rise"):
            bin_numbers(np.zeros(1), edges)
