"""Drawing Gaussians: exact, beam included, in the right place and orientation on the sky."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.simulation.pixels import BlankPixels
from sciarada.simulation.sources import (
    PixelGaussians,
    SkyGaussians,
    brightest,
    brightness,
    offset_position,
    project,
    render,
)

BEAM = Beam(12.0, 9.0, 25.0)


def make_image(shape=(400, 500), beam=BEAM, turn=0.0, mirrored=False) -> SkyImage:
    """Return an image with a WCS that may be rotated (deg) or mirrored."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [150.0, -40.0]
    wcs.wcs.crpix = [shape[1] / 2 + 3, shape[0] / 2 - 7]
    wcs.wcs.cdelt = [(1 if mirrored else -1) * 2 / 3600, 2 / 3600]
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    wcs.wcs.pc = [[c, -s], [s, c]]
    return SkyImage("made", BlankPixels(shape), wcs, u.Jy / u.beam, beam)


def random_gaussians(image: SkyImage, count: int, seed: int) -> SkyGaussians:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(60, 340, (2, count))
    ra, dec = image.pixel_to_sky(x, y)
    major = rng.uniform(0, 50, count)
    minor = major * rng.uniform(0.2, 1, count)
    pa = rng.uniform(0, 180, count)
    return SkyGaussians(np.arange(count), ra, dec, rng.uniform(0.1, 5, count), major, minor, pa)


def test_drawing_is_the_uncut_sum_to_a_part_in_a_million_of_the_peak():
    image = make_image()
    drawn = project(random_gaussians(image, 30, 1), image)
    y, x = np.mgrid[:400, :500]
    picture = render(drawn, image.window)
    slow = brightness(drawn, x, y)
    assert np.abs(picture - slow).max() < 1e-6 * drawn.peak.max()


@settings(max_examples=30, deadline=None)
@given(st.integers(-50, 300), st.integers(-50, 400), st.integers(1, 200), st.integers(1, 200))
def test_a_part_of_the_picture_is_the_picture_of_the_part(y, x, height, width):
    image = make_image()
    drawn = project(random_gaussians(image, 12, 2), image)
    outer = Window(-100, 600, -100, 700)
    inner = Window(y, y + height, x, x + width)
    whole = render(drawn, outer)
    np.testing.assert_allclose(
        render(drawn, inner), whole[inner.slices_in(outer)], rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("turn", [0.0, 33.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_sum_over_the_picture_is_the_flux(turn, mirrored):
    image = make_image(turn=turn, mirrored=mirrored)
    sources = random_gaussians(image, 20, 3)
    drawn = project(sources, image)
    for i, flux in enumerate(sources.flux):
        one = drawn.select([i])
        assert render(one, one.window()).sum() / image.beam_area == pytest.approx(flux, rel=2e-4)


def test_a_point_has_the_peak_of_its_flux_and_the_shape_of_the_beam():
    image = make_image(beam=Beam(12.0, 12.0))
    ra, dec = image.pixel_to_sky(200.0, 150.0)
    point = project(SkyGaussians.points(ra, dec, 0.7), image)
    assert brightest(point) == pytest.approx(0.7)
    centre = SkyCoord(ra, dec, unit="deg")
    for angle in (0, 50, 90, 200):
        half = centre.directional_offset_by(angle * u.deg, 6 * u.arcsec)
        x, y = image.sky_to_pixel(half.ra.deg, half.dec.deg)
        assert brightness(point, x, y) == pytest.approx(0.35, rel=1e-3)


@pytest.mark.parametrize("turn", [0.0, -70.0])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("place", [(250.0, 200.0), (30000.0, 200.0)])
def test_axes_and_angles_are_those_on_the_sky(turn, mirrored, place):
    """Walk from the centre along the axes by half the FWHM, as astropy goes, and find half."""
    # The beam is round in pixels, so it is not on the sky far from the projection's centre:
    # a tiny one does not matter.
    image = make_image(beam=Beam(1.0, 1.0), turn=turn, mirrored=mirrored)
    ra, dec = image.pixel_to_sky(*place)
    source = project(SkyGaussians([0], ra, dec, 2.0, 60.0, 20.0, 55.0), image)
    centre = SkyCoord(ra, dec, unit="deg")
    for pa, fwhm in ((55.0, 60.0), (145.0, 20.0), (235.0, 60.0)):
        half = centre.directional_offset_by(pa * u.deg, np.hypot(fwhm, 1.0) / 2 * u.arcsec)
        x, y = image.sky_to_pixel(half.ra.deg, half.dec.deg)
        assert brightness(source, x, y) == pytest.approx(source.peak[0] / 2, rel=1e-3)


def test_the_brightest_point_of_blended_gaussians():
    gaussians = PixelGaussians(*np.array([[10, 12.0], [5, 5], [1, 3], [4, 4], [0, 0], [4, 4]]))
    assert brightest(gaussians) == pytest.approx(3 + np.exp(-0.5))


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0, 360, exclude_max=True),
    st.floats(-89.9, 89.9),
    st.floats(-300, 300),
    st.floats(-300, 300),
)
def test_offsets_agree_with_astropy(ra, dec, east, north):
    there = SkyCoord(*offset_position(ra, dec, east, north), unit="deg")
    distance, angle = np.hypot(east, north) * u.arcsec, np.arctan2(east, north) * u.rad
    expected = SkyCoord(ra, dec, unit="deg").directional_offset_by(angle, distance)
    assert there.separation(expected).arcsec < 1e-3  # the plane against the sphere


@pytest.mark.parametrize(
    ("major", "minor"),
    [([1.0, 2.0], [0.5, 3.0]), ([1.0, 1.0], [-0.1, 0.5])],
)
def test_gaussians_with_impossible_axes(major, minor):
    with pytest.raises(ValueError, match="minor <= major"):
        SkyGaussians([0, 1], [1, 2], [1, 2], [1, 1], major, minor, [0, 0])


def test_gaussians_with_columns_of_unequal_length():
    with pytest.raises(ValueError, match="one value for each"):
        SkyGaussians([0, 1], [1, 2], [1, 2], [1], [0, 0], [0, 0], [0, 0])


def test_an_image_without_beam():
    image = make_image(beam=None)
    with pytest.raises(ValueError, match="made has no beam"):
        project(SkyGaussians.points(150.0, -40.0, 1.0), image)
