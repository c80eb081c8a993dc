"""Sources put into images."""

import numpy as np
import pytest
from astropy import units as u
from astropy.wcs import WCS
from scipy.spatial import KDTree

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.simulation.free_space import scattered_positions
from sciarada.simulation.inject import inject, with_sources
from sciarada.simulation.sources import SkyGaussians


def make_image(data=None, unit="Jy/beam", beam=True) -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [10.0, 60.0]
    wcs.wcs.crpix = [100, 80]
    wcs.wcs.cdelt = [-1.5 / 3600, 1.5 / 3600]
    data = np.zeros((160, 200)) if data is None else data
    return SkyImage.from_array(data, wcs, unit=unit, beam=Beam(7.0, 6.0, 10.0) if beam else None)


def one_source(image: SkyImage, x=90.0, y=70.0, flux=0.02, size=0.0) -> SkyGaussians:
    ra, dec = image.pixel_to_sky(x, y)
    return SkyGaussians([0], ra, dec, flux, size, size / 2, 30.0)


def test_a_source_is_added_to_what_is_there():
    data = np.random.default_rng(1).normal(size=(160, 200))
    image = make_image(data)
    source = one_source(image, size=12.0)
    added = inject(image, source) - data
    assert added.sum() / image.beam_area == pytest.approx(0.02, rel=1e-3)
    assert np.unravel_index(added.argmax(), added.shape) == (70, 90)
    np.testing.assert_array_equal(image.read(), data.astype(np.float32))


@pytest.mark.parametrize("unit", ["Jy/beam", "mJy/beam", None])
def test_a_point_has_its_flux_as_peak(unit):
    image = make_image(unit=unit)
    assert inject(image, one_source(image))[70, 90] == pytest.approx(0.02, rel=1e-5)


def test_missing_pixels_stay_missing():
    data = np.zeros((160, 200))
    data[60:75, 85:100] = np.nan
    image = make_image(data)
    assert np.array_equal(np.isnan(inject(image, one_source(image))), np.isnan(data))


def test_parts_of_the_image():
    image = make_image(np.random.default_rng(1).normal(size=(160, 200)))
    sources = one_source(image, size=30.0)
    whole = with_sources(image, sources)
    window = Window(50, 77, 80, 131)
    assert np.array_equal(inject(image, sources, window), whole.read()[window.slices])
    assert (whole.shape, whole.beam, whole.path) == (image.shape, image.beam, None)


def test_sources_outside_the_image_and_behind_the_sky():
    image = make_image()
    sources = SkyGaussians.points([10.5, 190.0], [60.0, -60.0], 1.0)
    assert not inject(image, sources).any()


def test_a_source_on_the_border_is_cut():
    image = make_image()
    added = inject(image, one_source(image, x=-0.5, y=70.0))
    assert added.sum() / image.beam_area == pytest.approx(0.01, rel=1e-3)


def test_images_that_cannot_take_a_source():
    source = one_source(make_image())
    with pytest.raises(ValueError, match="has no beam"):
        inject(make_image(beam=False), source)
    with pytest.raises(ValueError, match="is in K"):
        inject(make_image(unit=u.K), source)


def test_scattered_positions_keep_their_distance():
    x, y = scattered_positions((300, 500), 40.0, np.random.default_rng(2))
    assert len(x) == 7 * 12
    assert KDTree(np.stack([x, y], axis=1)).query_pairs(20.0) == set()
    assert min(x.min(), y.min()) >= 9.5
    assert x.max() < 490
    assert y.max() < 290
    fractions = np.histogram(x % 1, bins=4, range=(0, 1))[0]
    assert fractions.min() > 8
