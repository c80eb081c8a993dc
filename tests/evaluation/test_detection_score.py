"""Scores of detections on cases worked out by hand and on catalogues of known quality."""

import math

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable, Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.evaluation.detection import match_radii, score_detections
from sciarada.evaluation.truth_status import Limits, truth_status

STEP = 60 / 3600


@pytest.fixture
def truth() -> Table:
    """Six sources in a row, a minute of arc apart."""
    return Table(
        {
            "ra": np.full(6, 359.99),
            "dec": -30 + STEP * np.arange(6),
            "snr": [4.0, 6.0, 8.0, 12.0, 30.0, 200.0],
        }
    )


@pytest.fixture
def found(truth) -> Table:
    """All but the third, and one false."""
    table = truth[[0, 1, 3, 4, 5]]
    table["ra"] += 0.5 / 3600 / np.cos(np.radians(30))
    table.add_row({"ra": 10.0, "dec": 10.0, "snr": 5.5})
    return table


def test_completeness_and_reliability(found, truth):
    score = score_detections(found, truth, 2.0)
    assert (score.completeness.value, score.completeness.count) == (5 / 6, 6)
    assert (score.reliability.value, score.reliability.count) == (5 / 6, 6)
    assert score.f1.value == pytest.approx(5 / 6)
    assert score.genuine.value == 5 / 6
    assert score.fragments.value == score.merged.value == 0


def test_sources_that_did_not_have_to_be_found(found, truth):
    score = score_detections(found, truth, 2.0, statuses=truth_status(truth, Limits(snr=5)))
    assert (score.completeness.value, score.completeness.count) == (4 / 5, 5)
    assert score.reliability.value == 5 / 6
    assert score.f1.value == pytest.approx(2 / (5 / 4 + 6 / 5))


def test_a_catalogue_of_known_quality():
    """Of 4000 sources 70 % are found, beside a quarter as many false ones."""
    rng = np.random.default_rng(1)
    count = 4000
    truth = Table({"ra": rng.uniform(0, 20, count), "dec": rng.uniform(-20, 0, count)})
    got = truth[rng.random(count) < 0.7]
    false = Table({"ra": rng.uniform(0, 20, 700), "dec": rng.uniform(1, 20, 700)})
    found = Table({name: np.concatenate([got[name], false[name]]) for name in ("ra", "dec")})
    score = score_detections(found[rng.permutation(len(found))], truth, 5.0)
    assert score.completeness.low < 0.7 < score.completeness.high
    assert score.reliability.value == pytest.approx(len(got) / len(found))
    assert score.f1.low < score.f1.value < score.f1.high


def test_the_order_of_rows_does_not_matter(found, truth):
    rng = np.random.default_rng(2)
    score = score_detections(found, truth, 2.0)
    again = score_detections(found[rng.permutation(6)], truth[rng.permutation(6)], 2.0)
    assert (again.completeness, again.reliability, again.f1) == (
        score.completeness,
        score.reliability,
        score.f1,
    )


def test_the_table_says_what_each_score_is(found, truth):
    table = score_detections(found, truth, 2.0).table()
    assert table.colnames == ["score", "value", "value_low", "value_high", "value_n", "meaning"]
    assert table["score"].tolist()[:3] == ["completeness", "reliability", "f1"]
    assert np.all(table["value_low"] <= table["value"])
    assert all(table[name].description for name in table.colnames)


def test_catalogues_of_the_project_and_quantities(found, truth):
    catalogue = SourceCatalogue.from_columns(
        {"source_id": [1, 2], "ra": [1.0, 2.0], "dec": [3.0, 4.0], "las": [np.nan, 100.0]}
    )
    assert score_detections(catalogue.sources, catalogue.sources, 1.0).f1.value == 1.0
    assert match_radii(catalogue.sources, 7.5).tolist() == [7.5, 25.0]
    arcmin = QTable(truth)
    arcmin["dec"] = (truth["dec"].data * u.deg).to(u.arcmin)
    assert score_detections(QTable(found), arcmin, 2.0).completeness.value == 5 / 6


def test_nothing_found_and_nothing_there(truth):
    nothing = truth[:0]
    blind = score_detections(nothing, truth, 1.0)
    assert (blind.completeness.value, blind.reliability.count) == (0.0, 0)
    empty = score_detections(truth, nothing, 1.0)
    assert (empty.reliability.value, empty.completeness.count) == (0.0, 0)
    neither = score_detections(nothing, nothing, 1.0)
    assert math.isnan(neither.f1.value)
    assert len(neither.table()) == len(blind.table())


def test_tables_without_positions(truth):
    with pytest.raises(ValueError, match="ra and dec"):
        score_detections(truth["ra", "snr"], truth, 1.0)


def test_what_has_to_be_found():
    truth = Table(
        {
            "class_name": MaskedColumn(
                ["compact", "Flagged", "SPURIOUS", "x", "compact"], mask=[0, 0, 0, 1, 0]
            ),
            "snr": [9.0, 9.0, 9.0, np.nan, 2.0],
        }
    )
    assert truth_status(truth).tolist() == [0, 1, 2, 0, 0]
    assert truth_status(truth, Limits(snr=5)).tolist() == [0, 1, 2, 1, 1]
    with pytest.raises(ValueError, match="total_flux"):
        truth_status(truth, Limits(flux=1.0))
