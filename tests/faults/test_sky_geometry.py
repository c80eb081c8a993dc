"""Positions and fluxes of maps of every kind: longitudes, distortions, horizons, poles, beams.

Sources are drawn with closed formulae and astropy's WCS, never with the package's geometry.
"""

import json
import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sky_maps import SkyMap

from sciarada.cli.main import main
from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.detection.settings import DetectSettings
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

SETTINGS = DetectSettings(workers=1, scales=())
DEGREES = {"step": 0.5, "beam": (2.5, 2.5, 0.0), "noise": 1e-2}


def detect(tmp_path, sky, **settings):
    """Return the sources that are found in a map."""
    image = read_image(sky.write(tmp_path / "image.fits"))
    chosen = DetectSettings(workers=1, scales=(), **settings)
    return run_detect(image, tmp_path / "out", chosen).catalogue.sources


def nearest(sources, lon, lat, frame="icrs"):
    """Return the source nearest to a position and its distance in degrees."""
    there = SkyCoord(lon, lat, unit="deg", frame=frame)
    apart = SkyCoord(sources["ra"], sources["dec"], unit="deg").separation(there.icrs).deg
    return sources[int(np.argmin(apart))], apart.min()


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


# Longitudes (case 01)


@pytest.mark.parametrize("axes", [("RA", "DEC"), ("GLON", "GLAT"), ("ELON", "ELAT")])
@pytest.mark.parametrize("lon", [-123.0, 400.0, -0.0001, 359.9999])
def test_longitudes_of_any_turn(tmp_path, axes, lon):
    sky = SkyMap(centre=(lon, 10.0), axes=axes)
    sky.in_plane(49.5, 49.5, 1.0)
    (source,) = detect(tmp_path, sky)
    frame = {"RA": "icrs", "GLON": "galactic", "ELON": "barycentricmeanecliptic"}[axes[0]]
    _, apart = nearest(Table(source), lon % 360, 10.0, frame)
    assert apart * 3600 < 0.01
    assert 0 <= source["ra"] < 360
    corners = np.array(source["s_region"].split()[2::2], float)
    assert ((corners >= 0) & (corners < 360)).all()
    assert source["total_flux"] == pytest.approx(1.0, rel=0.01)


def test_info_and_injection_with_a_negative_longitude(tmp_path):
    path = SkyMap(centre=(-123.0, 10.0), noise=1e-4, shape=(200, 200)).write(
        tmp_path / "image.fits"
    )
    facts = json.loads(run("info", "--json", path))
    assert facts["centre"]["ra_deg"] == pytest.approx(237.0, abs=1e-6)
    assert "15:48:00" in run("info", path)
    run("simulate", "--out", tmp_path / "s", "--into", path, "--number", "3")
    truth = Table.read(tmp_path / "s" / "truth.fits", hdu=1)
    assert ((truth["ra"] > 236) & (truth["ra"] < 238)).all()


# Distortions (case 04)

