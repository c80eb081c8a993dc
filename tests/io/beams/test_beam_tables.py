"""Tables of beams: the row of the plane, and what happens without one."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from sciarada.io.beams.finding import find_beam
from sciarada.io.beams.tables import BeamPlace, read_beam_table

HEADER = fits.Header({"BMAJ": 100 / 3600, "BMIN": 100 / 3600, "BPA": 0.0})


def beams(name="BEAMS", units=(), cards=(), **columns):
    """A table of beams; CASA's units unless others are given."""
    usual = {"BMAJ": "arcsec", "BMIN": "arcsec", "BPA": "deg"} | dict(units)
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column(key, "1D" if key[0] in "BF" else "1J", usual.get(key), array=values)
            for key, values in columns.items()
        ],
        name=name,
    )
    table.header.update(dict(cards))
    return table


def found(table, header=HEADER, **place):
    beam, where, notes = find_beam(header, [table], BeamPlace(**place))
    return None if beam is None else pytest.approx(beam.major), where, notes


THREE = {"BMAJ": [10.0, 20.0, 30.0], "BMIN": [9.0, 9.0, 9.0], "BPA": [1.0, 2.0, 3.0]}


@given(st.permutations(range(12)), st.integers(0, 3), st.integers(0, 2))
def test_the_row_of_channel_and_polarisation_in_any_order(order, channel, polarisation):
    channels, polarisations = np.divmod(np.array(order), 3)
    table = beams(
        BMAJ=10.0 + np.array(order), BMIN=np.full(12, 5.0), BPA=np.zeros(12),
        CHAN=channels, POL=polarisations,
    )  # fmt: skip
    place = {"channel": channel, "channels": 4, "polarisation": polarisation, "polarisations": 3}
    assert found(table, **place) == (10.0 + 3 * channel + polarisation, "the BEAMS table", [])


@pytest.mark.parametrize(
    ("units", "factor"),
    [
        ({}, 1.0),
        ({"BMAJ": "deg", "BMIN": "deg"}, 3600.0),
        ({"BMAJ": "DEGREES", "BMIN": "DEGREES"}, 3600.0),
        ({"BMAJ": "arcmin", "BMIN": "arcmin"}, 60.0),
        ({"BMAJ": None, "BMIN": None}, 1.0),
    ],
)
def test_units_of_the_columns(units, factor):
    table = beams(units=units, CHAN=[0, 1, 2], **THREE)
    assert found(table, channel=1, channels=3)[0] == 20.0 * factor


@pytest.mark.parametrize("bad", [np.nan, 0.0, -1.0, np.inf])
def test_a_blank_channel_falls_back_with_a_note(bad):
    table = beams(**{**THREE, "BMAJ": [10.0, bad, 30.0]}, CHAN=[0, 1, 2])
    note = "The BEAMS table has no beam of this plane; that from {} is used."
    keys, median = "BMAJ, BMIN, BPA", "the median of the BEAMS table"
    assert found(table, channel=1, channels=3) == (100.0, keys, [note.format(keys)])
    without = found(table, fits.Header(), channel=1, channels=3)
    assert without == (10.0, median, [note.format(median)])


def test_a_missing_row_falls_back_with_a_note():
    table = beams(BMAJ=[10.0], BMIN=[9.0], CHAN=[0], POL=[0], cards={"NCHAN": 3, "NPOL": 1})
    assert found(table, channel=0, channels=3)[0] == 10.0
    assert found(table, channel=1, channels=3)[0] == 100.0


def test_one_channel_or_polarisation_is_for_all():
    table = beams(CHAN=[0, 1, 2], POL=[0, 0, 0], **THREE)
    place = {"channel": 2, "channels": 3, "polarisation": 3, "polarisations": 4}
    assert found(table, **place)[0] == 30.0
    table = beams(BMAJ=[10.0], BMIN=[9.0], CHAN=[0], POL=[0])
    assert found(table, channel=2, channels=3)[0] == 10.0
    assert found(table)[0] == 10.0


def test_a_table_of_more_channels_than_the_image_is_not_believed():
    """As a channel that was cut out of a cube has it."""
    table = beams(CHAN=[0, 1, 2], **THREE)
    assert found(table, channel=0, channels=1)[0] == 100.0
    assert found(table)[0] == 100.0


def test_rows_without_channel_numbers_are_the_channels():
    assert found(beams(**THREE), channel=2, channels=3)[0] == 30.0


def test_the_table_of_aips_goes_by_frequency():
    degrees = {"BMAJ": "DEGREES", "BMIN": "DEGREES", "FREQUENCY": "HZ"}
    table = beams(
        "AIPS CG", degrees, FREQUENCY=[1.42e9, 1.40e9, 1.41e9],
        BMAJ=[0.003, 0.001, 0.002], BMIN=[0.001] * 3, BPA=[0.0] * 3,
    )  # fmt: skip
    place = {"channels": 3}
    assert found(table, channel=0, frequency=1.40e9, **place)[0] == 3.6
    assert found(table, channel=1, frequency=1.4102e9, **place)[0] == 7.2
    assert found(table, channel=2, frequency=1.45e9, **place)[0] == 100.0  # more than a channel off
    assert found(table, channel=2, frequency=None, **place)[0] == 7.2  # by the number of the row


def test_the_single_beam_of_aips():
    table = beams("AIPS CG", {"BMAJ": "DEG", "BMIN": "DEG"}, BMAJ=[0.002], BMIN=[0.001], BPA=[7.0])
    assert found(table, frequency=1e9) == (7.2, "the AIPS CG table", [])


@pytest.mark.parametrize(
    "table",
    [
        beams(BMAJ=[], BMIN=[]),
        beams(BMAJ=[1.0]),
        beams(CHAN=[1]),
    ],
)
def test_a_useless_table(table):
    assert read_beam_table(table) is None
    assert found(table)[2] == [
        "The table of beams cannot be read; that from BMAJ, BMIN, BPA is used."
    ]


@pytest.mark.parametrize(("key", "value"), [("TFORM1", "rubbish"), ("TTYPE1", 5)])
def test_a_damaged_table_is_passed_over(key, value):
    header = beams(**THREE).header
    header[key] = value
    assert read_beam_table(fits.BinTableHDU(header=header)) is None
