import astropy.units as u
import pytest
from ucds import is_valid_ucd

from sciarada.core.schema import (
    COMPONENT_COLUMNS,
    SOURCE_COLUMNS,
    Flag,
    class_probability_column,
    find_source_column,
)

COLUMNS = [
    *SOURCE_COLUMNS.values(),
    *COMPONENT_COLUMNS.values(),
    class_probability_column("p_fri"),
]


def test_ucds_are_in_the_controlled_vocabulary():
    for column in COLUMNS:
        assert is_valid_ucd(column.ucd), column


@pytest.mark.parametrize("spelling", ["fits", "vounit"])
def test_units_mean_the_same_in_every_format(spelling):
    for unit in {column.unit for column in COLUMNS} - {None}:
        assert u.Unit(unit, format=spelling) == u.Unit(unit)


def test_descriptions_are_one_line_of_ascii_each():
    for column in COLUMNS:
        assert column.description.isascii(), column
        assert column.description.isprintable(), column
        assert len(column.description) > 5, column


def test_types_are_those_that_keep_nulls_in_every_format():
    # Booleans are omitted on purpose: FITS turns a masked one into True.
    types = {"float32", "float64", "int16", "int32", "int64", "str"}
    assert {column.dtype for column in COLUMNS} == types


def test_flags_are_those_of_the_contract():
    assert {flag.name: flag.value for flag in Flag} == {
        "EDGE": 1,
        "NEAR_NAN": 2,
        "BLENDED": 4,
        "TILE_SEAM": 8,
        "NO_BEAM": 16,
        "BKG_FAIL": 32,
        "FIT_FAIL": 64,
        "ARTEFACT": 128,
        "DIFFUSE": 256,
        "BELOW_THRESHOLD": 512,
    }
    assert all(f"{flag.name} {flag.value}" in SOURCE_COLUMNS["flags"].description for flag in Flag)


def test_the_core_block_is_that_of_the_contract():
    core = [column.name for column in SOURCE_COLUMNS.values() if column.core]
    assert core[:3] == ["source_name", "source_id", "island_id"]
    assert core[-2:] == ["s_region", "flags"]
    assert "class_name" not in core
    assert all(column.core for column in COMPONENT_COLUMNS.values())


def test_exactly_one_main_position():
    for columns in (SOURCE_COLUMNS, COMPONENT_COLUMNS):
        main = [c.name for c in columns.values() if c.ucd.startswith("pos.eq.") and "main" in c.ucd]
        assert main == ["ra", "dec"]


def test_find_source_column():
    assert find_source_column("ra") is SOURCE_COLUMNS["ra"]
    assert find_source_column("p_fri").description == "Probability of class fri"
    assert find_source_column("p_") is None
    assert find_source_column("colour") is None
