"""Rows of two tables that belong together, by identifiers as text."""

import numpy as np
import pytest
from astropy.table import MaskedColumn
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import CatalogueError, OptionError
from sciarada.tabular.joining import Identifiers, join, shared_columns

LONG = 1237648720693755918


def joined(wanted, keys):
    pair = (Identifiers.of(c, p) for c, p in ((wanted, "id of the set"), (keys, "id of t.csv")))
    return join(*pair)


def rows(wanted, keys):
    return joined(wanted, keys).rows.tolist()


@pytest.mark.parametrize(
    ("wanted", "keys", "expected"),
    [
        (["x/a.png", "b.png"], ["b.png", "a.png"], [1, 0]),  # the set has the folder
        (["a.png", "b.png"], ["b.png", "x/a.png"], [1, 0]),  # the table has it
        (["x/a.png", "y/a.png"], ["y/a.png", "x/a.png"], [1, 0]),  # both have
        (["x/a.png"], ["a.png", "x/a.png"], [1]),  # what is equal comes first
        (["x/a.png"], ["y/a.png"], [-1]),
        (["x/a.png", "x/a.png"], ["a.png"], [0, 0]),  # two cutouts of one file
        ([], ["a"], []),
        (["a"], [], [-1]),
        (["a", " b "], ["b", "a "], [1, 0]),  # blanks
        (["\u00e9"], ["e\u0301"], [0]),  # composed and decomposed
        (["caf\udce9"], ["café"], [0]),  # a name in Latin-1 and a table in Latin-1
        (["1e5", "nan", "inf", "True"], ["True", "inf", "nan", "1e5"], [3, 2, 1, 0]),
        (["1e5"], np.array([100000]), [-1]),
        (["", "a"], ["a", "", ""], [-1, 0]),  # rows without an identifier
        (["007", "12"], np.array([12, 7]), [1, 0]),  # a column of numbers has no zeros
        (np.array([12, 7]), ["007", "12"], [1, 0]),
        (np.array([12, 7]), ["7.0", "+12"], [1, 0]),
        (["007", "12"], np.array([12.0, 7.0]), [1, 0]),
        (["7", "12"], ["12.0", "7.0"], [1, 0]),  # as programs write floats
        (np.array([LONG, LONG + 1]), [str(LONG + 1), str(LONG)], [1, 0]),
        (np.array([2**63 + 1], np.uint64), [str(2**63 + 1), str(2**63)], [0]),
        (np.array([1.5]), ["1.5"], [0]),
        (MaskedColumn([1, 2], mask=[True, False]), ["2", "1"], [-1, 0]),
    ],
)
def test_the_rule(wanted, keys, expected):
    assert rows(wanted, keys) == expected


@pytest.mark.parametrize(
    ("wanted", "keys", "sentence"),
    [
        (["x/a", "y/a"], ["a"], "id of t.csv has a, which may be x/a or y/a of the id of the set"),
        (["a", "x/a"], ["a"], "id of t.csv has a, which may be a or x/a of the id of the set"),
        (["a"], ["x/a", "y/a"], "id of the set has a, which may be x/a or y/a of the id of t.csv"),
        (["a"], ["a", "b", "b "], "id of t.csv has b twice"),
        (np.array([7]), ["7", "007"], "id of t.csv has 7 and 007, which are one whole number"),
        (["007", "012"], ["7", "12"], "set has 007 and the id of t.csv has 7: write them alike"),
        (["1", "012"], ["1", "12"], "set has 012 and the id of t.csv has 12: write them alike"),
        (["1"], np.array([1e18]), "id of t.csv are floats, which have lost their last digits"),
        (["1"], np.array([2.0**24], "f4"), "t.csv are floats, which have lost their last digits"),
        (["1"], ["1237648720693755904.0"], "t.csv are floats, which have lost their last digits"),
        (["1"], np.array([[1, 2]]), "holds arrays"),
    ],
)
def test_what_is_ambiguous_is_not_guessed(wanted, keys, sentence):
    with pytest.raises(CatalogueError, match=sentence):
        rows(wanted, keys)


def test_zeros_do_not_matter_where_each_has_its_row():
    assert rows(["7", "007"], ["007", "7"]) == [1, 0]
    assert rows(["7", "007"], ["7"]) == [0, -1]


def test_what_is_left_is_counted():
    found = joined(["a", "b", ""], ["b", "c", "", "d"])
    assert (found.missing, found.unused) == (2, 3)
    assert found.notes("cutouts", "id of t.csv") == (
        "1 of 3 cutouts have a row by id of t.csv, 2 have none; 3 rows of the table belong to "
        "none of them",
    )
    assert joined(["a"], ["a"]).notes("cutouts", "id") == ()


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=6), st.randoms())
def test_whole_numbers_and_their_text_are_joined_exactly(numbers, random):
    order = list(range(len(numbers)))
    random.shuffle(order)
    shuffled = [str(numbers[row]) for row in order]
    found = rows(np.array(numbers, np.int64), np.array(shuffled, "U21"))
    assert [order[row] for row in found] == list(range(len(numbers)))
    assert rows(np.array(shuffled, "U21"), np.array(numbers, np.int64)) == order


def test_the_columns_that_are_shared():
    places = ("a.fits", "b.csv")
    assert shared_columns(["cutout_id", "file"], ["file", "label"], None, places) == ("file",) * 2
    named = shared_columns(["cutout_id"], ["source_name"], None, places)
    assert named == ("cutout_id", "source_name")
    assert shared_columns(["a"], ["b"], "a=b", places) == ("a", "b")
    with pytest.raises(OptionError, match=r"a.fits and b.csv share none of .*source_id.*--key"):
        shared_columns(["a"], ["b"], None, places)
    with pytest.raises(OptionError, match=r"b.csv has no column 'a'; name one with --key: .* b"):
        shared_columns(["a"], ["b"], "a", places)
