"""Scores of catalogues on cases worked out by hand."""

import math

import numpy as np
import pytest
from astropy.table import MaskedColumn, QTable, Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.evaluate.detection import (
    blended,
    lies_in_source,
    match_radii,
    score_detections,
)

STEP = 60 / 3600


@pytest.fixture
def truth() -> Table:
    """Six sources in a row, a minute of arc apart."""
    return Table(
        {
            "ra": np.full(6, 359.99),
            "dec": -30 + STEP * np.arange(6),
            "snr": [4.0, 6.0, 8.0, 12.0, 30.0, 200.0],
            "total_flux": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "peak_flux": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        }
    )


@pytest.fixture
def found(truth) -> Table:
    """All but the third; one false; fluxes 10 % too high, 0.5 arcsec east and 0.2 south."""
    table = truth[[0, 1, 3, 4, 5]]
    table["ra"] += 0.5 / 3600 / np.cos(np.radians(30))
    table["dec"] -= 0.2 / 3600
    table["total_flux"] *= 1.1
    table["e_total_flux"] = 0.1 * np.array([1, 2, 4, 5, 6])
    table["e_ra"], table["e_dec"] = 0.25, 0.1
    table.add_row({"ra": 10.0, "dec": 10.0, "snr": 5.5, "total_flux": 9.0})
    return table


def test_completeness_and_reliability(found, truth):
    score = score_detections(found, truth, 2.0)
    assert (score.completeness.value, score.completeness.count) == (5 / 6, 6)
    assert (score.reliability.value, score.reliability.count) == (5 / 6, 6)
    assert score.f1.value == pytest.approx(5 / 6)
    assert score.matches.first.tolist() == [0, 1, 3, 4, 5]
    assert score.matches.second.tolist() == [0, 1, 2, 3, 4]


def test_sources_that_did_not_have_to_be_found(found, truth):
    score = score_detections(found, truth, 2.0, counted=truth["snr"] >= 5)
    assert (score.completeness.value, score.completeness.count) == (4 / 5, 5)
    assert score.reliability.value == 5 / 6


def test_fluxes_and_positions(found, truth):
    score = score_detections(found, truth, 2.0)
    assert (score.flux_ratio.value, score.flux_ratio.count) == (pytest.approx(1.1), 5)
    assert score.peak_ratio.value == 1.0
    assert score.offset_ra.value == pytest.approx(0.5, rel=1e-3)
    assert score.offset_dec.value == pytest.approx(-0.2, rel=1e-6)
    assert score.pulls["ra"].middle.value == pytest.approx(2.0, rel=1e-3)
    assert score.pulls["dec"].middle.value == pytest.approx(-2.0, rel=1e-6)
    assert score.pulls["total_flux"].middle.value == pytest.approx(1.0)
    assert score.pulls["total_flux"].scatter.value == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(score.pulls["peak_flux"].middle.value)


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
    score = score_detections(found, truth, 1.0)
    for name in ("total_flux", "dec"):
        pull = score.pulls[name]
        assert pull.middle.low < 0 < pull.middle.high
        assert pull.scatter.value == pytest.approx(1, abs=0.08)


def test_bins(found, truth):
    bins = score_detections(found, truth, 2.0, edges=(0, 5, 10, 1000)).bins
    assert bins["completeness_n"].tolist() == [1, 2, 3]
    assert bins["completeness"].tolist() == [1.0, 0.5, 1.0]
    assert bins["reliability_n"].tolist() == [1, 2, 3]
    assert bins["reliability"].tolist() == [1.0, 0.5, 1.0]
    assert bins["flux_ratio_n"].tolist() == [1, 1, 3]
    assert np.all(bins["completeness_low"] <= bins["completeness"])
    assert np.all(bins["completeness"] <= bins["completeness_high"])


def test_tables_with_positions_only(truth):
    score = score_detections(truth["ra", "dec"], truth["ra", "dec"], 1.0)
    assert score.completeness.value == score.reliability.value == 1.0
    assert math.isnan(score.flux_ratio.value)
    assert not score.bins["completeness_n"].any()


def test_nulls_are_left_out(found, truth):
    found["total_flux"] = MaskedColumn(found["total_flux"], mask=[True, False] + [False] * 4)
    assert score_detections(found, truth, 2.0).flux_ratio.count == 4


def test_quantities(found, truth):
    score = score_detections(QTable(found), QTable(truth), 2.0)
    assert score.flux_ratio.value == pytest.approx(1.1)


def test_catalogues_of_the_project():
    catalogue = SourceCatalogue.from_columns(
        {"source_id": [1, 2], "ra": [1.0, 2.0], "dec": [3.0, 4.0], "las": [np.nan, 100.0]}
    )
    score = score_detections(catalogue.sources, catalogue.sources, 1.0)
    assert score.completeness.value == 1.0
    assert match_radii(catalogue.sources, 7.5).tolist() == [7.5, 25.0]


def test_nothing_found_and_nothing_there(truth):
    nothing = truth[:0]
    blind = score_detections(nothing, truth, 1.0)
    assert (blind.completeness.value, blind.reliability.count) == (0.0, 0)
    empty = score_detections(truth, nothing, 1.0)
    assert (empty.reliability.value, empty.completeness.count) == (0.0, 0)
    assert math.isnan(score_detections(nothing, nothing, 1.0).f1.value)


def test_tables_without_positions(truth):
    with pytest.raises(ValueError, match="ra and dec"):
        score_detections(truth["ra", "snr"], truth, 1.0)


def test_sources_blended_with_a_brighter_one():
    truth = Table(
        {
            "ra": np.zeros(4),
            "dec": np.array([0, 5, 9, 60]) / 3600,
            "total_flux": [3.0, 2.0, 1.0, 0.5],
        }
    )
    assert blended(truth, 6.0).tolist() == [False, True, True, False]
    assert blended(truth, 4.5).tolist() == [False, False, True, False]
    assert not blended(truth[:1], 10.0).any()


def test_detections_inside_larger_sources():
    truth = Table({"ra": [0.0, 0.0], "dec": [0.0, 1.0], "las": [100.0, np.nan]})
    found = Table({"ra": np.zeros(5), "dec": np.array([0, 45, 55, 3604, 3620]) / 3600})
    assert lies_in_source(found, truth, 7.0).tolist() == [True, True, False, True, False]
    assert lies_in_source(found[:0], truth, 7.0).tolist() == []
    assert not lies_in_source(found, truth[:0], 7.0).any()
