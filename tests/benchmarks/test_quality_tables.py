from math import nan
from types import SimpleNamespace

import pytest

from benchmarks import quality_tables
from sciarada.evaluation.score_table import ScoreRow


def row(finder, measure, value, low=nan, high=nan, binned_by="all", name="all", count=10):
    return ScoreRow(finder, measure, binned_by, name, nan, nan, value, low, high, count, "", "text")


ROWS = (
    row("ours", "completeness", 0.9, 0.85, 0.95),
    row("ours", "total_flux_bias", 0.012, 0.001, 0.02),
    row("ours", "completeness", 0.5, 0.3, 0.7, "class", "compact", 7),
    row("theirs", "completeness", 0.8, 0.7, 0.9),
    row("theirs", "completeness", 0.4, 0.2, 0.6, "class", "compact", 7),
    row("ours", "completeness_difference", 0.1, 0.05, 0.15, "finder", "ours - theirs"),
    row("ours", "reliability_difference", -0.1, -0.2, 0.1, "finder", "ours - theirs"),
    row("ours", "f1_difference", 0.0, -0.1, 0.1, "finder", "ours - theirs"),
)


def cells(table):
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]
    return [lines[0], *lines[2:]]


def test_headline_has_a_row_a_list():
    result = SimpleNamespace(rows=ROWS, run={"counts": {"found": {"ours": 5, "theirs": 6}}})
    header, ours, theirs = cells(quality_tables.headline_table(result))
    assert header[:3] == ["list", "rows", "completeness"]
    assert ours[:3] == ["ours", "5", "0.900 (0.850 to 0.950)"]
    assert theirs[:4] == ["theirs", "6", "0.800 (0.700 to 0.900)", ""]


def test_differences_that_are_some_stand_out():
    _, theirs = cells(quality_tables.difference_table(ROWS, "ours"))
    assert theirs == [
        "theirs",
        "**+0.100 (+0.050 to +0.150)**",
        "-0.100 (-0.200 to +0.100)",
        "+0.000 (-0.100 to +0.100)",
    ]


def test_measurements_leave_out_what_nobody_measured():
    tables = quality_tables.measurement_table(ROWS).split("\n\n")
    assert cells(tables[1]) == [["list", "total flux, %"], ["ours", "1.2 (0.1 to 2.0)"]]


def test_classes_say_how_many_sources_they_have():
    header, ours, theirs = cells(quality_tables.class_table(ROWS))
    assert header == ["list", "compact (7)"]
    assert (ours[1], theirs[1]) == ("0.500 (0.300 to 0.700)", "0.400 (0.200 to 0.600)")


@pytest.mark.parametrize(
    "unmeasured", [None, row("ours", "f1", nan), row("ours", "f1", 1.0, count=0)]
)
def test_what_was_not_measured_is_empty(unmeasured):
    assert quality_tables.cell(unmeasured) == ""
