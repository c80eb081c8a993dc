"""Pixels of FITS files: what they cost, and that they can be sent to a worker."""

import pickle

import numpy as np
import psutil
import pytest
from astropy.io import fits

from sciarada.core.pixels import multiplied
from sciarada.geometry.windows import Window
from sciarada.io import fits_pixels
from sciarada.io.fits_image import read_image


@pytest.fixture
def sources(tmp_path, pixels, make_header):
    """The same pixels, plain and tile-compressed without loss."""
    plain, packed = tmp_path / "image.fits", tmp_path / "image.fits.fz"
    fits.writeto(plain, pixels, make_header())
    fits.CompImageHDU(pixels, make_header(), compression_type="GZIP_2", quantize_level=0.0).writeto(
        packed
    )
    return [read_image(path).pixels for path in (plain, packed)]


WINDOWS = [Window(0, 30, 0, 40), Window(3, 9, 30, 40), Window(5, 5, 2, 7), Window(29, 30, 0, 1)]


def test_one_by_one_and_many_at_once_agree(sources, pixels):
    for source in sources:
        for window, values in zip(WINDOWS, source.read_many(iter(WINDOWS)), strict=True):
            for result in (values, source.read(window)):
                np.testing.assert_array_equal(result, pixels[window.slices])
                assert result.dtype == np.dtype("=f4")
                assert result.flags.writeable
                assert result.flags.c_contiguous


def test_windows_are_read_into_given_arrays(sources, pixels):
    for source in sources:
        arrays = [np.zeros(window.shape, np.float32) for window in WINDOWS]
        for given, got in zip(arrays, source.read_many(WINDOWS, arrays), strict=True):
            assert got is given
        for window, array in zip(WINDOWS, arrays, strict=True):
            np.testing.assert_array_equal(array, pixels[window.slices])


def test_a_map_that_grows_long_is_replaced(sources, pixels, monkeypatch):
    monkeypatch.setattr(fits_pixels, "BYTES_PER_MAP", 1000)
    windows = [Window(y, y + 3, 0, 40) for y in (0, 10, 3, 27, 0)]
    for window, values in zip(windows, sources[0].read_many(windows), strict=True):
        np.testing.assert_array_equal(values, pixels[window.slices])


def test_sources_are_picklable(sources, pixels):
    for source in sources:
        again = pickle.loads(pickle.dumps(source))
        np.testing.assert_array_equal(again.read(Window(0, 30, 0, 40)), pixels)


def test_writing_to_what_was_read_leaves_the_file_alone(sources, pixels):
    for source in sources:
        source.read(WINDOWS[0])[:] = 0.0
        np.testing.assert_array_equal(source.read(WINDOWS[0]), pixels)


def test_another_unit(sources, pixels):
    for source in sources:
        values = multiplied(source, 1e-3).read(WINDOWS[0])
        np.testing.assert_allclose(values, 1e-3 * pixels, rtol=1e-6)


def test_reading_all_of_a_big_image_does_not_fill_memory(write_image):
    path = write_image(np.ones((4096, 4096), np.float32))
    image = read_image(path)
    image.read(Window(0, 512, 0, 4096))
    process = psutil.Process()
    before = process.memory_info().rss
    for y0 in range(0, 4096, 512):
        image.read(Window(y0, y0 + 512, 0, 4096))
    assert process.memory_info().rss - before < 20e6
