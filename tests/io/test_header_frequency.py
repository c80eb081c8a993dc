"""Frequencies wherever a header writes them."""

import pytest
from astropy import units as u
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from sciarada.io.header_axes import array_axes, choose_plane
from sciarada.io.header_frequency import find_frequency

SKY = {"NAXIS": 2, "NAXIS1": 4, "NAXIS2": 3, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN"}
REST = 1.420405752e9


def find(plane=None, **cards):
    header = fits.Header(({**SKY, **cards}).items())
    return find_frequency(header, choose_plane("image", array_axes(header), plane))


def cube(channels=10, **cards):
    return {"NAXIS": 3, "NAXIS3": channels, "CRPIX3": 1.0, **cards}


@pytest.mark.parametrize(
    ("cards", "frequency", "where"),
    [
        ({"CTYPE3": "FREQ", "CRVAL3": 1.4e9}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "FREQ-LSR", "CRVAL3": 1.4e9}, 1.4e9, "the FREQ-LSR axis"),
        ({"CTYPE4": "FREQ", "CRVAL4": 1.4e9}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "FREQ", "CRVAL3": 1400.0, "CUNIT3": "MHz"}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "FREQ", "CRVAL3": 1.4, "CUNIT3": "GHZ"}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CUNIT3": "HZ"}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "WAVE", "CRVAL3": 0.21, "CUNIT3": "m"}, 299792458 / 0.21, "the WAVE axis"),
        ({"RESTFRQ": REST}, REST, "RESTFRQ"),
        ({"RESTFREQ": REST}, REST, "RESTFREQ"),
        ({"RESTFREQ": "1.420405752D9"}, REST, "RESTFREQ"),
        ({"FREQ": 8.88e8}, 8.88e8, "FREQ"),
        ({"CRVAL3": 1.4e9}, 1.4e9, "CRVAL3"),
        ({"CTYPE3": "FREQ", "CRVAL3": 8.88e8, "RESTFRQ": REST}, 8.88e8, "the FREQ axis"),
        ({"RESTFRQ": REST, "FREQ": 8.88e8}, REST, "RESTFRQ"),
        ({}, None, ""),
        ({"RESTFRQ": 0.0}, None, ""),
        ({"CTYPE3": "STOKES", "CRVAL3": 1.4e9}, None, ""),
        ({"CRVAL3": 3.0}, None, ""),
    ],
)
def test_where_it_is_found(cards, frequency, where):
    value, found, notes = find(**cards)
    assert value == (None if frequency is None else pytest.approx(frequency))
    assert found == where
    assert notes == []


@pytest.mark.parametrize(
    ("cards", "equivalency"),
    [
        ({"CTYPE3": "VOPT"}, u.doppler_optical),
        ({"CTYPE3": "VOPT-F2W"}, u.doppler_optical),
        ({"CTYPE3": "FELO-HEL"}, u.doppler_optical),
        ({"CTYPE3": "VRAD"}, u.doppler_radio),
        ({"CTYPE3": "VELO-LSR", "VELREF": 257}, u.doppler_radio),
        ({"CTYPE3": "VELO-LSR", "VELREF": 1}, u.doppler_optical),
    ],
)
@given(st.floats(-3e6, 3e7))
def test_velocities(cards, equivalency, velocity):
    value, where, _ = find(CRVAL3=velocity, RESTFRQ=REST, **cards)
    truth = (velocity * u.m / u.s).to_value("Hz", equivalency(REST * u.Hz))
    assert value == pytest.approx(truth)
    assert where == f"the {cards['CTYPE3']} axis"


def test_velocity_in_km_per_s():
    value, _, _ = find(CTYPE3="VRAD", CRVAL3=1000.0, CUNIT3="km/s", RESTFRQ=REST)
    assert value == pytest.approx(REST * (1 - 1000.0 / 299792.458))


def test_velocity_without_a_rest_frequency_says_nothing():
    assert find(CTYPE3="VOPT", CRVAL3=1e6) == (None, "", [])


@given(st.integers(0, 9), st.floats(1.0, 10.0), st.floats(-5e6, 5e6))
def test_channel_of_the_plane(channel, reference, step):
    cards = cube(CTYPE3="FREQ", CRVAL3=1e9, CRPIX3=reference, CDELT3=step)
    value, _, _ = find(plane=[channel], **cards)
    assert value == pytest.approx(1e9 + step * (channel + 1 - reference))


@pytest.mark.parametrize("key", ["CDELT3", "CD3_3"])
def test_step_of_either_spelling(key):
    assert find(plane=[4], **cube(CTYPE3="FREQ", CRVAL3=1e9, **{key: 1e6}))[0] == 1.004e9


def test_an_axis_without_pixels_gives_its_reference():
    assert find(CTYPE3="FREQ", CRVAL3=1e9, CRPIX3=17.0, CDELT3=1e6)[0] == 1e9


def test_what_is_no_radio_frequency_is_passed_over_and_said():
    value, where, notes = find(CTYPE3="FREQ", CRVAL3=23.5, RESTFRQ=1e15, FREQ=1e9)
    assert (value, where) == (1e9, "FREQ")
    assert notes == [
        "23.5 Hz from the FREQ axis is not a radio frequency and is ignored.",
        "1e+15 Hz from RESTFRQ is not a radio frequency and is ignored.",
    ]
