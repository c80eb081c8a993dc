"""Single pictures: what is stored is what is read."""

import struct
import zlib

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pictures_to_read import save_fits, save_png, sky_header
from PIL import Image

from sciarada.cutouts.image_files import read_facts, read_picture
from sciarada.errors import ImageError

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)
GREY = st.one_of(arrays(np.uint8, SHAPES), arrays(np.uint16, SHAPES))


@given(levels=GREY)
def test_grey_levels_are_read_as_they_are_stored(levels, tmp_path_factory):
    path = save_png(tmp_path_factory.mktemp("png") / "a.png", levels)
    read = read_picture(path)
    assert read.dtype == np.float32
    assert read.flags.c_contiguous
    np.testing.assert_array_equal(read, levels)


def test_the_lowest_line_of_a_png_comes_first(tmp_path):
    Image.fromarray(np.array([[1, 2], [3, 4]], np.uint8)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").tolist() == [[3, 4], [1, 2]]


@pytest.mark.parametrize("mode", ["1", "RGB", "RGBA", "LA", "P"])
def test_grey_pictures_of_other_kinds(mode, tmp_path):
    levels = np.array([[0, 255, 0], [255, 0, 255]], np.uint8)
    Image.fromarray(levels).convert(mode).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), levels[::-1])


def test_what_is_transparent_is_missing(tmp_path):
    save_png(tmp_path / "a.png", np.array([[[7, 0], [9, 255]]], np.uint8))
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), [[np.nan, 9]])


def deep_png(path, kind, channels):
    """Write a PNG with 16 bits per channel, which Pillow does not write in colour."""
    header = struct.pack(">IIBBBBB", 2, 2, 16, kind, 0, 0, 0)
    write_chunks(path, header, (b"\0" + np.full(2 * channels, 513, ">u2").tobytes()) * 2)


def write_chunks(path, header, lines):
    """Write a PNG of lines of bytes, each after the number of its filter."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def test_16_bits_are_never_squeezed_into_8(tmp_path):
    deep_png(tmp_path / "grey.png", 0, 1)
    assert (read_picture(tmp_path / "grey.png") == 513).all()
    deep_png(tmp_path / "colour.png", 2, 3)
    with pytest.raises(ImageError, match=r"colour\.png has channels of 16 bits"):
        read_picture(tmp_path / "colour.png")


def test_grey_and_alpha_of_16_bits_keep_all_of_them(tmp_path):
    levels = np.array([[0, 1, 255, 256], [257, 513, 40000, 65535]], np.uint16)
    alpha = np.array([[65535, 1, 0, 300], [65535, 255, 256, 0]], np.uint16)
    body = np.stack([levels, alpha], -1).astype(">u2")
    up = body[1].tobytes()  # the second line as differences to the first: filter 2 of PNG
    up = bytes((a - b) % 256 for a, b in zip(up, body[0].tobytes(), strict=True))
    header = struct.pack(">IIBBBBB", 4, 2, 16, 4, 0, 0, 0)
    write_chunks(tmp_path / "a.png", header, b"\0" + body[0].tobytes() + b"\2" + up)
    expected = np.where(alpha == 0, np.nan, levels)[::-1]
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), expected)
    damaged = bytearray((tmp_path / "a.png").read_bytes())
    damaged[30] ^= 1
    (tmp_path / "b.png").write_bytes(damaged)
    with pytest.raises(ImageError, match=r"b\.png cannot be read: it is not a PNG"):
        read_picture(tmp_path / "b.png")


def test_colour_is_refused(tmp_path):
    save_png(tmp_path / "a.png", np.array([[[7, 7, 9]]], np.uint8))
    with pytest.raises(ImageError, match=r"a\.png is in colour"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("content", [b"", b"no png", b"\x89PNG\r\n\x1a\n"])
def test_no_png_is_one_sentence(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.png cannot be read: it is not a PNG"):
        read_picture(tmp_path / "a.png")


def test_a_png_cut_short_is_one_sentence(tmp_path):
    path = save_png(tmp_path / "a.png", np.random.default_rng(1).integers(0, 255, (64, 64), "u1"))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(ImageError, match=r"a\.png cannot be read"):
        read_picture(path)


def test_a_fits_image_of_the_sky_gives_what_an_image_gives(tmp_path):
    pixels = np.random.default_rng(2).normal(size=(40, 40)).astype(np.float32)
    pixels[:3] = 0.0  # padding
    pixels[20, 20] = np.nan
    path = save_fits(tmp_path / "a.fits", pixels[np.newaxis, np.newaxis], sky_header(40))
    read = read_picture(path)
    assert np.isnan(read[:3]).all()
    assert np.isnan(read[20, 20])
    np.testing.assert_array_equal(read[3:19], pixels[3:19])
    facts = read_facts(path)
    assert (facts.ra, facts.dec) == pytest.approx((150.0, 2.0), abs=1e-9)
    assert (facts.size, facts.beam_major) == pytest.approx((72.0, 5.4), rel=1e-6)


@pytest.mark.parametrize("dtype", [">i2", ">f8", ">u1"])
def test_a_fits_array_without_sky_gives_its_numbers(dtype, tmp_path):
    numbers = np.arange(12).reshape(1, 3, 4).astype(dtype)
    path = save_fits(tmp_path / "a.fits", numbers)
    np.testing.assert_array_equal(read_picture(path), numbers[0])
    assert np.isnan([read_facts(path).ra, read_facts(path).size]).all()


def test_a_cube_is_refused_with_its_reason(tmp_path):
    save_fits(tmp_path / "a.fits", np.zeros((2, 3, 4), np.float32))
    with pytest.raises(ImageError, match="has no celestial WCS"):
        read_picture(tmp_path / "a.fits")


def test_a_packed_fits_image(tmp_path):
    pixels = np.random.default_rng(3).normal(size=(32, 32)).astype(np.float32)
    packed = fits.CompImageHDU(pixels, sky_header(32), compression_type="GZIP_1", quantize_level=0)
    fits.HDUList([fits.PrimaryHDU(), packed]).writeto(tmp_path / "a.fits.fz")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.fits.fz"), pixels)


def test_no_fits_is_one_sentence(tmp_path):
    (tmp_path / "a.fits").write_bytes(b"no fits")
    with pytest.raises(ImageError, match=r"a\.fits is not a FITS file"):
        read_picture(tmp_path / "a.fits")
