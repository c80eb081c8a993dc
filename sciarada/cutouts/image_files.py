"""Small images, one per file: PNG as stored, FITS in the unit of its header."""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sciarada.core.image import SkyImage
from sciarada.core.pixels import ArrayPixels
from sciarada.errors import ImageError
from sciarada.geometry.windows import Window
from sciarada.io.fits_file import arrays_of, open_fits, plane_pixels
from sciarada.io.fits_image import read_image
from sciarada.io.hdus.purpose import purpose
from sciarada.io.hdus.selector import parse_hdu
from sciarada.io.header_axes import SkyPlane, array_axes
from sciarada.io.plausible import is_plausible
from sciarada.io.zero_border import find_zero_border

LARGEST = 1 << 26  # pixels: a cutout of 8192 x 8192
PICTURE = re.compile(r"\.(png|(fits|fit|fts)(\.gz|\.fz)?)$", re.IGNORECASE)
_PNG = re.compile(r"\.png$", re.IGNORECASE)
_PNG_HEADER = struct.Struct(">8s8sIIB")  # signature; length and name of IHDR; size, bits
_PNG_IHDR, _PNG_KIND = slice(12, 33), slice(24, 26)  # with its check sum; bits and colour type
_GREY_ALPHA_16, _RGBA_8 = bytes((16, 4)), bytes((8, 6))
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What Pillow raises of a damaged PNG.
_PNG_DAMAGE = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
    RuntimeError, MemoryError, struct.error, zlib.error,
)  # fmt: skip
_MAX_BITS_OF_COLOUR = 8  # Pillow leaves no more in a picture of several channels


@dataclass(frozen=True)
class Facts:
    """The properties in the header of an image file; NaN where unknown.

    Parameters
    ----------
    ra, dec : float
        ICRS position of the middle in degrees.
    size : float
        Longer side in arcsec.
    beam_major : float
        Major axis (FWHM) of the beam in arcsec.
    """

    ra: float = np.nan
    dec: float = np.nan
    size: float = np.nan
    beam_major: float = np.nan


def read_picture(path: Path, hdu: str | None = None) -> np.ndarray:
    """Return the pixels of a PNG or FITS file as float32, NaN where they are missing.

    A PNG gives its grey levels as stored, also those of 16 bits, its lowest line first, as in
    an array of the sky. A pixel that is wholly transparent is missing, whether by an alpha
    channel, a palette or a level that the file calls transparent; partial opacity, gamma and the
    orientation of EXIF change nothing. A FITS image of the sky gives what
    `sciarada.io.fits_image.read_image` gives; one without celestial WCS its numbers.

    Parameters
    ----------
    path : `~pathlib.Path`
    hdu : str, optional
        Number, name, or name and version of the HDU of a FITS file; by default its image.

    Raises
    ------
    ImageError
        If the file cannot be read, has no such HDU, is in colour, or has more than one plane or
        frame.
    """
    return _read_png(path) if _PNG.search(path.name) else _read_fits(path, hdu)


def read_facts(path: Path, hdu: str | None = None) -> Facts:
    """Return the properties in the header of an image file, empty for PNG.

    Raises
    ------
    ImageError
        If a FITS file cannot be read.
    """
    if _PNG.search(path.name):
        return Facts()
    image = _sky_image(path, hdu)
    if isinstance(image, ImageError):
        return Facts()
    ra, dec = image.pixel_to_sky(*image.centre)
    beam = np.nan if image.beam is None else image.beam.major
    return Facts(float(ra), float(dec), max(image.shape) * image.pixel_scale, beam)


def _sky_image(path: Path, hdu: str | None) -> SkyImage | ImageError:
    """Return the image of the sky in a FITS file, or the reason why it has none."""
    try:
        return read_image(path, hdu=hdu, blank_zero_border=False)
    except ImageError as error:
        return error


def _read_fits(path: Path, hdu: str | None) -> np.ndarray:
    image = _sky_image(path, hdu)
    if isinstance(image, ImageError):
        plane = _only_plane(path, hdu)
        if plane is None:
            raise image
        return plane
    _check_size(path, *reversed(image.shape))
    pixels = image.read()
    border = find_zero_border(ArrayPixels(pixels))
    if border is not None:
        border.blank(pixels, image.window)
    return pixels


def _only_plane(path: Path, hdu: str | None) -> np.ndarray | None:
    """Return the first array of a FITS file that is not a mask or such, if it is a single plane.

    With ``hdu`` the array of that HDU.
    """
    try:
        with open_fits(path) as file:
            wanted = None if hdu is None else parse_hdu(hdu)
            arrays = [a for a in arrays_of(file) if wanted is None or wanted.matches(a.hdu)]
            if not arrays:
                return None
            image = next((array for array in arrays if not purpose(array.header)), arrays[0])
            axes = array_axes(image.header)
            sides = [axis.number for axis in axes if axis.length > 1]
            if len(sides) != 2:
                return None
            x, y = sides
            pixels = plane_pixels(file, image, SkyPlane(axes, x, y, (0,) * (len(axes) - 2)))
            _check_size(path, *reversed(pixels.shape))
            return pixels.read(Window.whole(pixels.shape))
    except ImageError:
        return None


