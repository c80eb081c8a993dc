"""Columns of another table for the sources of a catalogue, joined by an identifier."""

import astropy.units as u
import numpy as np
import pytest
from astropy.table import MaskedColumn, QTable, Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.catalogue import SourceCatalogue
from sciarada.errors import CatalogueError, OptionError

LONG = 1237648720693755918  # 19 digits: the neighbours are the same float


def catalogue(ids=(1, 2, 3), **columns):
    ids = np.array(ids, np.int64)
    place = {"ra": np.arange(len(ids)) * 1.0, "dec": np.zeros(len(ids))}
    components = {"component_id": [1], "source_id": ids[-1:], "ra": [1.0], "dec": [0.0]}
    return SourceCatalogue.from_columns(
        {"source_id": ids, **place, **columns}, components if len(ids) else None, {"image": "x"}
    )


def classes(found):
    return found.sources["class_name"].filled("").tolist()


@settings(max_examples=25, deadline=None)
@given(
    own=st.lists(st.integers(1, 40), unique=True),
    other=st.dictionaries(st.integers(1, 40), st.sampled_from("abc")),
    how=st.sampled_from(["left", "inner"]),
    as_text=st.booleans(),
)
def test_a_join_is_a_look_up_by_identifier(own, other, how, as_text):
    keys = [f"00{key}" for key in other] if as_text else np.array([*other], np.int64)
    table = {"source_id": keys, "class_name": np.array([*other.values()], "U1")}
    found = catalogue(own).join(table, how=how, columns=["class_name"])
    kept = own if how == "left" else [each for each in own if each in other]
    assert found.sources["source_id"].tolist() == kept
    assert classes(found) == [other.get(each, "") for each in kept]
    last = bool(own) and own[-1] in kept
    assert found.components["source_id"].tolist() == (own[-1:] if last else [])
    assert found.meta == {"image": "x"}


def test_no_digit_of_a_long_number_is_lost():
    own = catalogue(source_name=[str(LONG + 1), str(LONG), str(LONG + 2)])
    table = {"id": np.array([LONG, LONG + 1]), "class_name": ["even", "odd"]}
    assert classes(own.join(table, "source_name=id")) == ["odd", "even", ""]


def test_units_are_converted_and_cells_without_a_value_stay_without():
    table = QTable({"source_id": [3, 1], "total_flux": [2000.0, 1.0] * u.mJy})
    table["class_name"] = MaskedColumn(["b", "a"], mask=[True, False])
    found = catalogue().join(table)
    flux = found.sources["total_flux"].filled(np.nan)
    np.testing.assert_allclose(flux, [0.001, np.nan, 2.0], rtol=1e-6)
    assert classes(found) == ["a", "", ""]


def test_another_catalogue_gives_what_it_alone_knows():
    given = catalogue([3, 1], class_name=["c", "a"], class_prob=[0.5, 0.9])
    found = catalogue().join(given, columns=["class_name", "class_prob"], how="inner")
    assert classes(found) == ["a", "c"]
    assert found.sources["class_prob"].tolist() == pytest.approx([0.9, 0.5])


def test_tables_of_cutouts_are_joined_by_the_names_of_the_sources():
    own = catalogue(source_name=["J1", "J1", "J2"])
    table = Table({"cutout_id": own.distinct_names[::-1], "class_name": ["c", "b", "a"]})
    assert own.distinct_names.tolist() != own.sources["source_name"].tolist()
    assert classes(own.join(table)) == ["a", "b", "c"]


def test_columns_with_other_names_are_given_with_on():
    own = catalogue(source_name=["007", "7", "x"])
    table = {"who": ["7", "007"], "class_name": ["seven", "double-0"]}
    assert classes(own.join(table, "source_name=who")) == ["double-0", "seven", ""]


def test_columns_that_are_named_replace_those_of_the_catalogue():
    own = catalogue(class_name=["old"] * 3)
    found = own.join({"source_id": [2], "class_name": ["new"]}, columns=["class_name"])
    assert classes(found) == ["", "new", ""]


@pytest.mark.parametrize(
    ("table", "options", "error", "sentence"),
    [
        (
            {"source_id": [1, 1], "class_name": ["a", "b"]},
            {},
            CatalogueError,
            "source_id of the other table has 1 twice",
        ),
        (
            {"source_id": [2.0**60], "class_name": ["a"]},
            {},
            CatalogueError,
            "are floats, which have lost their last digits",
        ),
        (
            {"source_id": [1], "colour": ["a"]},
            {},
            CatalogueError,
            "no column colour: choose the columns of the other table with columns=",
        ),
        (
            {"source_id": [1], "ra": [1.0], "class_name": ["a"]},
            {},
            CatalogueError,
            "both tables have values of ra: choose",
        ),
        ({"class_name": ["a"]}, {}, OptionError, "share none of the columns .* name with on the"),
        ({"source_id": [1]}, {"on": "id"}, OptionError, "no column 'id'; name one with on"),
        ({"source_id": [1]}, {"columns": ["x"]}, OptionError, "columns: .* no column 'x'"),
        ({"source_id": [1]}, {"how": "outer"}, OptionError, "how is inner or left, not 'outer'"),
    ],
)
def test_what_cannot_be_joined_is_refused_in_one_sentence(table, options, error, sentence):
    with pytest.raises(error, match=sentence) as refusal:
        catalogue().join(table, **options)
    assert "--" not in str(refusal.value)


def test_sources_of_one_name_are_not_joined_by_it():
    own = catalogue(source_name=["J1", "J1", "J2"])
    with pytest.raises(CatalogueError, match=r"source_name of the catalogue has J1 twice.*on="):
        own.join({"source_name": ["J1"], "class_name": ["a"]})


def test_a_join_of_nothing_is_told(caplog):
    names = ["J0001", "J0002", "J0003"]
    sources = catalogue(source_name=names)
    table = {"source_name": names, "cutout_id": ["x", "y", "z"], "class_name": ["a", "b", "c"]}
    assert classes(sources.join(table, columns="class_name")) == ["", "", ""]
    assert "nothing is joined" in caplog.text
    assert "on='OF_CATALOGUE=OF_OTHER'" in caplog.text
    caplog.clear()
    found = sources.join(table, on="source_name=source_name", columns="class_name")
    assert classes(found) == ["a", "b", "c"]
    assert not caplog.text


@pytest.mark.parametrize("other", [[1, 2], None, "x", {"a": [1], "b": [1, 2]}, {"a": 1}])
def test_what_is_no_table_is_refused(other):
    with pytest.raises(OptionError, match=r"^other "):
        catalogue().join(other)
