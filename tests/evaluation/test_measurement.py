"""Errors and pulls of measurements with known errors."""

import math

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, Table

from sciarada.evaluation.association import associate
from sciarada.evaluation.measurement import score_measurements
from sciarada.evaluation.truth_status import Limits, truth_status

STEP = 60 / 3600


@pytest.fixture
def truth() -> Table:
    return Table(
        {
            "ra": np.full(6, 359.99),
            "dec": -30 + STEP * np.arange(6),
            "snr": [4.0, 6.0, 8.0, 12.0, 30.0, 200.0],
            "total_flux": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "dc_maj_axis": [np.nan, 1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )


@pytest.fixture
def found(truth) -> Table:
    """Fluxes 10 % too high, 0.5 arcsec east and 0.2 south."""
    table = truth[[0, 1, 3, 4, 5]]
    table["ra"] += 0.5 / 3600 / np.cos(np.radians(30))
    table["dec"] -= 0.2 / 3600
    table["total_flux"] *= 1.1
    table["e_total_flux"] = 0.1 * np.array([1, 2, 4, 5, 6])
    table["e_ra"], table["e_dec"] = 0.25, 0.1
    return table


def score(found, truth, **options):
    return score_measurements(found, truth, associate(found, truth, 2.0), **options)


def test_errors_worked_out_by_hand(found, truth):
    result = score(found, truth)
    flux, ra, dec = (result.overall(name) for name in ("total_flux", "ra", "dec"))
    assert (flux.bias.value, flux.bias.count) == (pytest.approx(0.1), 5)
    assert flux.pull_middle.value == pytest.approx(1.0)
    assert flux.scatter.value == pytest.approx(0.0, abs=1e-9)
    assert ra.bias.value == pytest.approx(0.5, rel=1e-3)
    assert ra.pull_middle.value == pytest.approx(2.0, rel=1e-3)
    assert dec.bias.value == pytest.approx(-0.2, rel=1e-6)
    size = result.overall("dc_maj_axis")
    assert (size.bias.value, size.bias.count) == (0.0, 4)
    assert math.isnan(size.pull_middle.value)


def test_quantities_that_are_not_there_are_left_out(found, truth):
    names = {row.quantity for row in score(found, truth).rows}
    assert names == {"ra", "dec", "total_flux", "dc_maj_axis"}


def test_bins_go_by_the_true_signal_to_noise(found, truth):
    found["snr"] = 1000.0
    rows = [r for r in score(found, truth, edges=(0, 5, 10, 1000)).rows if r.quantity == "ra"]
    assert [(r.snr_low, r.snr_high, r.bias.count) for r in rows] == [
        (0, 1000, 5),
        (0, 5, 1),
        (5, 10, 1),
        (10, 1000, 3),
    ]


def test_sources_that_did_not_have_to_be_found(found, truth):
    a = associate(found, truth, 2.0, statuses=truth_status(truth, Limits(snr=5)))
    assert score_measurements(found, truth, a).overall("ra").bias.count == 4
    every = score_measurements(found, truth, a, counted_only=False)
    assert every.overall("ra").bias.count == 5


def test_nulls_and_units(found, truth):
    found["total_flux"] = MaskedColumn(found["total_flux"], mask=[True] + [False] * 4)
    found["total_flux"].unit = u.Jy
    truth["total_flux"] = truth["total_flux"] * 1000
    truth["total_flux"].unit = u.mJy
    bias = score(found, truth).overall("total_flux").bias
    assert (bias.value, bias.count) == (pytest.approx(0.1), 4)


def test_honest_errors_have_pulls_of_one():
    rng = np.random.default_rng(3)
    count = 2000
    truth = Table(
        {
            "ra": rng.uniform(0, 9, count),
            "dec": rng.uniform(-9, 0, count),
            "total_flux": np.ones(count),
        }
    )
    found = truth.copy()
    error = rng.uniform(0.05, 0.2, count)
    found["e_total_flux"] = error
    found["total_flux"] += error * rng.normal(size=count)
    found["e_dec"] = 0.1 * np.ones(count)
    found["dec"] += rng.normal(0, 0.1 / 3600, count)
    result = score(found, truth)
    for name in ("total_flux", "dec"):
        row = result.overall(name)
        assert row.pull_middle.low < 0 < row.pull_middle.high
        for scatter in (row.pull_scatter, row.pull_deviation):
            assert scatter.low < 1.02
            assert scatter.high > 0.98
            assert scatter.value == pytest.approx(1, abs=0.08)


def test_the_table(found, truth):
    table = score(found, truth).table()
    assert {"quantity", "snr_low", "unit", "bias", "pull_deviation_n"} <= set(table.colnames)
    assert set(table["unit"][table["quantity"] == "ra"]) == {"arcsec"}
    assert set(table["unit"][table["quantity"] == "total_flux"]) == {""}


def test_nothing_matched(truth):
    result = score(truth[:0], truth)
    assert result.overall("ra").bias.count == 0
    assert {row.quantity for row in result.rows} == {"ra", "dec"}
