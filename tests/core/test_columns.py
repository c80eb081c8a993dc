import astropy.units as u
import numpy as np
import pytest
from astropy.table import Column, MaskedColumn, Table
from hypothesis import given
from hypothesis import strategies as st

from sciarada.core.columns import make_column, null_column, null_value
from sciarada.core.schema import SOURCE_COLUMNS
from sciarada.errors import CatalogueError
from sciarada.evaluation.columns import numbers

FLUX, NUMBER, SMALL = (SOURCE_COLUMNS[n] for n in ("peak_flux", "n_pix", "quality"))
NAME, IDENTITY, LABEL, OUTLINE = (
    SOURCE_COLUMNS[n] for n in ("source_name", "source_id", "human_label", "s_region")
)


def test_a_column_carries_what_the_schema_says():
    column = make_column(FLUX, [1, 2])
    assert isinstance(column, MaskedColumn)
    assert column.dtype == np.float32
    assert column.unit == u.Jy / u.beam
    assert column.description == FLUX.description
    assert column.meta == {"ucd": FLUX.ucd}


@pytest.mark.parametrize(
    "values",
    [
        [1.5, None, 2.5],
        [1.5, np.nan, 2.5],
        [1.5, -np.inf, 2.5],
        np.ma.array([1.5, 99.0, 2.5], mask=[False, True, False]),
        MaskedColumn([1.5, 99.0, 2.5], mask=[False, True, False]),
        np.array([1.5, np.ma.masked, 2.5], dtype=object),
    ],
    ids=["None", "NaN", "infinity", "masked array", "masked column", "masked object"],
)
def test_every_kind_of_null_becomes_a_masked_cell(values):
    column = make_column(FLUX, values)
    assert column.mask.tolist() == [False, True, False]
    assert np.isnan(column.data.data[1])
    assert column.data.data[[0, 2]].tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    "values",
    [[7, None], [7.0, np.nan], np.ma.array([7, 0], mask=[0, 1]), [7, np.iinfo(np.int32).min]],
)
def test_integer_nulls_lie_on_the_minimum_of_the_type(values):
    column = make_column(NUMBER, values)
    assert column.dtype == np.int32
    assert column.mask.tolist() == [False, True]
    assert column.data.data.tolist() == [7, -(2**31)]


def test_truth_is_a_small_integer_with_three_states():
    column = make_column(SMALL, np.ma.array([True, False, True], mask=[0, 0, 1]))
    assert column.dtype == np.int16
    assert column.tolist() == [1, 0, None]


@pytest.mark.parametrize("values", [["b", "", None], np.ma.array(["b", "", "x"], mask=[0, 0, 1])])
def test_empty_text_is_null(values):
    column = make_column(LABEL, values)
    assert column.mask.tolist() == [False, True, True]
    assert column.data.data.tolist() == ["b", "", ""]


@pytest.mark.parametrize("text", ["ab  ", "5 \N{MICRO SIGN}Jy", "two\nlines", "\x7f", "\udcff"])
def test_text_is_as_wide_as_its_longest_and_stays_as_it_is(text):
    column = make_column(LABEL, np.array([text, " c"], dtype="U30"))
    assert column.tolist() == [text, " c"]
    assert column.dtype == np.dtype(f"U{max(len(text), 2)}")


def test_bytes_are_text():
    assert make_column(LABEL, np.array([b"ab", b""])).tolist() == ["ab", None]


@pytest.mark.parametrize(("spec", "text"), [(LABEL, b"\xff"), (OUTLINE, "two\nlines")])
def test_bytes_and_outlines_are_ascii(spec, text):
    with pytest.raises(CatalogueError, match=rf"{spec.name} takes .*ASCII"):
        make_column(spec, np.array([text]))


def test_values_with_a_unit_are_converted():
    assert make_column(FLUX, [5.0] * u.mJy / u.beam).tolist() == pytest.approx([0.005])
    assert make_column(FLUX, Column([5.0], unit="mJy/beam")).tolist() == pytest.approx([0.005])
    masked = MaskedColumn([5.0, 1.0], unit="mJy/beam", mask=[False, True])
    assert make_column(FLUX, masked).mask.tolist() == [False, True]


