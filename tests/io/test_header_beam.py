"""Beams from headers and options."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from sciarada.core.beam import Beam
from sciarada.core.errors import OptionError
from sciarada.io.header_beam import check_beam, find_beam, parse_beam


def find(cards, *hdus, channel=None):
    header = fits.Header(cards) if isinstance(cards, list) else fits.Header(cards.items())
    return find_beam(header, fits.HDUList([fits.PrimaryHDU(), *hdus]), channel)


def beams_table(**columns):
    return fits.BinTableHDU.from_columns(
        [
            fits.Column(name, "D", "deg" if name == "BPA" else "arcsec", array=np.array(values))
            for name, values in columns.items()
        ],
        name="BEAMS",
    )


@pytest.mark.parametrize(
    ("text", "beam"),
    [
        ("15,12,30", Beam(15, 12, 30, "option")),
        (" 15, 12 ", Beam(15, 12, 0, "option")),
        ("15", Beam(15, 15, 0, "option")),
        ("15,12,-10", Beam(15, 12, 170, "option")),
    ],
)
def test_beam_option(text, beam):
    assert parse_beam(text) == beam


@pytest.mark.parametrize("text", ["", "x", "12,15", "0", "-1", "nan", "inf", "1,1,1,1", "5,,0"])
def test_wrong_beam_option(text):
    with pytest.raises(OptionError, match=r"such as --beam 15,12,30"):
        parse_beam(text)


def test_keywords_before_cleanbmj_before_history():
    history = ("HISTORY", "AIPS   CLEAN BMAJ=  3.0e-03 BMIN=  3.0e-03 BPA=   0.00")
    clean = [("CLEANBMJ", 0.002), ("CLEANBMN", 0.002), ("CLEANBPA", 5.0)]
    plain = [("BMAJ", 0.001), ("BMIN", 0.001), ("BPA", 7.0)]
    for cards, major, origin in (
        ([history, *clean, *plain], 3.6, "header"),
        ([history, *clean], 7.2, "header"),
        ([history], 10.8, "history"),
    ):
        beam, _, notes = find(cards)
        assert beam.major == pytest.approx(major)
        assert beam.origin == origin
        assert not notes


@pytest.mark.parametrize(
    "line",
    [
        "AIPS   CLEAN BMAJ=  2.5000E-03 BMIN=  1.5000E-03 BPA=  20.00",
        "AIPS   CONVL BMAJ = 2.5D-3, BMIN = 1.5D-3, BPA = 20",
        "something BMAJ=.0025 BMIN=.0015 BPA=+20. more",
    ],
)
def test_spellings_of_history(line):
    beam, where, _ = find([("HISTORY", line)])
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((9.0, 5.4, 20.0))
    assert where == "HISTORY"


def test_zero_beams_are_no_beams():
    beam, where, _ = find({"BMAJ": 0.0, "BMIN": 0.0, "BPA": 0.0, "CLEANBMJ": 0.01})
    assert beam.major == pytest.approx(36.0)
    assert where.startswith("CLEANBMJ")
    assert find([("HISTORY", "AIPS CLEAN BMAJ= 0.0 BMIN= 0.0 BPA= 0.0")]) == (None, "", [])


def test_incomplete_beams_are_completed_and_said():
    beam, _, notes = find({"BMAJ": 0.01})
    assert beam.minor == beam.major
    assert notes == ["The beam has no minor axis in the header and is taken as circular."]
    beam, _, notes = find({"BMAJ": 0.01, "BMIN": 0.005})
    assert beam.pa == 0.0
    assert notes == ["The beam has no position angle in the header; 0 is used."]
    assert find({"BMAJ": 0.01, "BMIN": 0.01})[2] == []


def test_swapped_axes_are_put_in_order():
    beam, _, notes = find({"BMAJ": 0.005, "BMIN": 0.01, "BPA": 100.0})
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((36.0, 18.0, 10.0))
    assert len(notes) == 1


def test_numbers_written_as_text():
    beam, _, _ = find({"BMAJ": "0.01 deg", "BMIN": "5D-3", "BPA": " 10.0"})
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((36.0, 18.0, 10.0))


def test_median_of_a_table_when_the_channel_is_not_in_it():
    table = beams_table(
        BMAJ=[30.0, 10.0, np.nan, 20.0], BMIN=[3.0, 1.0, 1.0, 2.0], BPA=[3, 1, 9, 2]
    )
    beam, where, notes = find({}, table)
    assert beam == Beam(20.0, 2.0, 2.0)
    assert where == "the BEAMS table"
    assert notes == ["The beam is the median of 3 in the BEAMS table."]


def test_table_of_one_row():
    beam, _, notes = find({}, beams_table(BMAJ=[30.0], BMIN=[3.0], BPA=[3.0]), channel=0)
    assert (beam.major, notes) == (pytest.approx(30.0), [])


@pytest.mark.parametrize(
    "table",
    [
        beams_table(BMAJ=[], BMIN=[]),
        beams_table(BMAJ=[1.0]),
        beams_table(BMAJ=[np.nan], BMIN=[0.0]),
        fits.ImageHDU(np.ones((2, 2)), name="BEAMS"),
    ],
)
def test_useless_table(table):
    assert find({}, table)[0] is None


@given(st.floats(0.3, 1e4), st.floats(0.1, 1.0), st.floats(-360.0, 720.0), st.booleans())
def test_any_beam_survives_the_header(major, ratio, pa, as_history):
    degrees = (major / 3600, major * ratio / 3600, pa)
    if as_history:
        cards = [("HISTORY", "CLEAN BMAJ={:.6e} BMIN={:.6e} BPA={:.4f}".format(*degrees))]
    else:
        cards = list(zip(("BMAJ", "BMIN", "BPA"), degrees, strict=True))
    beam, _, _ = find(cards)
    assert beam.major == pytest.approx(major, rel=1e-5)
    assert beam.minor == pytest.approx(major * ratio, rel=1e-5)
    assert np.sin(np.radians(beam.pa - pa)) == pytest.approx(0.0, abs=1e-5)


def test_a_beam_in_arcsec_is_recognised():
    beam, notes = check_beam(Beam(6.0 * 3600, 5.0 * 3600, 10.0), 1.5, (1000, 1000))
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((6.0, 5.0, 10.0))
    assert "taken as arcsec" in notes[0]


@pytest.mark.parametrize(
    ("beam", "scale", "shape"),
    [(Beam(60.0, 50.0), 1.5, (20, 20)), (Beam(7200.0, 7200.0), 60.0, (9, 9))],
)
def test_a_beam_wider_than_a_cutout_is_left_alone(beam, scale, shape):
    assert check_beam(beam, scale, shape) == (beam, [])


@pytest.mark.parametrize("beam", [Beam(7e5, 7e5), Beam(2000.0, 1.0)])
def test_an_absurd_beam_is_dropped_and_said(beam):
    checked, notes = check_beam(beam, 1e-4, (100, 100))
    assert checked is None
    assert "makes no sense" in notes[0]


def test_a_beam_below_a_pixel_is_said():
    beam = Beam(1.0, 1.0)
    assert check_beam(beam, 2.0, (100, 100)) == (
        beam,
        ["The beam in the header is narrower than a pixel; --beam replaces it."],
    )
