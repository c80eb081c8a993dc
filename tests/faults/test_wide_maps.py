"""Maps far from their reference point or with their middle off the sky: flux, noise, injection."""

import numpy as np
import pytest
from scipy import ndimage
from skies import flat_background
from sky_maps import SkyMap

from sciarada.core.image import SkyImage
from sciarada.detection.settings import DetectSettings
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.io.fits_image import read_image
from sciarada.measure.correlation import measure_correlation
from sciarada.measure.islands import Island
from sciarada.measure.local_noise import island_noises
from sciarada.pipelines.detect import run_detect
from sciarada.simulation.inject import with_sources
from sciarada.simulation.sources import SkyGaussians

SETTINGS = DetectSettings(workers=1, scales=())


def detect(image, tmp_path):
    return run_detect(image, tmp_path / "out", SETTINGS).catalogue.sources


@pytest.mark.parametrize("first", [1.0, 720.0, -900.0])
def test_a_cylindrical_map_shows_one_turn_wherever_its_reference_lies(tmp_path, first):
    """The positions of plate carree in closed form: longitudes run with the pixels."""
    step, shape = 0.5, (300, 720)
    sky = SkyMap("CAR", shape, step, (40.0, 0.0), (2.5, 2.5, 0.0), cards={"CRPIX1": first})
    y, x = np.indices(shape)
    lon = 40.0 - step * (x + 1 - first)
    lat = step * (y + 1 - (shape[0] + 1) / 2)
    places = [(100, 150), (400, 200), (650, 60)]
    for column, row in places:
        sky.add_on_sky(lon, lat, lon[row, column], lat[row, column], 10.0)
    image = read_image(sky.write(tmp_path / "image.fits"))
    ra, dec = image.pixel_to_sky(x, y)
    np.testing.assert_allclose((ra - lon + 180) % 360, 180.0, atol=1e-9)
    np.testing.assert_allclose(dec, lat, atol=1e-9)
    np.testing.assert_allclose(image.sky_to_pixel(ra, dec)[0][:, 1:-1], x[:, 1:-1], atol=1e-6)
    sources = detect(image, tmp_path)
    assert len(sources) == 3
    np.testing.assert_allclose(sources["total_flux"], 10.0, rtol=0.01)


def test_a_map_whose_middle_is_off_the_sky_is_measured(tmp_path):
    """A conic map with the pole cut out: the sky is a ring sector about its middle."""
    cards = {"PV2_1": 45.0, "PV2_2": 25.0, "CRPIX1": 300.5, "CRPIX2": 150.5}
    sky = SkyMap("COE", (600, 600), 0.5, (100.0, 45.0), (2.5, 2.5, 0.0), cards=cards)
    assert np.isnan(sky.wcs.all_pix2world(299.5, 299.5, 0)[0])
    for place in ((100.0, 30.0), (60.0, 20.0), (150.0, 10.0)):
        sky.on_sky(*place, 10.0)
    image = read_image(sky.write(tmp_path / "image.fits"))
    assert np.isfinite(image.reference).all()
    assert any("off the sky" in note for note in image.notes)
    sources = detect(image, tmp_path)
    assert len(sources) == 3
    np.testing.assert_allclose(sources["total_flux"], 10.0, rtol=0.02)
    assert (tmp_path / "out" / "preview.png").stat().st_size > 10_000


def noise_on_the_sky(shape, step, fwhm, seed):
    """Return noise in plate carree that is smoothed as much on the sky at each latitude."""
    sigma = fwhm / step / np.sqrt(8 * np.log(2))
    noise = np.random.default_rng(seed).normal(size=shape)
    lat = np.radians(step * (np.arange(shape[0]) - (shape[0] - 1) / 2))
    for row, cosine in zip(noise, np.cos(lat), strict=True):
        along = sigma / cosine
        row[:] = ndimage.gaussian_filter1d(row, along, mode="wrap")
        row *= np.sqrt(2 * np.sqrt(np.pi) * along)
    noise = ndimage.gaussian_filter1d(noise, sigma, axis=0)
    return noise * np.sqrt(2 * np.sqrt(np.pi) * sigma), sigma


def test_noise_that_follows_the_sky_is_told_and_used():
    shape, step, fwhm = (480, 1440), 0.25, 1.5
    sky = SkyMap("CAR", shape, step, (100.0, 0.0), (fwhm, fwhm, 0.0))
    noise, sigma = noise_on_the_sky(shape, step, fwhm, seed=1)
    image = SkyImage.from_array(noise, sky.wcs, beam=Beam(3600 * fwhm, 3600 * fwhm))
    found = measure_correlation(image, flat_background())
    assert found.follows_sky
    for lat in (-55.0, 0.0, 40.0):
        row = round(lat / step + shape[0] / 2)
        island = Island(Window(row, row + 3, 700, 703), np.ones((3, 3), bool), "t")
        (here,) = island_noises(image, found, [island])
        expected = 4 * np.pi * sigma**2 / np.cos(np.radians(lat))
        assert here.area == pytest.approx(expected, rel=0.1)


