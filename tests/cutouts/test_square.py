"""One picture as a square: as cutouts of an image are resampled."""

import numpy as np
import pytest
from astropy import units as u
from astropy.wcs import WCS
from hypothesis import given
from hypothesis import strategies as st

from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.square import squared


@given(side=st.integers(5, 60), npix=st.integers(3, 60), seed=st.integers(0, 99))
def test_a_square_becomes_what_a_cutout_of_all_of_it_becomes(side, npix, seed):
    pixels = np.random.default_rng(seed).normal(size=(side, side)).astype(np.float32)
    pixels[1, 1] = np.nan
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cdelt = ["RA---SIN", "DEC--SIN"], [-5e-4, 5e-4]
    wcs.wcs.crval, wcs.wcs.crpix = [40.0, -30.0], [(side + 1) / 2] * 2
    image = SkyImage.from_array(pixels, wcs)
    whole = CutoutSet.from_positions(image, [40.0], [-30.0], side * image.pixel_scale * u.arcsec)
    np.testing.assert_allclose(squared(pixels, npix), whole.pixels(npix=npix)[0], atol=2e-4)


def test_the_same_size_is_a_copy():
    pixels = np.ones((8, 8), np.float32)
    again = squared(pixels, 8)
    again[0, 0] = 5.0
    assert pixels[0, 0] == 1.0


@pytest.mark.parametrize("shape", [(8, 16), (16, 8)])
def test_nothing_of_an_oblong_picture_is_cut_off(shape):
    square = squared(np.ones(shape, np.float32), 32)
    covered = np.isfinite(square)
    assert covered.mean() == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(square[covered], 1.0, rtol=1e-5)
    np.testing.assert_array_equal(covered, covered[::-1, ::-1])