def _read_png(path: Path) -> np.ndarray:
    alpha: np.ndarray | None
    try:
        with path.open("rb") as stream:
            header = stream.read(_PNG_IHDR.stop)
            bits = _bits(header[: _PNG_HEADER.size], path)
            if header[_PNG_KIND] == _GREY_ALPHA_16:
                as_bytes = io.BytesIO(_as_rgba(header) + stream.read())
                with Image.open(as_bytes, formats=["PNG"]) as picture:
                    levels, alpha = _wide_grey(picture, path)
            else:
                with Image.open(stream, formats=["PNG"]) as picture:
                    picture.load()
                    levels, alpha = _grey(picture, bits, path)
    except _PNG_DAMAGE as error:
        reason = getattr(error, "strerror", None) or "it is not a PNG picture, or a damaged one"
        raise ImageError(f"{path} cannot be read: {reason}") from error
    return _as_sky(levels, alpha)


def _as_rgba(header: bytes) -> bytes:
    """Return the first bytes of a PNG of 16-bit grey and alpha as those of one of 8-bit RGBA.

    Pillow would leave 8 bits of each. Both kinds have four bytes per pixel, and the filters of
    PNG work on bytes, so that red and green are then the two bytes of the grey level.
    """
    body, check = header[_PNG_IHDR][:-4], header[_PNG_IHDR][-4:]
    if zlib.crc32(body) != int.from_bytes(check):
        raise ValueError
    start = _PNG_KIND.start - _PNG_IHDR.start
    body = body[:start] + _RGBA_8 + body[start + len(_RGBA_8) :]
    return header[: _PNG_IHDR.start] + body + zlib.crc32(body).to_bytes(4)


def _wide_grey(picture: Image.Image, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return 16-bit grey levels and opacity of a picture with both in four bytes."""
    _check_frames(picture, path)
    channels = np.asarray(picture).astype(np.uint16)
    both = channels[..., ::2] << 8 | channels[..., 1::2]
    return both[..., 0], both[..., 1]


def _as_sky(levels: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """Return grey levels as float32, lowest line first, NaN where they are transparent."""
    pixels = levels.astype(np.float32)
    if alpha is not None:
        pixels[alpha == 0] = np.nan
    return np.ascontiguousarray(pixels[::-1])


def _bits(header: bytes, path: Path) -> int:
    """Return the bits of each channel of a PNG picture of a size that its file can hold.

    Raises
    ------
    ImageError
        If it has too many pixels, or more than its file can hold.
    """
    signature, _, width, height, bits = _PNG_HEADER.unpack(header)
    if signature != _PNG_SIGNATURE:
        raise ValueError
    _check_size(path, width, height)
    return bits


def _check_size(path: Path, width: int, height: int) -> None:
    """Refuse more pixels than a cutout has, or than the file can hold."""
    if width * height > LARGEST or not is_plausible(width * height, path.stat().st_size):
        raise ImageError(
            f"{path} is {width} x {height} pixels by its header, which is too large for a cutout "
            "or for its file: leave it out, or cut it up"
        )


def _grey(picture: Image.Image, bits: int, path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Return grey levels, and opacity where the picture has any."""
    _check_frames(picture, path)
    key = picture.info.get("transparency")
    if picture.mode in ("1", "L", "I;16", "I"):
        levels = np.asarray(picture.convert("L") if picture.mode == "1" else picture)
        return levels, None if key is None else levels != _stored_level(key, bits)
    if bits > _MAX_BITS_OF_COLOUR:
        raise ImageError(
            f"{path} has channels of {bits} bits, of which {_MAX_BITS_OF_COLOUR} would be left: "
            f"store it as a picture with grey levels alone, or as FITS"
        )
    *colours, alpha = np.moveaxis(np.asarray(picture.convert("RGBA")), -1, 0)
    red, green, blue = (np.where(alpha == 0, 0, colour) for colour in colours)
    if not (np.array_equal(red, green) and np.array_equal(green, blue)):
        raise ImageError(f"{path} is in colour: give pictures with grey levels")
    return red, alpha


def _check_frames(picture: Image.Image, path: Path) -> None:
    frames = getattr(picture, "n_frames", 1)
    if frames > 1:
        raise ImageError(f"{path} has {frames} frames: give a picture of a single one")


def _stored_level(key: int, bits: int) -> int:
    """Return the level that is transparent as Pillow gives it: those of few bits up to 255."""
    most = 2**bits - 1
    return (key & most) * (255 // most) if bits < _MAX_BITS_OF_COLOUR else key & most