def test_noise_that_is_the_same_in_all_pixels_stays_so():
    sky = SkyMap("CAR", (480, 1440), 0.25, (100.0, 0.0), (1.5, 1.5, 0.0))
    noise = ndimage.gaussian_filter(np.random.default_rng(2).normal(size=(480, 1440)), 2.0)
    image = SkyImage.from_array(noise / noise.std(), sky.wcs, beam=Beam(5400.0, 5400.0))
    found = measure_correlation(image, flat_background())
    assert not found.follows_sky
    assert found.area == pytest.approx(4 * np.pi * 2.0**2, rel=0.1)


@pytest.mark.parametrize(
    "sky",
    [
        SkyMap("CAR", (500, 800), 0.25, (100.0, 0.0), (2.0, 1.2, 30.0), axes=("GLON", "GLAT")),
        SkyMap("SIN", (300, 300), 2 / 3600, (0.0, 90.0)),
    ],
    ids=["galactic CAR", "SIN at the pole"],
)
def test_injected_sources_come_back_with_their_flux_and_size(tmp_path, sky):
    image = read_image(sky.write(tmp_path / "image.fits"))
    ny, nx = image.shape
    x, y = np.meshgrid(np.linspace(40, nx - 40, 5), np.linspace(60, ny - 60, 4))
    ra, dec = image.pixel_to_sky(x.ravel(), y.ravel())
    count, wide = len(ra), 1.5 * 3600 * sky.beam[0]
    size = np.where(np.arange(count) % 2, 0.0, wide)
    angle = np.full(count, 70.0)
    drawn = SkyGaussians(np.arange(count), ra, dec, np.ones(count), size, 0.6 * size, angle)
    sources = detect(with_sources(image, drawn), tmp_path)
    assert len(sources) == count
    np.testing.assert_allclose(sources["total_flux"], 1.0, rtol=0.01)
    resolved = np.ma.filled(sources["dc_maj_axis"], np.nan)
    resolved = resolved[np.isfinite(resolved)]
    assert len(resolved) == np.count_nonzero(size)
    np.testing.assert_allclose(resolved, wide, rtol=0.03)


def test_a_point_drawn_on_a_wide_map_is_the_beam_in_closed_form():
    sky = SkyMap("CAR", (500, 800), 0.25, (100.0, 0.0), (2.0, 1.2, 30.0), noise=0.0)
    image = SkyImage.from_array(sky.data, sky.wcs, beam=Beam(7200.0, 4320.0, 30.0))
    ra, dec = 120.0, 50.0
    drawn = with_sources(image, SkyGaussians.points([ra], [dec], [1.0])).read()
    sky.on_sky(ra, dec, 1.0)
    assert np.abs(drawn - sky.data).max() < 0.02


@pytest.mark.parametrize(
    ("sky", "unit"),
    [
        (SkyMap("CAR", (300, 720), 0.5, (100.0, 0.0), (2.5, 2.5, 0.0)), "Jy/pixel"),
        (SkyMap("CAR", (300, 720), 0.5, (100.0, 0.0), (2.5, 2.5, 0.0)), "K"),
        (SkyMap("SIN", (260, 260), 0.5, (120.0, 40.0), (2.5, 2.5, 0.0)), "Jy/pixel"),
        (SkyMap("SIN", (260, 260), 0.5, (120.0, 40.0), (2.5, 2.5, 0.0)), "K"),
    ],
    ids=["CAR in Jy/pixel", "CAR in K", "SIN in Jy/pixel", "SIN in K"],
)
def test_units_that_are_not_per_beam_give_the_same_flux_everywhere(tmp_path, sky, unit):
    """Pixels per beam and solid angles of pixels in closed form: cos(dec) and 1 / cos(distance)."""
    ny, nx = sky.shape
    y, x = np.indices(sky.shape)
    radius = np.hypot(x - (nx - 1) / 2, y - (ny - 1) / 2) * np.radians(sky.step)
    if sky.projection == "CAR":
        places = [(360, 150), (200, 250), (500, 40)]
        for column, row in places:
            sky.on_sky(*sky.wcs.all_pix2world(column, row, 0), 10.0)
        area = np.cos(np.radians(sky.step * (y - (ny - 1) / 2)))
    else:
        places = [(130, 130), (180, 180), (60, 100)]
        for column, row in places:
            sky.in_plane(column, row, 10.0)
        area = 1 / np.sqrt(1 - np.minimum(radius, 0.999) ** 2)
    beam = np.pi * np.radians(2.5) ** 2 / (4 * np.log(2))
    pixel = np.radians(sky.step) ** 2 * area
    if unit == "Jy/pixel":
        sky.data *= (pixel if sky.projection == "CAR" else pixel / area) / beam
    else:  # S = 2 k T (nu / c)^2 times the solid angle of the beam
        solid = beam if sky.projection == "CAR" else beam * area
        sky.data *= 1e-26 / (2 * 1.380649e-23 * (1.4e9 / 299792458.0) ** 2 * solid)
    sky.header["BUNIT"] = unit
    sources = detect(read_image(sky.write(tmp_path / "image.fits")), tmp_path)
    assert len(sources) == 3
    np.testing.assert_allclose(sources["total_flux"], 10.0, rtol=0.01)