SIP = {
    **{"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "B_ORDER": 2},
    **{"A_2_0": 2e-6, "A_1_1": 1e-6, "B_0_2": -1.5e-6, "B_1_1": 5e-7},
}
TPV = {
    **{"CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_1": 1.0, "PV2_1": 1.0},
    **{"PV1_4": 0.1234567890123456, "PV2_4": -0.2, "PV1_7": 0.3},
}
each_distortion = pytest.mark.parametrize("cards", [SIP, TPV], ids=["SIP", "TPV"])


@each_distortion
def test_distorted_images_are_measured_and_their_maps_keep_the_distortion(tmp_path, cards):
    sky = SkyMap("TAN", cards=cards)
    sky.in_plane(20.0, 75.0, 1.0)
    (source,) = detect(tmp_path, sky)
    ra, dec = sky.wcs.all_pix2world(20.0, 75.0, 0)
    assert source["ra"] == pytest.approx(float(ra), abs=2e-6)
    assert source["dec"] == pytest.approx(float(dec), abs=2e-6)
    assert source["total_flux"] == pytest.approx(1.0, rel=0.01)
    residual = read_image(tmp_path / "out" / "residual.fits")
    np.testing.assert_allclose(residual.pixel_to_sky(20.0, 75.0), (ra, dec), atol=1e-9)


@each_distortion
def test_the_way_back_closes_or_there_is_none(cards):
    image = SkyImage.from_array(np.zeros((100, 100)), SkyMap("TAN", cards=cards).wcs)
    x, y = np.random.default_rng(1).uniform(0, 99, (2, 200))
    np.testing.assert_allclose(image.sky_to_pixel(*image.pixel_to_sky(x, y)), (x, y), atol=1e-5)
    rng = np.random.default_rng(2)
    ra, dec = rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    back = image.pixel_to_sky(*image.sky_to_pixel(ra, dec))
    seen = np.isfinite(back[0])
    away = SkyCoord(ra[seen], dec[seen], unit="deg").separation(
        SkyCoord(back[0][seen], back[1][seen], unit="deg")
    )
    assert (away.arcsec < 0.05).all()
    assert np.isnan(image.sky_to_pixel([0.0, 330.0], [90.0, 30.0])).all()


@each_distortion
def test_a_distorted_image_is_the_same_in_another_process(cards):
    image = SkyImage.from_array(np.zeros((100, 100)), SkyMap("TAN", cards=cards).wcs)
    again = pickle.loads(pickle.dumps(image))
    x, y = np.random.default_rng(1).uniform(0, 99, (2, 50))
    np.testing.assert_array_equal(again.pixel_to_sky(x, y), image.pixel_to_sky(x, y))


def test_far_positions_are_no_cutouts_of_a_distorted_image():
    image = SkyImage.from_array(np.zeros((100, 100)), SkyMap("TAN", cards=SIP).wcs)
    ra, dec = np.array([150.0, 10.0, 330.0]), np.array([-30.0, 60.0, 30.0])
    cutouts = CutoutSet.from_positions(image, ra, dec, 20 * u.arcsec, outside="drop")
    assert len(cutouts) == 1


# Horizons, limbs and seams (case 06)


def test_what_lies_beyond_the_horizon_is_no_source(tmp_path):
    sky = SkyMap("SIN", (260, 260), 0.5, (120.0, 40.0), (2.0, 2.0, 0.0), noise=1e-2)
    places = [(130, 130), (100, 180), (170, 90)]
    for x, y in (*places, (12, 15)):
        sky.in_plane(x, y, 10.0)
    sources = detect(tmp_path, sky)
    assert len(sources) == len(places)
    for x, y in places:
        source, apart = nearest(sources, *sky.wcs.all_pix2world(x, y, 0))
        assert apart < 0.01
        assert source["total_flux"] == pytest.approx(10.0, rel=0.01)
        assert source["mask_flux"] == pytest.approx(10.0, rel=0.01)
        assert np.ma.is_masked(source["dc_maj_axis"])
    assert not sources["flags"].any()


SKY = ((10, 0), (50, 45), (90, 55), (200, -30), (250, 20))
WHOLE = {
    "CAR": SkyMap("CAR", (400, 800), centre=(100.0, 0.0), **DEGREES),
    "CAR in galactic": SkyMap(
        "CAR", (400, 800), centre=(-60.0, 0.0), axes=("GLON", "GLAT"), **DEGREES
    ),
    "AIT": SkyMap("AIT", (400, 800), centre=(180.0, 0.0), **DEGREES),
    "MOL": SkyMap("MOL", (400, 800), centre=(-100.0, 0.0), **DEGREES),
    "SFL": SkyMap("SFL", (400, 800), centre=(150.0, 0.0), **DEGREES),
    "CEA": SkyMap("CEA", (400, 800), centre=(150.0, 0.0), **DEGREES),
    "HPX": SkyMap("HPX", (500, 800), centre=(30.0, 0.0), **DEGREES),
    "ZEA": SkyMap("ZEA", (500, 500), centre=(0.0, 90.0), **DEGREES),
    "ecliptic AIT": SkyMap(
        "AIT", (400, 800), centre=(180.0, 0.0), axes=("ELON", "ELAT"), **DEGREES
    ),
}


@pytest.mark.parametrize("sky", WHOLE.values(), ids=WHOLE)
def test_maps_of_the_whole_sky(tmp_path, sky):
    for place in SKY:
        sky.on_sky(*place, 10.0)
    sources = detect(tmp_path, sky)
    frame = {"RA": "icrs", "GLON": "galactic", "ELON": "barycentricmeanecliptic"}[sky.axes[0]]
    for place in SKY:
        source, apart = nearest(sources, *place, frame)
        assert apart < 0.05
        assert source["total_flux"] == pytest.approx(10.0, rel=0.02)
        assert source["mask_flux"] == pytest.approx(10.0, rel=0.02)
        assert source["beam_maj"] == pytest.approx(2.5 * 3600, rel=1e-4)
        assert np.ma.is_masked(source["dc_maj_axis"])
    assert len(sources) == len(SKY)


# Beams constant on the sky (case 03) and in the image plane (case 09)


def test_a_plate_carree_map_has_the_same_beam_everywhere(tmp_path):
    sky = SkyMap("CAR", (560, 800), 0.25, (100.0, 0.0), (1.5, 1.5, 0.0))
    x, y = np.array([400, 600, 200, 600, 100]), np.array([280, 400, 480, 520, 40])
    lon, lat = sky.wcs.all_pix2world(x, y, 0)
    for place in zip(lon, lat, strict=True):
        sky.on_sky(*place, 10.0)
    sources = detect(tmp_path, sky)
    np.testing.assert_allclose(sources["total_flux"], 10.0, rtol=0.002)
    np.testing.assert_allclose(sources["mask_flux"], 10.0, rtol=0.002)
    np.testing.assert_allclose(sources["maj_axis"], 1.5 * 3600, rtol=0.002)
    assert sources["dc_maj_axis"].mask.all()
    assert len(sources) == 5


@pytest.mark.parametrize("projection", ["SIN", "TAN", "ARC", "ZEA", "STG", "NCP"])
@pytest.mark.parametrize("dec", [90.0, 89.98, 30.0])
def test_a_pointing_has_the_same_beam_in_all_pixels(tmp_path, projection, dec):
    sky = SkyMap(projection, (200, 200), centre=(40.0, dec))
    for x, y in ((60, 70), (130, 140), (60, 150), (150, 50)):
        sky.in_plane(x, y, 1.0)
    sources = detect(tmp_path, sky)
    np.testing.assert_allclose(sources["total_flux"], 1.0, rtol=0.005)
    assert sources["dc_maj_axis"].mask.all()
    assert not sources["flags"].any()
    turn = (sources["pos_ang"] - sources["beam_pa"] + 90.0) % 180.0 - 90.0
    assert np.abs(turn).max() < 0.5


def test_the_position_angle_of_a_beam_turns_round_a_pole(tmp_path):
    """A beam along +y in pixels: its angle from the local north is that of the meridian."""
    sky = SkyMap("SIN", (200, 200), centre=(0.0, 90.0), beam=(12 / 3600, 8 / 3600, 0.0))
    sky.in_plane(150.0, 99.5, 1.0)
    (source,) = detect(tmp_path, sky)
    assert source["beam_pa"] == pytest.approx(90.0, abs=0.2)
    assert source["pos_ang"] == pytest.approx(90.0, abs=0.5)


@settings(max_examples=40)
@given(
    code=st.sampled_from(["SIN", "TAN", "ARC", "ZEA", "STG"]),
    lon=st.floats(-180, 360),
    lat=st.floats(-90, 90),
    angle=st.floats(-180, 180),
    east=st.sampled_from([-1, 1]),
    axes=st.sampled_from([("RA", "DEC"), ("GLON", "GLAT"), ("ELON", "ELAT")]),
    pa=st.floats(0, 179),
)
def test_the_beam_of_a_pointing_is_that_of_its_reference_point(
    code, lon, lat, angle, east, axes, pa
):
    """The plane's own axes give it, in closed form: x to the east and y to the north."""
    sky = SkyMap(code, (40, 40), centre=(lon, lat), angle=angle, east=east, axes=axes)
    image = SkyImage.from_array(sky.data, sky.wcs)
    beam = Beam(12.0, 8.0, pa + image.frame_rotation())
    image = SkyImage.from_array(sky.data, sky.wcs, beam=beam)
    turn = np.radians(pa)
    along, across = np.array([np.sin(turn), np.cos(turn)]), np.array([np.cos(turn), -np.sin(turn)])
    on_plane = 12.0**2 * np.outer(along, along) + 8.0**2 * np.outer(across, across)
    to_pixels = np.linalg.inv(3600 * sky.wcs.pixel_scale_matrix)
    expected = to_pixels @ on_plane @ to_pixels.T / (8 * np.log(2))
    for place in ((0.0, 0.0), (35.0, 12.0)):
        found = image.beam_map.covariance(*place)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@settings(max_examples=40)
@given(
    code=st.sampled_from(["CAR", "CEA", "MER", "AIT", "MOL", "SFL", "PAR", "HPX"]),
    x=st.floats(10, 350),
    y=st.floats(30, 150),
    pa=st.floats(0, 179),
    angle=st.floats(-20, 20),
)
def test_the_beam_of_a_map_of_the_sky_is_an_ellipse_about_each_place(code, x, y, pa, angle):
    """Its half-power ellipse, walked round with astropy, has the same second moments."""
    sky = SkyMap(code, (181, 361), 1.0, (100.0, 0.0), axes=("GLON", "GLAT"), angle=angle)
    lon, lat = sky.wcs.all_pix2world(x, y, 0)
    if not np.isfinite(lon) or abs(lat) > 70 or abs((lon - 100 + 180) % 360 - 180) > 150:
        return
    image = SkyImage.from_array(sky.data, sky.wcs)
    image = SkyImage.from_array(
        sky.data, sky.wcs, beam=Beam(12.0, 8.0, pa + image.frame_rotation())
    )
    bearings = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    east, north = 6.0 * np.cos(bearings), 4.0 * np.sin(bearings)
    turn = np.arctan2(north, east) + np.radians(pa)
    here = SkyCoord(lon, lat, unit="deg", frame="galactic")
    ring = here.directional_offset_by(turn * u.rad, np.hypot(east, north) * u.arcsec)
    px, py = sky.wcs.all_world2pix(ring.l.deg, ring.b.deg, 0)
    expected = np.cov(px, py, bias=True) * 2 / (2 * np.log(2))
    if np.ptp(px) > 1:  # across the border of a facet
        return
    found = image.beam_map.covariance(x, y)
    np.testing.assert_allclose(found, expected, rtol=5e-3, atol=5e-3 * np.abs(expected).max())
