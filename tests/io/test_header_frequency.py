"""Frequencies wherever a header writes them."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.io.header_axes import array_axes, choose_plane
from sciarada.io.header_frequency import find_frequency

SKY = {"NAXIS": 2, "NAXIS1": 4, "NAXIS2": 3, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN"}
REST = 1.420405752e9
C = 299_792_458.0


def find(plane=None, hdus=None, **cards):
    header = fits.Header(({**SKY, **cards}).items())
    return find_frequency(header, choose_plane("image", array_axes(header), plane), hdus)


def cube(channels=10, **cards):
    return {"NAXIS": 3, "NAXIS3": channels, "CRPIX3": 1.0, **cards}


@pytest.mark.parametrize(
    ("cards", "frequency", "where"),
    [
        ({"CTYPE3": "FREQ", "CRVAL3": 1.4e9}, 1.4e9, "the FREQ axis"),
        ({"CTYPE3": "FREQ-LSR", "CRVAL3": 1.4e9}, 1.4e9, "the FREQ-LSR axis, LSRK"),
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
@settings(max_examples=20)
@given(st.floats(-3e6, 3e7))
def test_velocities(cards, equivalency, velocity):
    value, where, _ = find(CRVAL3=velocity, RESTFRQ=REST, **cards)
    truth = (velocity * u.m / u.s).to_value("Hz", equivalency(REST * u.Hz))
    assert value == pytest.approx(truth)
    assert where.startswith(f"the {cards['CTYPE3']} axis")


def test_velocity_in_km_per_s():
    value, _, _ = find(CTYPE3="VRAD", CRVAL3=1000.0, CUNIT3="km/s", RESTFRQ=REST)
    assert value == pytest.approx(REST * (1 - 1000.0 / 299792.458))


def test_velocity_without_a_rest_frequency_says_so():
    note = "The VOPT axis gives no frequency without RESTFRQ."
    assert find(CTYPE3="VOPT", CRVAL3=1e6) == (None, "", [note])
    assert find(CTYPE3="VOPT", CRVAL3=1e6, FREQ=1e9) == (1e9, "FREQ", [note])


@settings(max_examples=30)
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


# Axes of every kind, against the formulas of FITS WCS paper III


H = 6.62607015e-34


@pytest.mark.parametrize(
    ("kind", "reference", "step", "unit", "truth"),
    [
        ("FREQ", 1.4, 0.01, "GHz", lambda v: v * 1e9),
        ("FREQ", 1.4e3, -10.0, "MHz", lambda v: v * 1e6),
        ("ENER", H * 1.4e9, H * 1e7, "J", lambda v: v / H),
        ("WAVN", 4.7, 0.1, "m-1", lambda v: v * C),
        ("WAVE", 21.0, -0.1, "cm", lambda v: C / (v / 100)),
        ("VRAD", 300.0, 20.0, "km/s", lambda v: REST * (1 - v * 1e3 / C)),
        ("VOPT", 300.0, 20.0, "km/s", lambda v: REST / (1 + v * 1e3 / C)),
        ("ZOPT", 0.1, 0.05, "", lambda v: REST / (1 + v)),
        ("VELO", 1e7, 1e6, "m/s", lambda v: REST * np.sqrt((1 - v / C) / (1 + v / C))),
        ("BETA", 0.1, 0.05, "", lambda v: REST * np.sqrt((1 - v) / (1 + v))),
    ],
)
@pytest.mark.parametrize("channel", [0, 3, 9])
def test_kinds_of_axes(kind, reference, step, unit, truth, channel):
    cards = cube(CTYPE3=kind, CRVAL3=reference, CDELT3=step, CRPIX3=2.0, CUNIT3=unit, RESTFRQ=REST)
    value, where, notes = find(plane=[channel], **cards)
    tolerance = 1e-6 if kind == "ENER" else 1e-12  # wcslib has an older constant of Planck
    assert value == pytest.approx(truth(reference + step * (channel - 1)), rel=tolerance)
    assert (where, notes) == (f"the {kind} axis", [])


@pytest.mark.parametrize("channel", [0, 5])
def test_axes_that_are_linear_in_something_else(channel):
    """VOPT-F2W and FELO are linear in frequency, FREQ-LOG in its logarithm."""
    shift = channel * 1e5
    at_reference = REST / (1 + 1e6 / C)
    # dv/df of the optical velocity at the reference
    linear = at_reference - shift * at_reference**2 / (REST * C)
    common = {"CRVAL3": 1e6, "CDELT3": 1e5, "CUNIT3": "m/s", "RESTFRQ": REST}
    for kind in ("VOPT-F2W", "FELO-HEL"):
        value, _, _ = find(plane=[channel], **cube(CTYPE3=kind, **common))
        assert value == pytest.approx(linear, rel=1e-12)
    value, _, _ = find(plane=[channel], **cube(CTYPE3="FREQ-LOG", CRVAL3=1e9, CDELT3=1e7))
    assert value == pytest.approx(1e9 * np.exp(channel * 1e7 / 1e9), rel=1e-12)


def test_an_axis_in_a_table():
    frequencies = [1.30e9, 1.37e9, 1.42e9, 1.50e9]
    table = fits.BinTableHDU.from_columns(
        [fits.Column("VALUES", "4D", "Hz", dim="(1,4)", array=[np.reshape(frequencies, (4, 1))])],
        name="WCS-TABLE",
    )
    cards = cube(
        4, CTYPE3="FREQ-TAB", CUNIT3="Hz", CRVAL3=1.0, CDELT3=1.0, PS3_0="WCS-TABLE",
        PS3_1="VALUES", PV3_1=1, PV3_2=1, PV3_3=1,
    )  # fmt: skip
    hdus = fits.HDUList([fits.PrimaryHDU(), table])
    found = [find(plane=[channel], hdus=hdus, **cards)[0] for channel in range(4)]
    assert found == frequencies
    assert find(plane=[1], hdus=fits.HDUList([fits.PrimaryHDU()]), **cards) == (
        None, "", ["The FREQ-TAB axis gives no frequency at this plane."],
    )  # fmt: skip


@pytest.mark.parametrize(("velref", "is_radio"), [(1, False), (257, True)])
def test_a_rest_frequency_from_the_alternate_reference_of_aips(velref, is_radio):
    at_first = REST * (1 - 1e6 / C) if is_radio else REST / (1 + 1e6 / C)
    cards = cube(
        CTYPE3="VELO-LSR", CRVAL3=1e6, CDELT3=1e4, VELREF=velref, ALTRVAL=at_first, ALTRPIX=1.0
    )
    value, where, notes = find(plane=[5], **cards)
    velocity = 1.05e6
    truth = REST * (1 - velocity / C) if is_radio else REST / (1 + velocity / C)
    assert value == pytest.approx(truth, rel=1e-9)
    assert where == "the VELO-LSR axis, LSRK"
    assert notes == ["The rest frequency follows from ALTRVAL, the frequency at ALTRPIX."]


def test_the_rest_wavelength_serves_as_well():
    value, _, _ = find(CTYPE3="VOPT", CRVAL3=1e6, RESTWAV=C / REST)
    assert value == pytest.approx(REST / (1 + 1e6 / C), rel=1e-12)


@pytest.mark.parametrize(
    "matrix",
    [
        {"PC3_4": 0.5, "CRPIX4": 0.0},
        {"CD3_3": 1e6, "CD3_4": 5e5, "CRPIX4": 0.0},
        {"PC003004": 0.5, "CRPIX4": 0.0},
    ],
)
def test_an_axis_that_is_coupled_to_another(matrix):
    cards = {"NAXIS": 4, "NAXIS3": 4, "NAXIS4": 3, "CTYPE4": "STOKES", "CDELT3": 1e6}
    if "CD3_3" in matrix:
        del cards["CDELT3"]
    value, _, _ = find(plane=[2, 1], CTYPE3="FREQ", CRVAL3=1e9, CRPIX3=1.0, **cards, **matrix)
    assert value == pytest.approx(1e9 + 2e6 + 0.5 * 1e6 * 2)


def test_a_frequency_that_runs_over_the_plane_is_that_of_its_middle():
    cards = cube(CTYPE3="FREQ", CRVAL3=1e9, CDELT3=1e6, CRPIX1=1.0, PC3_1=1.0)
    value, _, notes = find(plane=[0], **cards)
    assert value == pytest.approx(1e9 + 1.5e6)
    assert notes == [
        "The frequency runs from 1 to 1.003 GHz over the plane; that of its middle is used."
    ]


def test_the_frame_is_kept():
    assert find(CTYPE3="FREQ", CRVAL3=1e9, SPECSYS="TOPOCENT")[1] == "the FREQ axis, TOPOCENT"


def test_velocities_beyond_light_are_no_frequency():
    value, where, notes = find(CTYPE3="VELO", CRVAL3=4e8, RESTFRQ=REST)
    assert (value, where) == (REST, "RESTFRQ")
    assert notes == ["The VELO axis gives no frequency at this plane."]
