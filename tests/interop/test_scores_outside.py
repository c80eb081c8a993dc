"""The tables of an evaluation, in STILTS."""

import csv
import io

import pytest
from evaluation_tables import evaluation
from outside import need, run

from sciarada.evaluation.match_table import MATCH_COLUMNS
from sciarada.evaluation.score_table import SCORE_COLUMNS

COLUMNS = {"scores": SCORE_COLUMNS, "matches": MATCH_COLUMNS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return evaluation(tmp_path_factory.mktemp("evaluation"))


def stilts(*words):
    need("stilts")
    return run("stilts", *words)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("ending", ["fits", "vot"])
def test_no_cell_about_a_column_is_blank(folder, name, ending):
    file = folder / f"{name}.{ending}"
    command = "cmd=meta name units ucd description"
    printed = stilts("tpipe", f"in={file}", command, "omode=out", "ofmt=csv")
    assert list(csv.DictReader(io.StringIO(printed))) == [
        {
            "Name": column.name,
            "Units": column.unit or "",
            "UCD": column.ucd,
            "Description": column.description,
        }
        for column in COLUMNS[name]
    ]


@pytest.mark.parametrize("name", COLUMNS)
def test_votlint_has_nothing_to_say(folder, name):
    assert stilts("votlint", folder / f"{name}.vot").strip() == ""


@pytest.mark.parametrize(("name", "rows"), [("scores", "SCORES"), ("matches", "MATCHES")])
def test_formats_hold_the_same(folder, name, rows):
    texts = [
        stilts("tpipe", f"in={folder / name}.{ending}", "omode=out", "ofmt=csv")
        for ending in ("fits", "vot")
    ]
    assert texts[0] == texts[1]


def test_what_is_missed_can_be_looked_for(folder):
    command = 'cmd=select \'finder=="found" && outcome=="missed"\''
    printed = stilts("tpipe", f"in={folder / 'matches.fits'}", command, "omode=out", "ofmt=csv")
    assert len(printed.splitlines()) == 1 + 20
