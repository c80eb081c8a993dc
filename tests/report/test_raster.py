import numpy as np
import pytest
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.report.raster import reduce_image


def plain_wcs() -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.cdelt = -2 / 3600, 2 / 3600
    wcs.wcs.crval = 30, -30
    wcs.wcs.set()
    return wcs


def slow_reduction(pixels: np.ndarray, factor: int, statistic) -> np.ndarray:
    ny, nx = pixels.shape
    rows = []
    for y in range(0, ny, factor):
        row = []
        for x in range(0, nx, factor):
            block = pixels[y : y + factor, x : x + factor]
            known = block[np.isfinite(block)]
            row.append(statistic(known) if known.size else np.nan)
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize(("width", "statistic"), [(30.0, "mean"), (2.0, "max")])
@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("shape", [(47, 61), (60, 60), (1, 95), (90, 2)])
def test_blocks_agree_with_a_slow_reduction(monkeypatch, shape, holes, width, statistic):
    rng = np.random.default_rng(5)
    pixels = rng.normal(size=shape).astype(np.float32)
    if holes:
        pixels[rng.random(shape) < 0.3] = np.nan
        pixels[:9, :9] = np.nan
    image = SkyImage.from_array(pixels, plain_wcs(), beam=Beam(width, width))
    monkeypatch.setattr("sciarada.report.raster.STRIP_PIXELS", 300)
    raster = reduce_image(image, 20)
    assert raster.factor == max(shape) // 20
    assert raster.statistic == statistic
    slow = slow_reduction(pixels, raster.factor, {"mean": np.mean, "max": np.max}[statistic])
    np.testing.assert_allclose(raster.values, slow, rtol=1e-4, atol=1e-6)


def test_small_images_are_not_touched():
    pixels = np.arange(12, dtype=np.float32).reshape(3, 4)
    raster = reduce_image(SkyImage.from_array(pixels, plain_wcs()), 20)
    np.testing.assert_array_equal(raster.values, pixels)
    assert raster.factor == 1


def test_a_point_source_does_not_fade_in_a_very_large_image():
    pixels = np.zeros((1200, 1200), np.float32)
    pixels[600, 617] = 5.0
    image = SkyImage.from_array(pixels, plain_wcs(), beam=Beam(8.0, 8.0))
    assert reduce_image(image, 100).values.max() == 5.0


class CountingPixels:
    """Zeros of any size that remember how much was asked for at once."""

    def __init__(self, shape):
        self.shape = shape
        self.largest = 0

    def read(self, window: Window) -> np.ndarray:
        self.largest = max(self.largest, window.size)
        return np.zeros(window.shape, np.float32)


def test_memory_does_not_grow_with_the_image():
    pixels = CountingPixels((5000, 16384))
    raster = reduce_image(SkyImage("big", pixels, plain_wcs()), 1400)
    assert raster.values.shape == (-(-5000 // 11), -(-16384 // 11))
    assert pixels.largest <= 4_000_000
