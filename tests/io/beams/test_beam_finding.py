"""Beams from keywords and HISTORY, and which comes first."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from sciarada.io.beams.finding import find_beam
from sciarada.io.beams.tables import BeamPlace


def find(cards, *tables, **place):
    header = fits.Header(cards) if isinstance(cards, list) else fits.Header(cards.items())
    return find_beam(header, tables, BeamPlace(**place))


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


@pytest.mark.parametrize(
    "line",
    [
        "Beam used in restoration: 9.0 by 5.4 (arcsec) at pa 20 (deg)",
        "RESTOR: The fitted beam is 9.0 by 5.4 arcsec, PA = 20.0 degrees",
        "clean beam 0.15 x 0.09 arcmin, position angle: 20",
    ],
)
def test_beams_in_words(line):
    beam, where, _ = find([("HISTORY", line)])
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((9.0, 5.4, 20.0))
    assert where == "HISTORY"


def test_a_unit_in_the_comment_counts():
    header = [("BMAJ", 12.0, "[arcsec] FWHM"), ("BMIN", 8.0, "[arcsec]"), ("BPA", 0.5, "[rad]")]
    beam, _, _ = find(header)
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((12.0, 8.0, np.degrees(0.5)))


@pytest.mark.parametrize(("first", "major"), [(0, 7.2), (1, 7.2)])
def test_keywords_of_each_channel(first, major):
    cards = {"BMAJ": 0.01, "BMIN": 0.01, "BPA": 0.0}
    for channel in range(3):
        cards |= {f"BMAJ{channel + first}": 0.001 * (channel + 1), f"BMIN{channel + first}": 0.001}
    beam, where, _ = find(cards, channel=1, channels=3)
    assert beam.major == pytest.approx(major)
    assert where == f"BMAJ{1 + first}, BMIN{1 + first}, BPA{1 + first}"
    assert find(cards)[1] == "BMAJ, BMIN, BPA"


def test_casambm_without_a_table_is_said():
    _, where, notes = find({"CASAMBM": True, "BMAJ": 0.01, "BMIN": 0.01})
    assert where == "BMAJ, BMIN, BPA"
    assert notes == [
        "CASAMBM is T, but there is no table BEAMS; that from BMAJ, BMIN, BPA is used."
    ]
