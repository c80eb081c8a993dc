"""SkyImage against finite differences and offsets made with SkyCoord."""

import hashlib
import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.geometry.windows import Window


def make_wcs(
    ra=30.0, dec=-20.0, scale=(-2.0, 2.0), angle=0.0, kinds=("RA", "DEC"), code="SIN", **extra
):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"{kind:-<4}-{code}" for kind in kinds]
    wcs.wcs.crval = [ra, dec]
    wcs.wcs.crpix = [33.0, 25.0]
    wcs.wcs.cdelt = np.array(scale) / 3600.0
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.pc = [[cos, -sin], [sin, cos]]
    for key, value in extra.items():
        setattr(wcs.wcs, key, value)
    wcs.wcs.set()
    return wcs


def make_image(wcs=None, shape=(50, 66), **changes):
    data = np.random.default_rng(3).normal(size=shape)
    return SkyImage.from_array(data, wcs or make_wcs(), **changes)


WCSES = {
    "plain": make_wcs(),
    "rotated": make_wcs(angle=37.0),
    "mirrored": make_wcs(scale=(2.0, 2.0)),
    "upside down": make_wcs(scale=(-2.0, -2.0)),
    "oblong, rotated": make_wcs(scale=(-1.0, 3.0), angle=-70.0),
    "far from the reference": make_wcs(crpix=[4000.0, -9000.0]),
    "near the pole": make_wcs(dec=89.9, crpix=[200.0, 400.0]),
    "galactic": make_wcs(ra=120.0, dec=5.0, kinds=("GLON", "GLAT"), code="CAR"),
    "FK4": make_wcs(radesys="FK4", equinox=1950.0),
    "declination along x": make_wcs(ra=-20.0, dec=30.0, kinds=("DEC", "RA")),
}
each_wcs = pytest.mark.parametrize("wcs", WCSES.values(), ids=WCSES.keys())


def sky(image, x, y):
    return SkyCoord(*image.pixel_to_sky(x, y), unit="deg")


@each_wcs
def test_positions_are_those_of_astropy(wcs):
    image = make_image(wcs)
    x, y = np.meshgrid(np.arange(-2.0, 70.0, 9.0), np.arange(0.0, 50.0, 7.0))
    truth = wcs.pixel_to_world(x, y).icrs
    assert sky(image, x, y).separation(truth).arcsec.max() < 1e-6
    back = image.sky_to_pixel(truth.ra.deg, truth.dec.deg)
    np.testing.assert_allclose(back, (x, y), atol=1e-6)


def test_right_ascension_lies_between_0_and_360():
    for kinds in (("RA", "DEC"), ("GLON", "GLAT")):
        image = make_image(make_wcs(ra=0.0, kinds=kinds))
        ra, _ = image.pixel_to_sky(np.arange(60.0), 10.0)
        assert ((ra >= 0) & (ra < 360)).all()


def test_positions_off_the_sky_are_nan():
    image = make_image(make_wcs(scale=(-3600.0, 3600.0)))
    ra, dec = image.pixel_to_sky([32.0, 500.0], [24.0, 24.0])
    np.testing.assert_array_equal(np.isnan([ra, dec]), [[False, True]] * 2)
    x, y = image.sky_to_pixel([30.0, 210.0], [-20.0, 20.0])
    np.testing.assert_array_equal(np.isnan([x, y]), [[False, True]] * 2)


def test_no_positions_give_none():
    image = make_image(make_wcs(kinds=("GLON", "GLAT")))
    for result in (image.pixel_to_sky([], []), image.sky_to_pixel([], [])):
        assert [len(values) for values in result] == [0, 0]
    assert image.north_angle([], []).shape == (0,)


@each_wcs
def test_jacobian_is_that_of_finite_offsets(wcs):
    image = make_image(wcs)
    for x, y in ((5.0, 40.0), image.centre):
        here = sky(image, x, y)
        jacobian = image.sky_jacobian(x, y)
        for column, step in enumerate(((0.5, 0.0), (0.0, 0.5))):
            ahead = sky(image, x + step[0], y + step[1])
            behind = sky(image, x - step[0], y - step[1])
            east, north = (
                (a - b).to_value("arcsec")
                for a, b in zip(
                    here.spherical_offsets_to(ahead),
                    here.spherical_offsets_to(behind),
                    strict=True,
                )
            )
            np.testing.assert_allclose(jacobian[:, column], (east, north), atol=2e-6)


