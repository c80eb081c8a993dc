"""``sciarada info``: what it prints of an image, and of what is none."""

import json

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main

CARDS = {
    "CTYPE1": "RA---SIN", "CRVAL1": 187.5, "CRPIX1": 20.5, "CDELT1": -2 / 3600,
    "CTYPE2": "DEC--SIN", "CRVAL2": -45.0, "CRPIX2": 15.5, "CDELT2": 2 / 3600,
    "CTYPE3": "FREQ", "CRVAL3": 8.88e8, "CRPIX3": 1.0, "CDELT3": 1e6,
    "EQUINOX": 2000.0, "BUNIT": "mJy/bm", "BMAJ": 12 / 3600, "BMIN": 8 / 3600, "BPA": 30.0,
}  # fmt: skip


@pytest.fixture
def cube(tmp_path):
    data = np.random.default_rng(1).normal(0.0, 0.5, (2, 30, 40)).astype(np.float32)
    data[:, :3] = 0.0
    data[:, 20, 20] = 1000.0
    path = tmp_path / "cube.fits"
    fits.writeto(path, data, fits.Header(CARDS.items()))
    return path


def invoke(*arguments):
    return CliRunner().invoke(main, ["info", *map(str, arguments)])


def test_lines_to_read(cube):
    result = invoke(cube, "--plane", "1")
    assert result.exit_code == 0
    title, *lines = result.output.splitlines()
    assert title == str(cube)
    facts = {}
    for line in lines:
        assert line.startswith("  ")
        label, text = line[2:13].strip(), line[13:]
        facts.setdefault(label, text)
    assert facts["axes"] == "RA---SIN 40, DEC--SIN 30, FREQ 2"
    assert facts["plane"] == "FREQ 1 (counted from 0)"
    assert facts["size"] == "40 x 30 pixels of 2\", 1.33' x 1'"
    assert facts["frame"] == "FK5 J2000, SIN projection"
    assert facts["centre"].startswith("12:30:00.00 -45:00:00.0 ICRS (187.")
    assert (
        facts["beam"]
        == '12" x 8", PA 30 deg, 27.2 pixels, constant in the image plane, from BMAJ, BMIN, BPA'
    )
    assert facts["unit"] == "Jy/beam, from BUNIT 'mJy/bm'"
    assert facts["frequency"] == "889 MHz, from the FREQ axis"
    assert facts["missing"] == "10 % of 1200 pixels"
    assert facts["values"].endswith("µJy/beam")
    assert facts["memory"].endswith("for sciarada detect")
    assert "zeros joined to the border" in facts["note"]


def test_json(cube):
    result = invoke(cube, "--json", "--plane", "0")
    facts = json.loads(result.output)
    assert facts["shape"] == [30, 40]
    assert facts["centre"]["ra_deg"] == pytest.approx(187.5, abs=1e-4)
    assert facts["beam"]["maj_arcsec"] == pytest.approx(12.0)
    assert facts["frequency_hz"] == 8.88e8
    assert facts["pixels"]["missing"] == 120
    assert facts["pixels"]["max"] == pytest.approx(1.0)
    assert facts["pixels"]["scatter"] == pytest.approx(5e-4, rel=0.2)
    assert facts["detect_memory_bytes"] > 1e8


def test_header_only_reads_no_pixels(cube):
    assert (
        json.loads(invoke(cube, "--json", "--plane", 0, "--header-only").output)["pixels"] is None
    )
    assert "missing" not in invoke(cube, "--plane", 0, "--header-only").output.split("note")[0]


def test_options_replace_the_header(cube):
    result = invoke(cube, "--plane", 0, "--beam", "20,10,5", "--unit", "Jy/beam", "--json")
    facts = json.loads(result.output)
    assert (facts["beam"]["maj_arcsec"], facts["beam"]["found_in"]) == (20.0, "--beam")
    assert facts["unit_found_in"] == "--unit 'Jy/beam'"
    assert facts["pixels"]["max"] == 1000.0


def test_bare_image(tmp_path):
    path = tmp_path / "bare.fits"
    cards = {key: CARDS[key] for key in list(CARDS)[:8]}
    fits.writeto(path, np.full((30, 40), np.nan, np.float32), fits.Header(cards.items()))
    output = invoke(path).output
    assert "none: total fluxes need --beam" in output
    assert "missing    100 %" in output
    assert "values" not in output
    assert json.loads(invoke(path, "--json").output)["frequency_found_in"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "2 planes along FREQ: choose one with --plane FREQ"),
        (("--plane", "x"), "--plane 'x' is not a plane"),
        (("--plane", 0, "--beam", "x"), "--beam 'x' is not a beam"),
        (("--plane", 0, "--unit", "Jy"), "which is not a surface brightness"),
    ],
)
def test_refusals_are_one_sentence_and_status_2(cube, arguments, sentence):
    result = invoke(cube, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("sciarada: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
