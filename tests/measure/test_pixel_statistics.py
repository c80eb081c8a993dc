"""Streamed statistics against numpy on the whole array."""

import numpy as np
import pytest
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.measure import pixel_statistics as module
from sciarada.measure.pixel_statistics import PixelStatistics, pixel_statistics


@pytest.fixture
def wcs():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cdelt = [-1e-3, 1e-3]
    return wcs


def noise(shape, blank=0.1):
    rng = np.random.default_rng(2)
    data = rng.normal(3.0, 2.0, shape).astype(np.float32)
    data[rng.random(shape) < blank] = np.nan
    return data


@pytest.mark.parametrize("band", [1, 777, 1 << 22])
def test_small_image_is_exact(wcs, monkeypatch, band):
    monkeypatch.setattr(module, "BAND", band)
    data = noise((57, 101))
    found = pixel_statistics(SkyImage.from_array(data, wcs))
    valid = data[~np.isnan(data)].astype(float)
    median = np.median(valid)
    assert found.missing == np.isnan(data).sum()
    assert found.total == data.size
    assert (found.minimum, found.maximum) == (valid.min(), valid.max())
    assert found.median == median
    assert found.scatter == pytest.approx(1.4826 * np.median(abs(valid - median)), rel=1e-4)


def test_sample_is_spread_over_rows_and_columns(wcs, monkeypatch):
    monkeypatch.setattr(module, "BAND", 1000)
    ramp = np.add.outer(np.arange(300.0), np.arange(400.0))
    found = pixel_statistics(SkyImage.from_array(ramp, wcs), sample=3000)
    assert found.median == pytest.approx(np.median(ramp), abs=3.0)
    assert (found.minimum, found.maximum) == (0.0, 698.0)


def test_sample_of_noise(wcs):
    found = pixel_statistics(SkyImage.from_array(noise((500, 500)), wcs), sample=10_000)
    assert found.median == pytest.approx(3.0, abs=0.1)
    assert found.scatter == pytest.approx(2.0, abs=0.1)


def test_nothing_but_nan(wcs):
    found = pixel_statistics(SkyImage.from_array(np.full((3, 4), np.nan), wcs))
    assert found == PixelStatistics(12, 12, None, None, None, None)


def test_valid_pixels_that_the_sample_misses(wcs):
    data = np.full((30, 40), np.nan)
    data[7, 8] = 5.0
    found = pixel_statistics(SkyImage.from_array(data, wcs), sample=2)
    assert found == PixelStatistics(1200, 1199, 5.0, 5.0, None, None)