@each_wcs
def test_north_angle_points_to_the_north(wcs):
    image = make_image(wcs)
    x, y = np.array([5.0, 32.0, 60.0]), np.array([40.0, 24.0, 3.0])
    here = sky(image, x, y)
    north = here.directional_offset_by(0 * u.deg, 0.01 * u.arcsec)
    px, py = image.sky_to_pixel(north.ra.deg, north.dec.deg)
    turn = np.exp(1j * (image.north_angle(x, y) - np.arctan2(py - y, px - x)))
    np.testing.assert_allclose(np.angle(turn), 0.0, atol=1e-4)


@each_wcs
def test_handedness_says_on_which_side_of_north_the_east_lies(wcs):
    image = make_image(wcs)
    x, y = image.centre
    here = sky(image, x, y)
    angles = []
    for bearing in (0, 90):
        there = here.directional_offset_by(bearing * u.deg, 0.1 * u.arcsec)
        px, py = image.sky_to_pixel(there.ra.deg, there.dec.deg)
        angles.append(np.arctan2(py - y, px - x))
    assert image.handedness(x, y) == np.sign(np.sin(angles[1] - angles[0]))


def test_usual_view_of_the_sky():
    image = make_image()
    assert image.north_angle(*image.centre) == pytest.approx(np.pi / 2, abs=1e-4)
    assert image.handedness(*image.centre) == 1
    mirrored = make_image(WCSES["mirrored"])
    assert mirrored.handedness(*mirrored.centre) == -1


def test_pixel_scale_at_the_reference_is_that_of_the_projection():
    wcs = WCSES["oblong, rotated"]
    image = make_image(wcs)
    expected = proj_plane_pixel_area(wcs) * 3600.0**2
    assert image.pixel_area == pytest.approx(expected, rel=1e-6)
    assert image.pixel_scale == pytest.approx(np.sqrt(expected), rel=1e-6)


def test_pixel_scale_far_from_the_reference_is_local():
    image = make_image(make_wcs(scale=(-240.0, 240.0), crpix=[33.0, 400.0]))
    x, y = image.centre
    corners = [sky(image, x + dx, y + dy) for dx, dy in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5))]
    sides = [corners[0].separation(corner).arcsec for corner in corners[1:]]
    turn = corners[0].position_angle(corners[1]) - corners[0].position_angle(corners[2])
    area = sides[0] * sides[1] * abs(np.sin(turn.rad))
    assert image.pixel_area == pytest.approx(area, rel=1e-3)
    assert image.pixel_area > 1.05 * 240**2


@each_wcs
def test_beam_on_the_pixel_grid_is_the_ellipse_drawn_with_sky_offsets(wcs):
    """Draw the half-power ellipse with SkyCoord, fit its second moments in pixels.

    In SIN it is the same all over the image and that of the reference point.
    """
    beam = Beam(12.0, 7.0, 25.0)
    image = make_image(wcs, beam=beam)
    x0, y0 = image.centre if "CAR" in wcs.wcs.ctype[0] else wcs.wcs.crpix - 1
    turn = np.linspace(0.0, 2 * np.pi, 400, endpoint=False)
    along, across = np.cos(turn) * beam.major / 2, np.sin(turn) * beam.minor / 2
    bearing = np.arctan2(across, along) * u.rad + beam.pa * u.deg
    there = sky(image, x0, y0).directional_offset_by(bearing, np.hypot(along, across) * u.arcsec)
    x, y = image.sky_to_pixel(there.ra.deg, there.dec.deg)
    variances, vectors = np.linalg.eigh(np.cov(x - x0, y - y0, bias=True) * 2)
    major, minor, theta = image.beam_in_pixels()
    np.testing.assert_allclose((minor, major), 2 * np.sqrt(variances) / FWHM_PER_SIGMA, rtol=1e-4)
    expected = np.arctan2(vectors[1, 1], vectors[0, 1])
    assert np.sin(theta - expected) == pytest.approx(0.0, abs=1e-4)
    assert 0 <= theta < np.pi
    assert image.beam_area == pytest.approx(2 * np.pi * major * minor, rel=1e-9)


