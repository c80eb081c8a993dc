"""The tables of scores and of outcomes."""

import numpy as np
import pytest
from comparing import score_rows
from ucds import is_valid_ucd

from sciarada.evaluation.match_table import MATCH_COLUMNS, Outcome, match_table
from sciarada.evaluation.score_table import (
    SCORE_COLUMNS,
    ScoreRow,
    bin_name,
    chosen,
    finders_of,
    first_of,
    score_table,
)


def row(finder="a", measure="f1", by="all", value=0.5):
    return ScoreRow(finder, measure, by, "all", np.nan, np.nan, value, 0.4, 0.6, 7, "", "text")


@pytest.mark.parametrize("columns", [SCORE_COLUMNS, MATCH_COLUMNS])
def test_columns_have_a_meaning_and_a_valid_ucd(columns):
    for column in columns:
        assert column.description.isascii()
        assert is_valid_ucd(column.ucd), column
    assert len({column.name for column in columns}) == len(columns)


def test_rows_come_back_from_the_table():
    rows = [row(), row("b", value=np.nan), row("a", "recall", "class")]
    table = score_table(rows)
    assert table["value"].mask.tolist() == [False, True, False]
    assert repr(score_rows(table)) == repr(rows)
    assert len(score_table([])) == 0
    assert score_table([]).colnames == table.colnames


def test_rows_are_chosen_in_order():
    rows = [row(), row("b"), row("a", "recall"), row("a", by="snr")]
    assert chosen(rows, "a", "f1") == [rows[0]] == [first_of(rows, "a", "f1")]
    assert chosen(rows, "a", "f1", "snr") == [rows[3]]
    assert first_of(rows, "c", "f1") is None
    assert finders_of(rows) == ["a", "b"]


def test_names_of_bins():
    assert bin_name(5, 7) == "5 to 7"
    assert bin_name(100, np.inf) == "above 100"
    assert bin_name(1e-4, 2e-4) == "0.0001 to 0.0002"


def test_what_is_not_given_is_null():
    table = match_table({"outcome": [Outcome.MISSED, Outcome.FOUND], "true_row": [1, 2]})
    assert table["outcome"].tolist() == ["missed", "found"]
    assert table["true_row"].tolist() == [1, 2]
    assert table["found_row"].mask.all()
    assert [column.name for column in MATCH_COLUMNS] == table.colnames
