"""Cells of any column as text, as labels and as numbers."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import CatalogueError
from sciarada.tabular.cells import labels, numbers, texts


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5))
def test_whole_numbers_keep_every_digit(values):
    assert texts(np.array(values, np.int64)).tolist() == [str(value) for value in values]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (np.array([1.0, np.nan, 2.0]), ["1", "", "2"]),
        (np.array([1.5, 2.0]), ["1.5", "2.0"]),
        (np.array([True, False]), ["True", "False"]),
        (np.array(["a ", " b", "nan"]), ["a", "b", "nan"]),
        (np.array([b"a", b"\xff"]), ["a", "\udcff"]),
        (np.array(["a", None, 7], object), ["a", "", "7"]),
        (MaskedColumn([1, 2], mask=[True, False]), ["", "2"]),
        (np.ma.array(["x", "y"], mask=True), ["", ""]),
        (np.array([], "U1"), []),
        (np.array([], object), []),
        (np.array([1, 2]) * u.Jy, ["1", "2"]),
    ],
)
def test_text_of_every_kind_of_column(column, words):
    assert texts(column).tolist() == words


def test_words_for_nothing_are_no_label():
    assert labels(np.array(["a", "nan", "--", " None ", "NULL", "0"])).tolist() == [
        *("a", "", "", "", "", "0"),
    ]


def test_numbers_of_text():
    column = np.array([" 1.5", "-2e3", "--", "", "nan", "+007"])
    np.testing.assert_array_equal(numbers(column), [1.5, -2000, np.nan, np.nan, np.nan, 7])
    np.testing.assert_array_equal(numbers(MaskedColumn([1, 2], mask=[True, False])), [np.nan, 2])


@pytest.mark.parametrize("cell", ["x", "1_000", "12:30:00", "1,5", "0x10"])
def test_text_that_is_no_number_is_said(cell):
    with pytest.raises(CatalogueError, match=f"column flux takes numbers, not '{cell}'"):
        numbers(MaskedColumn([cell], name="flux"))


@pytest.mark.parametrize("values", [np.zeros((2, 3)), np.array([[1], [2, 3]], object)])
@pytest.mark.parametrize("read", [texts, labels, numbers])
def test_arrays_are_refused(values, read):
    with pytest.raises(CatalogueError, match="holds arrays, not one value in each row"):
        read(values)
