"""Transparent pixels of PNG pictures of every kind are missing; all others are as stored.

The pictures are written here byte by byte, after the PNG specification, and not by the library
that reads them.
"""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from sciarada.cutouts.image_files import read_picture
from sciarada.cutouts.reading import read_set
from sciarada.errors import ImageError

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))  # fmt: skip


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, bits):
    """Return the lines of samples [y, x, channel], each after the byte for no filter."""
    lines = b""
    for line in samples.reshape(len(samples), -1):
        if bits == 16:
            packed = line.astype(">u2").tobytes()
        else:
            digits = (line[:, np.newaxis] >> np.arange(bits)[::-1]) & 1
            packed = np.packbits(digits.astype(np.uint8).ravel()).tobytes()
        lines += b"\0" + packed
    return lines


def png(path, samples, bits, colour, *chunks, interlaced=False):
    """Write samples [y, x, channel] as a PNG, first row on top."""
    ny, nx = samples.shape[:2]
    header = struct.pack(">IIBBBBB", nx, ny, bits, colour, 0, 0, int(interlaced))
    parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7] if interlaced else [samples]
    data = b"".join(rows(part, bits) for part in parts if part.size)
    body = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(data))]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join([*body, chunk(b"IEND", b"")]))
    return path


def ramp(bits, shape=(9, 7)):
    """Return levels from 0 to the largest, every one of few bits, in no order."""
    most = 2**bits - 1
    levels = np.linspace(0, most, np.prod(shape)).round().astype(int)
    return np.random.default_rng(1).permutation(levels).reshape(shape)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("which", ["none", "darkest", "brightest", "middle"])
def test_a_level_that_is_transparent_is_missing(tmp_path, bits, which, interlaced):
    levels = ramp(bits)
    most = 2**bits - 1
    key = {"none": None, "darkest": 0, "brightest": most, "middle": int(levels[4, 3])}[which]
    marks = [] if key is None else [chunk(b"tRNS", struct.pack(">H", key))]
    path = png(tmp_path / "p.png", levels[..., None], bits, GREY, *marks, interlaced=interlaced)
    expected = np.where(levels == key, np.nan, levels * (255 // most if bits < 8 else 1.0))
    np.testing.assert_array_equal(read_picture(path), expected[::-1])


def test_a_grey_channel_with_alpha(tmp_path):
    levels, alpha = ramp(8), np.resize([0, 1, 128, 255], (9, 7))
    path = png(tmp_path / "p.png", np.stack([levels, alpha], axis=-1), 8, GREY_ALPHA)
    # Only what is wholly transparent is missing, and opacity does not dim.
    np.testing.assert_array_equal(read_picture(path), np.where(alpha, levels, np.nan)[::-1])


@pytest.mark.parametrize("bits", [4, 8])
def test_a_palette_with_transparent_entries(tmp_path, bits):
    numbers = ramp(bits)
    greys = np.random.default_rng(2).permutation(2**bits) % 256
    alpha = np.resize([255, 0, 90], 2**bits)
    palette = np.repeat(greys, 3).astype(np.uint8).tobytes()
    chunks = chunk(b"PLTE", palette), chunk(b"tRNS", alpha.astype(np.uint8).tobytes())
    path = png(tmp_path / "p.png", numbers[..., None], bits, PALETTE, *chunks)
    expected = np.where(alpha[numbers] > 0, greys[numbers], np.nan)
    np.testing.assert_array_equal(read_picture(path), expected[::-1])


@pytest.mark.parametrize("colour", [RGB, RGBA])
def test_what_is_transparent_may_have_any_colour(tmp_path, colour):
    levels = ramp(8)
    levels[0, 0] = 200
    samples = np.stack([levels] * 3, axis=-1)
    hidden = levels == 200
    samples[hidden] = (200, 10, 30)
    marks = []
    if colour == RGBA:
        samples = np.dstack([samples, np.where(hidden, 0, 255)])
    else:
        marks = [chunk(b"tRNS", struct.pack(">HHH", 200, 10, 30))]
    path = png(tmp_path / "p.png", samples, 8, colour, *marks)
    np.testing.assert_array_equal(read_picture(path), np.where(hidden, np.nan, levels)[::-1])
    path = png(tmp_path / "q.png", samples[..., :3], 8, RGB)
    with pytest.raises(ImageError, match="is in colour"):
        read_picture(path)


@pytest.mark.parametrize("colour", [RGB, RGBA])
def test_16_bits_in_colour_are_refused(tmp_path, colour):
    channels = {RGB: 3, RGBA: 4}[colour]
    path = png(tmp_path / "p.png", np.stack([ramp(16)] * channels, axis=-1), 16, colour)
    with pytest.raises(ImageError, match="store it as a picture with grey levels alone"):
        read_picture(path)


def test_an_animation_is_refused(tmp_path):
    frames = [Image.fromarray(ramp(8).astype(np.uint8) // n) for n in (1, 2, 3)]
    frames[0].save(tmp_path / "p.png", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match="has 3 frames"):
        read_picture(tmp_path / "p.png")


def test_orientation_and_gamma_change_nothing(tmp_path):
    levels = ramp(8).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    about = PngImagePlugin.PngInfo()
    about.add(b"gAMA", struct.pack(">I", 100_000))
    Image.fromarray(levels).save(tmp_path / "p.png", exif=exif, pnginfo=about)
    np.testing.assert_array_equal(read_picture(tmp_path / "p.png"), levels[::-1])


def test_pictures_of_other_formats_are_left_out_aloud(tmp_path, caplog):
    picture = Image.fromarray(ramp(8).astype(np.uint8))
    picture.save(tmp_path / "a.png")
    picture.convert("CMYK").save(tmp_path / "b.jpg")
    (tmp_path / "notes.txt").write_text("mine")
    assert read_set(tmp_path).ids.tolist() == ["a"]
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "1 pictures are neither PNG nor FITS and are omitted: b.jpg" in record.getMessage()
    (tmp_path / "b.jpg").rename(tmp_path / "c.png")
    with pytest.raises(ImageError, match=r"c.png cannot be read: it is not a PNG picture"):
        read_set(tmp_path)[1:].pixels(npix=8)
