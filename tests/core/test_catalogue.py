import astropy.units as u
import numpy as np
import pytest
from astropy.table import MaskedColumn, Table
from catalogue_samples import assert_same, realistic_catalogue

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import COMPONENT_COLUMNS, SOURCE_COLUMNS, Flag
from sciarada.errors import CatalogueError


def small(**columns):
    return SourceCatalogue.from_columns(
        {"source_id": [1, 2, 3], "ra": [10.0, 20.0, 30.0], "dec": [-1.0, 0.0, 1.0], **columns},
        {"component_id": [1, 2], "source_id": [3, 1], "ra": [30.0, 10.0], "dec": [1.0, -1.0]},
        {"image": "x"},
    )


def test_missing_core_columns_are_null_and_the_rest_left_out():
    catalogue = small(class_name=["a", "b", ""])
    core = [c.name for c in SOURCE_COLUMNS.values() if c.core]
    assert set(catalogue.sources.colnames) == {*core, "class_name"}
    assert catalogue.components.colnames == list(COMPONENT_COLUMNS)
    assert catalogue.sources["peak_flux"].mask.all()
    assert catalogue.sources["n_pix"].mask.all()
    assert catalogue.sources["s_region"].mask.all()


def test_columns_stand_in_the_order_of_the_schema():
    catalogue = small(tile_id=["t"] * 3, p_b=[1, 0, 0], class_prob=[1, 1, 1], p_a=[0, 0, 0])
    order = [*SOURCE_COLUMNS]
    cut = order.index("class_prob") + 1
    order[cut:cut] = ["p_b", "p_a"]
    names = catalogue.sources.colnames
    assert names == [name for name in order if name in names]


def test_source_names_come_from_the_position():
    assert small().sources["source_name"][0] == "SCI J004000.0-010000"
    assert small(source_name=["A", "B", "C"]).sources["source_name"].tolist() == ["A", "B", "C"]


def test_every_column_is_as_the_schema_says():
    catalogue = realistic_catalogue()
    for table, specs in (
        (catalogue.sources, SOURCE_COLUMNS),
        (catalogue.components, COMPONENT_COLUMNS),
    ):
        for spec in specs.values():
            if spec.name not in table.colnames:
                assert not spec.core
                continue
            column = table[spec.name]
            assert isinstance(column, MaskedColumn)
            assert column.unit == (u.Unit(spec.unit) if spec.unit else None)
            assert column.meta["ucd"] == spec.ucd
            assert column.description == spec.description
            kind = "S" if spec.wide else "U"
            assert column.dtype.kind == kind if spec.dtype == "str" else column.dtype == spec.dtype


def test_an_empty_catalogue_has_every_core_column():
    catalogue = SourceCatalogue.empty({"image": "x"})
    assert len(catalogue) == 0
    assert catalogue.meta == {"image": "x"}
    assert set(catalogue.sources.colnames) == {c.name for c in SOURCE_COLUMNS.values() if c.core}
    assert catalogue.sources["ra"].dtype == np.float64
    assert catalogue.sources["flags"].dtype == np.int32


def test_construction_from_its_own_tables_changes_nothing():
    catalogue = realistic_catalogue()
    again = SourceCatalogue(catalogue.sources, catalogue.components, catalogue.meta)
    assert_same(again, catalogue)


def test_a_catalogue_shares_nothing_with_what_it_was_made_of():
    given_tables = [realistic_catalogue().sources, realistic_catalogue().components]
    catalogue = SourceCatalogue(*given_tables)
    for table in given_tables:
        table["ra"][:] = 0.0
        table["flags"].mask[:] = True
    expected = realistic_catalogue()
    assert_same(catalogue, SourceCatalogue(expected.sources, expected.components))


def test_fields_cannot_be_set():
    with pytest.raises(AttributeError):
        small().meta = {}


def test_select_by_mask_keeps_the_components_of_the_chosen():
    chosen = small().select(np.array([True, True, False]))
    assert chosen.sources["source_id"].tolist() == [1, 2]
    assert chosen.components["source_id"].tolist() == [1]
    assert chosen.meta == {"image": "x"}


def test_select_by_row_number_keeps_the_order_asked_for():
    assert small().select(np.array([2, 0])).sources["source_id"].tolist() == [3, 1]


def test_select_none():
    chosen = small().select(np.zeros(3, bool))
    assert (len(chosen), len(chosen.components)) == (0, 0)


def test_select_takes_a_masked_comparison_with_nulls_as_false():
    catalogue = small(snr=[5.0, None, 7.0])
    assert catalogue.select(catalogue.sources["snr"] > 1).sources["source_id"].tolist() == [1, 3]


def test_with_columns_returns_a_new_catalogue():
    before = small()
    after = before.with_columns(class_name=["a", None, "c"], snr=[1, 2, 3])
    assert "class_name" not in before.sources.colnames
    assert after.sources["class_name"].tolist() == ["a", None, "c"]
    assert before.sources["snr"].mask.all()
    assert after.sources["snr"].tolist() == [1, 2, 3]
    assert after.components["source_id"].tolist() == [3, 1]


def test_with_flag_sets_it_for_sources_and_their_components_and_keeps_others():
    catalogue = small(flags=[0, int(Flag.EDGE), int(Flag.EDGE)])
    flagged = catalogue.with_flag(Flag.ARTEFACT, np.array([False, True, True]))
    assert flagged.sources["flags"].tolist() == [0, 129, 129]
    assert flagged.components["flags"].mask.all()
    assert catalogue.sources["flags"].tolist() == [0, 1, 1]
    known = SourceCatalogue.from_columns(
        dict(flagged.sources.items()),
        {**dict(catalogue.components.items()), "flags": [int(Flag.EDGE), 0]},
    )
    edges = known.with_flag(Flag.BLENDED, np.array([True, False, False]))
    assert edges.components["flags"].tolist() == [int(Flag.EDGE), int(Flag.BLENDED)]


def test_with_meta_returns_a_new_catalogue():
    before = small()
    assert before.with_meta(more=1).meta == {"image": "x", "more": 1}
    assert before.meta == {"image": "x"}


@pytest.mark.parametrize(
    ("columns", "cause"),
    [
        ({"colour": [1, 2, 3]}, "sources of a catalogue have no column 'colour'"),
        ({"snr": [1, 2]}, "columns of unequal length"),
        ({"source_id": [1, 1, 2]}, "source_id of the sources must be unique"),
        ({"source_id": [0, 1, 3]}, "at least 1"),
        ({"source_id": [1, 2, 4]}, "1 component.s. belong to a source_id that is not"),
        ({"ra": [10, 20, 361]}, "off the sky"),
        ({"dec": [-91, 0, 0]}, "off the sky"),
        ({"ra": [10, None, 30]}, "must have a value in every row"),
        ({"p_FRI": [0] * 3, "p_fri": [0] * 3}, "upper and lower case"),
    ],
)
def test_what_breaks_the_rules_is_refused(columns, cause):
    with pytest.raises(CatalogueError, match=cause):
        small(**columns)


def test_an_unknown_column_of_components_is_refused():
    with pytest.raises(CatalogueError, match="components of a catalogue have no column 'p_fri'"):
        SourceCatalogue.from_columns({}, {"p_fri": []})


def test_a_table_without_a_core_column_is_refused():
    catalogue = small()
    with pytest.raises(CatalogueError, match=r"table of sources lacks the column.s. dec, snr"):
        SourceCatalogue(_without(catalogue.sources, "snr", "dec"), catalogue.components)


def _without(table: Table, *names: str) -> Table:
    return table[[name for name in table.colnames if name not in names]]