def test_values_in_another_kind_of_unit_are_refused():
    with pytest.raises(CatalogueError, match=r"peak_flux is in Jy/beam and cannot take .* K"):
        make_column(FLUX, [5.0] * u.K)


@pytest.mark.parametrize(
    ("spec", "values", "cause"),
    [
        (NUMBER, [1.5], "whole numbers only"),
        (NUMBER, [2**40], "beyond the range"),
        (NUMBER, [-3e9], "beyond the range"),
        (SOURCE_COLUMNS["embedding_id"], [2.0**63], "beyond the range"),
        (FLUX, ["bright"], "numbers, not text"),
        (FLUX, [[1.0, 2.0]], "one value per row"),
        (FLUX, np.array([[1.0, 2.0], None], dtype=object)[:1], "one value per row"),
        (IDENTITY, [1, None], "must have a value in every row"),
        (NAME, ["a", ""], "must have a value in every row"),
    ],
)
def test_values_that_lose_meaning_are_refused(spec, values, cause):
    with pytest.raises(CatalogueError, match=cause):
        make_column(spec, values)


@pytest.mark.parametrize("spec", [FLUX, NUMBER, LABEL])
@pytest.mark.parametrize("length", [0, 3])
def test_null_column(spec, length):
    column = null_column(spec, length)
    assert len(column) == length
    assert column.mask.all()


@pytest.mark.parametrize(("dtype", "null"), [("int16", -(2**15)), ("int64", -(2**63)), ("U3", "")])
def test_null_value(dtype, null):
    assert null_value(dtype) == null


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63) + 1, 2**63 - 1)), max_size=6))
def test_long_integers_keep_every_digit_beside_nulls(values):
    spec = SOURCE_COLUMNS["embedding_id"]
    assert make_column(spec, np.array(values, dtype=object)).tolist() == values


def test_casting_does_not_touch_what_was_given():
    given_values = np.array([1.0, np.inf])
    make_column(FLUX, given_values)
    make_column(SOURCE_COLUMNS["freq"], given_values)
    assert given_values.tolist() == [1.0, np.inf]


@pytest.mark.parametrize("values", [["POLYGON b", None, "c"], np.array([b"POLYGON b", b"", b"c"])])
def test_wide_text_is_held_as_bytes_and_read_as_text(values):
    column = make_column(OUTLINE, values)
    assert column.dtype == np.dtype("S9")
    assert column.mask.tolist() == [False, True, False]
    assert column[0] == "POLYGON b"
    assert isinstance(column[0], str)
    assert column.data.data[1] == b""


@pytest.mark.parametrize("row", [0, 4095, 4096, 9000])
@pytest.mark.parametrize("text", ["two\nlines", "5 \N{MICRO SIGN}Jy"])
def test_text_is_checked_in_every_row(row, text):
    values = np.full(9001, "plain text")
    values[row] = text
    with pytest.raises(CatalogueError, match=rf"{OUTLINE.name} takes .*ASCII"):
        make_column(OUTLINE, values)


@pytest.mark.parametrize("unit", ["Jy", "$HOME", "="])
def test_a_unit_that_cannot_be_converted_is_refused(unit):
    unit = u.Unit(unit, parse_strict="silent")
    with pytest.raises(CatalogueError, match=r"maj_axis is in arcsec and cannot take values in"):
        make_column(SOURCE_COLUMNS["maj_axis"], Column([1.0], unit=unit))
    with pytest.raises(CatalogueError, match=r"maj_axis is in arcsec and cannot take values in"):
        numbers(Table({"maj_axis": Column([1.0], unit=unit)}), "maj_axis")


def test_units_are_converted():
    column = Column([0.5, 1.0], unit="arcmin")
    assert make_column(SOURCE_COLUMNS["maj_axis"], column).tolist() == [30.0, 60.0]
    assert numbers(Table({"maj_axis": column}), "maj_axis").tolist() == [30.0, 60.0]