def test_no_beam():
    image = make_image()
    assert image.beam_in_pixels() is None
    assert image.beam_area is None
    assert "BMAJ" not in image.map_header()


@each_wcs
def test_map_header_keeps_sky_beam_unit_and_frequency(wcs):
    beam = Beam(12.0, 7.0, 25.0)
    image = make_image(wcs, beam=beam, frequency=1.4e9)
    header = image.map_header()
    again = make_image(WCS(fits.Header.fromstring(header.tostring())))
    x, y = np.array([-5000.0, 3.0, 9000.0]), np.array([7000.0, 44.0, -5000.0])
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(again.pixel_to_sky(x, y), image.pixel_to_sky(x, y), rtol=1e-11)
    assert header["BUNIT"] == "Jy/beam"
    assert header["RESTFRQ"] == header["FREQ"] == 1.4e9
    assert header["BMAJ"] * 3600 == pytest.approx(12.0)
    if wcs is WCSES["plain"]:
        assert header["BPA"] == 25.0
    assert image.map_header("")["BUNIT"] == ""


def test_window_wcs_is_shifted_and_leaves_the_image_alone():
    image = make_image(WCSES["rotated"])
    before = image.wcs.to_header_string()
    window = Window(10, 30, 20, 25)
    ra, dec = image.pixel_to_sky(23.0, 17.0)
    shifted = image.window_wcs(window).all_pix2world(3.0, 7.0, 0)
    np.testing.assert_allclose(shifted, (ra, dec), rtol=1e-12)
    image.window_wcs(window).wcs.crval = [0.0, 0.0]
    assert image.wcs.to_header_string() == before


def test_read_gives_fresh_native_floats():
    data = np.arange(12, dtype=">f8").reshape(3, 4)
    image = SkyImage.from_array(data, make_wcs())
    values = image.read(Window(1, 3, 1, 2))
    np.testing.assert_array_equal(values, [[5.0], [9.0]])
    assert values.dtype == np.dtype("=f4")
    values[:] = -1.0
    np.testing.assert_array_equal(image.read(), data)


def test_window_beyond_the_image_is_refused():
    with pytest.raises(ValueError, match="reaches beyond"):
        make_image().read(Window(0, 51, 0, 10))


def test_multiples_of_jy_per_beam_become_jy_per_beam():
    image = SkyImage.from_array(np.ones((3, 4)), make_wcs(), unit="mJy/beam")
    assert image.unit == u.Jy / u.beam
    np.testing.assert_allclose(image.read(), 1e-3)
    kelvin = SkyImage.from_array(np.ones((3, 4)), make_wcs(), unit="K")
    assert kelvin.unit == u.K
    assert SkyImage.from_array(np.ones((3, 4)), make_wcs(), unit=None).unit is None


def test_wcs_of_a_cube_is_refused():
    with pytest.raises(ValueError, match="two-dimensional celestial WCS"):
        SkyImage.from_array(np.ones((3, 4)), WCS(naxis=3))


@pytest.mark.parametrize("data", [np.ones(3), np.ones((2, 2), complex), np.full((2, 2), "a")])
def test_what_is_no_image_is_refused(data):
    with pytest.raises(ValueError, match="two-dimensional array of numbers"):
        SkyImage.from_array(data, make_wcs(), unit="K")


def test_hash_of_an_array_covers_pixels_and_header():
    hashes = {
        make_image().sha256(),
        make_image().sha256(),
        make_image(shape=(50, 65)).sha256(),
        make_image(WCSES["rotated"]).sha256(),
        make_image(beam=Beam(2.0, 1.0)).sha256(),
    }
    assert len(hashes) == 4
    assert all(len(value) == len(hashlib.sha256().hexdigest()) for value in hashes)


@each_wcs
def test_an_image_survives_pickling(wcs):
    image = make_image(wcs, beam=Beam(3.0, 2.0), frequency=1e9)
    again = pickle.loads(pickle.dumps(image))
    np.testing.assert_array_equal(again.read(), image.read())
    np.testing.assert_allclose(again.pixel_to_sky(3.0, 4.0), image.pixel_to_sky(3.0, 4.0))
    assert again.beam == image.beam
    assert again.map_header() == image.map_header()
