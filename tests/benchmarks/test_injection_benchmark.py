import numpy as np
import pytest
from astropy.table import MaskedColumn, Table

from benchmarks import injection


@pytest.fixture
def truth():
    return Table(
        {
            "ra": [10.0, 10.2, 10.4],
            "dec": [-60.0, -60.0, -60.0],
            "snr": [10.0, 20.0, 30.0],
            "peak_flux": [1.0, 2.0, 3.0],
            "total_flux": [2.0, 4.0, 6.0],
            "dc_maj_axis": [10.0, 10.0, 10.0],
            "dc_min_axis": [5.0, 5.0, 5.0],
        }
    )


def test_pairs_carry_errors_and_pulls(truth):
    found = truth[[1, 0]]
    found["ra"] += 1 / 3600
    found["total_flux"] *= 1.1
    found["e_total_flux"] = [0.2, 0.1]
    found["e_ra"] = 0.25
    found["dc_maj_axis"] = MaskedColumn([12.0, 0.0], mask=[False, True])
    pairs = injection.pair(truth, found)
    assert list(pairs["rows"]) == [1, 1, 0]
    np.testing.assert_allclose(pairs["x_total_flux"], [0.1, 0.1, np.nan])
    np.testing.assert_allclose(pairs["pull_total_flux"], [2, 2, np.nan])
    np.testing.assert_allclose(pairs["x_ra"], [0.5, 0.5, np.nan], atol=1e-6)
    np.testing.assert_allclose(pairs["pull_ra"], [2, 2, np.nan], atol=1e-5)
    np.testing.assert_allclose(pairs["x_dc_maj_axis"], [np.nan, 0.2, np.nan])
    assert np.isnan(pairs["pull_dec"]).all()


def test_missed_sources_pull_the_median_down():
    sample = np.array([-np.inf, -np.inf, 1.0, 2.0, 3.0])
    assert injection.median_with_missed(sample) == 1.0


def test_an_interval_holds_its_value():
    sample = np.random.default_rng(1).normal(0.02, 0.1, 400)
    text = injection.with_interval(np.append(sample, np.nan), np.median, 100, 1)
    value, low, high = (
        float(part) for part in text.replace("(", "").strip(")").replace(",", "").split()
    )
    assert value == pytest.approx(100 * np.median(sample), abs=0.06)
    assert low < value < high
    assert high - low == pytest.approx(2 * 1.96 * 1.253 * 10 / 20, rel=0.35)
