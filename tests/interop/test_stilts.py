"""STILTS, the reference reader of astronomical tables."""

import csv
import io

import numpy as np
import pytest
from astropy.io.votable import parse
from matplotlib.image import imread
from outside import need, run
from ucds import is_valid_ucd

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.schema import COMPONENT_COLUMNS, find_source_column
from sciarada.io.tables import write_catalogue

ASIDE = ["source_id", "s_region"]  # wide text, set aside in FITS
TABLES = {
    "catalogue.fits#SOURCES": lambda c: [n for n in c.sources.colnames if n != "s_region"],
    "catalogue.fits#COMPONENTS": lambda c: c.components.colnames,
    "catalogue.fits#OUTLINES": lambda c: ASIDE,
    "catalogue.vot#0": lambda c: c.sources.colnames,
    "catalogue.vot#1": lambda c: c.components.colnames,
}
CLASSES = {
    "float32": "Float",
    "float64": "Double",
    "int16": "Short",
    "int32": "Integer",
    "int64": "Long",
    "str": "String",
}


def stilts(task, *parameters):
    need("stilts")
    return run("stilts", task, *parameters)


def rows_of(printed):
    return list(csv.DictReader(io.StringIO(printed)))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_shows_its_name_type_unit_ucd_and_description(table, sample, products):
    command = "cmd=meta name class units ucd description"
    shown = rows_of(stilts("tpipe", f"in={products / table}", command, "omode=out", "ofmt=csv"))
    components = TABLES[table](sample) == sample.components.colnames
    find = COMPONENT_COLUMNS.get if components else find_source_column
    assert shown == [
        {
            "Name": spec.name,
            "Class": CLASSES[spec.dtype],
            "Units": spec.unit or "",
            "UCD": spec.ucd,
            "Description": spec.description,
        }
        for spec in map(find, TABLES[table](sample))
    ]


def test_metadata_show_as_parameters(products):
    for table in ("catalogue.fits#SOURCES", "catalogue.vot#0"):
        shown = stilts("tpipe", f"in={products / table}", "omode=meta")
        assert "0123456789abcdef" * 4 in shown


@pytest.mark.parametrize("empty", [False, True], ids=["sample", "empty"])
def test_votable_has_no_fault(empty, products, tmp_path):
    """Votlint exits with 0 even when it prints an ERROR: only silence will do."""
    path = products / "catalogue.vot"
    if empty:
        path = tmp_path / "empty.vot"
        write_catalogue(SourceCatalogue.empty({"none": None}), path)
    assert stilts("votlint", path) == ""
    for table in parse(path, verify="exception").resources[0].tables:
        for field in table.fields:
            assert is_valid_ucd(field.ucd)


def test_fits_and_votable_hold_the_same_rows(sample, products):
    paths = products / "catalogue.fits", products / "catalogue.vot"
    joined = stilts(
        *("tmatch2", "matcher=exact", f"in1={paths[0]}#SOURCES", f"in2={paths[1]}#0"),
        *("values1=source_id", "values2=source_id", "join=1and2", "omode=count"),
    )
    assert f"rows: {len(sample)}" in joined


@pytest.mark.parametrize(
    ("one", "other", "left_out"),
    [
        ("catalogue.fits#SOURCES", "catalogue.vot#0", "s_region"),
        ("catalogue.fits#COMPONENTS", "catalogue.vot#1", None),
    ],
)
def test_fits_and_votable_hold_the_same_cells(one, other, left_out, products):
    command = [f"cmd=delcols {left_out}"] if left_out else []
    first = stilts("tpipe", f"in={products / one}", "ofmt=csv")
    second = stilts("tpipe", f"in={products / other}", *command, "ofmt=csv")
    assert first == second


def test_nulls_are_blank_and_never_a_number_of_their_own(sample, products):
    for table in ("catalogue.fits#SOURCES", "catalogue.vot#0"):
        rows = rows_of(stilts("tpipe", f"in={products / table}", "ofmt=csv"))
        for column in sample.sources.itercols():
            if column.name == "s_region":
                continue
            blank = [row[column.name] == "" for row in rows]
            assert blank == column.mask.tolist(), column.name


def test_an_empty_fits_catalogue_is_read(tmp_path):
    write_catalogue(SourceCatalogue.empty(), tmp_path / "empty.fits")
    counted = stilts("tpipe", f"in={tmp_path / 'empty.fits'}", "omode=count")
    assert "rows: 0" in counted


def test_outlines_are_drawn_from_s_region(products, tmp_path):
    drawn = tmp_path / "outlines.png"
    stilts(
        *("plot2sky", "layer1=area", f"in1={products / 'catalogue.vot'}", "area1=s_region"),
        *("areatype1=STC-S", "color1=red", "omode=out", f"out={drawn}"),
    )
    red, green, blue = np.moveaxis(imread(drawn)[..., :3], -1, 0)
    assert np.count_nonzero((red > 0.9) & (green < 0.1) & (blue < 0.1)) > 200
