"""Celestial frames of WCSes."""

import numpy as np
import pytest
from astropy.coordinates import FK4, FK5, ICRS, FK4NoETerms, Galactic, SkyCoord, Supergalactic
from astropy.wcs import WCS

from sciarada.geometry.frames import celestial_frame, convert, frame_name


def make_wcs(lon="RA---TAN", lat="DEC--TAN", **cards):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [lon, lat]
    for key, value in cards.items():
        setattr(wcs.wcs, key, value)
    wcs.wcs.set()
    return wcs


@pytest.mark.parametrize(
    ("cards", "name"),
    [
        ({}, "ICRS"),
        ({"radesys": "ICRS"}, "ICRS"),
        ({"equinox": 2000.0}, "FK5 J2000"),
        ({"equinox": 1975.0}, "FK4 B1975"),
        ({"radesys": "FK5"}, "FK5 J2000"),
        ({"radesys": "FK4"}, "FK4 B1950"),
        ({"radesys": "FK4-NO-E", "equinox": 1950.0}, "FK4NoETerms B1950"),
        ({"lon": "GLON-CAR", "lat": "GLAT-CAR"}, "Galactic"),
        ({"lon": "SLON-CAR", "lat": "SLAT-CAR"}, "Supergalactic"),
        ({"lon": "ELON-CAR", "lat": "ELAT-CAR"}, "Ecliptic J2000"),
        ({"lon": "ELON-CAR", "lat": "ELAT-CAR", "equinox": 2010.0}, "Ecliptic J2010"),
    ],
)
def test_frame_of_a_wcs(cards, name):
    assert frame_name(celestial_frame(make_wcs(**cards))) == name


@pytest.mark.parametrize(
    "cards",
    [
        {"lon": "ELON-CAR", "lat": "ELAT-CAR", "radesys": "FK4"},
        {"lon": "HPLN-TAN", "lat": "HPLT-TAN"},
        {"radesys": "GAPPT"},
    ],
)
def test_frame_without_a_fixed_place_on_the_sky_is_refused(cards):
    with pytest.raises(ValueError, match="cannot be turned into ICRS"):
        celestial_frame(make_wcs(**cards))


@pytest.mark.parametrize(
    "frame",
    [ICRS(), FK5(), FK5(equinox="J1975"), FK4(), FK4NoETerms(), Galactic(), Supergalactic()],
    ids=frame_name,
)
def test_conversion_is_that_of_skycoord(frame):
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(0, 360, 50), np.degrees(np.arcsin(rng.uniform(-1, 1, 50)))
    there = convert(lon, lat, ICRS(), frame)
    truth = SkyCoord(lon, lat, unit="deg").transform_to(frame).spherical
    np.testing.assert_allclose(there[0], truth.lon.deg, atol=1e-9)
    np.testing.assert_allclose(there[1], truth.lat.deg, atol=1e-9)
    np.testing.assert_allclose(convert(*there, frame, ICRS()), (lon, lat), atol=1e-7)
