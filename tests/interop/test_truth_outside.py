"""The truth of a simulated field, as STILTS and DS9's region reader see it."""

import csv
import io

import numpy as np
import pytest
from outside import need, run
from regions import Regions
from true_fields import RMS, Look, crowd, with_look

from sciarada.core.schema import find_source_column
from sciarada.io.regions import write_component_regions, write_source_regions
from sciarada.io.tables import write_catalogue

TABLES = ("truth.fits#SOURCES", "truth.vot#0")
CLASSES = ("det_class", "morphology", "rgz_class", "fr_class", "structure_class")


@pytest.fixture(scope="module")
def truth():
    """A field with sources, artefacts and nulls."""
    look = Look(artefact=lambda x, y: 9 * RMS * (np.abs(x - y) < 4))
    return with_look(crowd(9, (300, 300), 24), look).truth.catalogue


@pytest.fixture(scope="module")
def products(truth, tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    for suffix in ("fits", "vot"):
        write_catalogue(truth, folder / f"truth.{suffix}")
    write_source_regions(truth, folder / "truth.reg")
    write_component_regions(truth, folder / "components.reg")
    return folder


def stilts(task, *parameters):
    need("stilts")
    return run("stilts", task, *parameters)


def test_the_votable_has_no_fault(products):
    assert stilts("votlint", products / "truth.vot") == ""


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_is(table, products):
    command = "cmd=meta name units ucd description"
    printed = stilts("tpipe", f"in={products / table}", command, "omode=out", "ofmt=csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert set(CLASSES) <= {row["Name"] for row in rows}
    for row in rows:
        spec = find_source_column(row["Name"])
        assert (row["Units"], row["UCD"], row["Description"]) == (
            spec.unit or "",
            spec.ucd,
            spec.description,
        )


@pytest.mark.parametrize("table", TABLES)
def test_classes_and_nulls_are_those_of_the_truth(table, products, truth):
    columns = "cmd=keepcols '" + " ".join((*CLASSES, "n_peaks", "total_flux")) + "'"
    printed = stilts("tpipe", f"in={products / table}", columns, "ofmt=csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    for name in CLASSES:
        assert [row[name] for row in rows] == truth.sources[name].filled("").tolist()
    spurious = truth.sources["det_class"] == "spurious"
    assert spurious.any()
    for name in ("n_peaks", "total_flux"):
        assert np.array_equal([row[name] == "" for row in rows], spurious)


def test_regions_are_read(products, truth):
    outlines = Regions.read(products / "truth.reg", format="ds9")
    assert len(outlines) == len(truth)
    tags = {region.meta["tag"][0] for region in outlines}
    assert tags == set(truth.sources["det_class"])
    assert len(Regions.read(products / "components.reg", format="ds9")) == len(truth.components)
