"""Sizes and positions with units give the same as plain numbers in the documented units."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, SkyCoord
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import CutoutError, OptionError
from sciarada.geometry.beam import Beam, as_beam
from sciarada.geometry.quantities import icrs_degrees, in_unit, whole_pixels

ANGLES = (u.arcsec, u.arcmin, u.deg, u.mas, u.rad)


@given(value=st.floats(1e-3, 1e5), unit=st.sampled_from(ANGLES))
def test_an_angle_means_the_same_in_every_unit(value, unit):
    assert in_unit((value * u.arcsec).to(unit), u.arcsec, "radius") == pytest.approx(value)
    assert in_unit(value, u.arcsec, "radius") == value


@given(number=st.integers(1, 10**4), scale=st.floats(0.01, 100), unit=st.sampled_from(ANGLES))
def test_whole_pixels_of_an_angle_are_those_that_it_spans(number, scale, unit):
    assert whole_pixels((number * scale * u.arcsec).to(unit), scale, "size") == number
    assert whole_pixels(number, scale, "size") == whole_pixels(number * u.pix, scale, "size")


@given(lon=st.floats(0, 359.9), lat=st.floats(-80, 80), frame=st.sampled_from(["galactic", "fk5"]))
def test_a_coordinate_of_any_frame_gives_its_icrs_position(lon, lat, frame):
    there = SkyCoord(lon * u.deg, lat * u.deg)
    ra, dec = icrs_degrees(there.transform_to(frame))
    assert there.separation(SkyCoord(ra * u.deg, dec * u.deg)) < 1e-6 * u.arcsec
    assert icrs_degrees(lon * u.deg, lat * 60 * u.arcmin) == pytest.approx((lon, lat))


@pytest.mark.parametrize(
    "given_beam",
    [
        (15, 12, 30),
        [0.25 * u.arcmin, 12 * u.arcsec, 30 * u.deg],
        Beam(15 * u.arcsec, 0.2 * u.arcmin, 30),
        type("OfAnotherPackage", (), {"major": 15 * u.arcsec, "minor": 12, "pa": 30 * u.deg}),
    ],
)
def test_a_beam_may_have_units(given_beam):
    beam = as_beam(given_beam, "beam")
    assert (beam.major, beam.minor, beam.pa) == pytest.approx((15, 12, 30))


def test_one_width_is_a_circular_beam():
    assert as_beam(0.25 * u.arcmin) == as_beam([15 * u.arcsec] * 2) == as_beam(15.0)
    assert as_beam([15, 12] * u.arcsec) == Beam(15.0, 12.0, 0.0, "option")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: in_unit(3 * u.Jy, u.arcsec, "radius"), "radius is an angle, not in Jy"),
        (
            lambda: in_unit(3 * u.one, u.Hz, "frequency"),
            "frequency is a frequency, not a quantity without a",
        ),
        (lambda: whole_pixels(3 * u.s, 1.0, "box"), "box is an angle, not in s"),
        (lambda: whole_pixels(10.5, 1.0, "size"), "size is whole pixels or one angle .* not 10.5"),
        (lambda: whole_pixels([1, 2] * u.deg, 1.0, "size"), "size is whole pixels or one angle"),
        (lambda: whole_pixels("ten", 1.0, "size"), "size is whole pixels or one angle"),
        (lambda: whole_pixels(-1 * u.arcsec, 1.0, "size"), "size is more than zero"),
        (lambda: whole_pixels(np.nan, 1.0, "size"), "size is whole pixels"),
        (lambda: icrs_degrees(10.0), "dec is missing"),
        (lambda: icrs_degrees(10.0, 3 * u.m), "dec is an angle, not in m"),
        (lambda: icrs_degrees(SkyCoord(1, 2, unit="deg"), 2.0), "leave out dec"),
        (lambda: icrs_degrees(SkyCoord(1, 2, unit="deg", frame=AltAz())), "converted to ICRS"),
        (lambda: as_beam((15 * u.Jy, 12)), "beam: major is an angle, not in Jy"),
        (lambda: as_beam((12, 15)), "beam is a Beam, or the FWHM"),
        (lambda: as_beam("15,12"), "beam is a Beam, or the FWHM"),
        (lambda: as_beam(()), "beam is a Beam, or the FWHM"),
    ],
)
def test_anything_else_is_refused_in_one_sentence_that_names_the_parameter(call, sentence):
    with pytest.raises(OptionError, match=sentence) as refusal:
        call()
    assert "\n" not in str(refusal.value)


def test_the_error_is_that_of_the_subject():
    with pytest.raises(CutoutError, match="size is an angle"):
        in_unit(3 * u.Jy, u.arcsec, "size", CutoutError)
