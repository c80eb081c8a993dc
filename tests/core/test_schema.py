import astropy.units as u
import numpy as np
import pytest
from astropy.io.votable.ucd import check_ucd

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
each_column = pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)


@each_column
def test_ucd_is_in_the_controlled_vocabulary(column):
    assert check_ucd(column.ucd, check_controlled_vocabulary=True, has_colon=True)


@each_column
def test_unit_means_the_same_in_every_format(column):
    if column.unit is None:
        return
    unit = u.Unit(column.unit)
    for spelling in ("fits", "vounit"):
        assert u.Unit(column.unit, format=spelling) == unit, spelling


@each_column
def test_description_is_one_line_of_ascii(column):
    assert column.description.isascii()
    assert column.description.isprintable()
    assert len(column.description) > 5


@each_column
def test_types_are_those_that_keep_nulls_in_every_format(column):
    # Booleans are left out on purpose: FITS turns a masked one into True.
    assert column.dtype in {"float32", "float64", "int16", "int32", "int64", "str"}


@each_column
def test_description_fits_a_fits_card(column):
    assert len(f"TCOMM99 = '{column.description}'") <= 160


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


def test_integer_columns_leave_room_for_the_null():
    for column in COLUMNS:
        if column.dtype.startswith("int"):
            assert np.iinfo(column.dtype).min < 0
