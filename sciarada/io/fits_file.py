"""Open a FITS file that may be packed, damaged or no FITS at all, and find the image in it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import FITSFixedWarning

from sciarada.core.errors import ImageError
from sciarada.io.fits_damage import BROKEN, explain
from sciarada.io.fits_pixels import CompressedPixels, FitsPixels
from sciarada.io.header_axes import SkyPlane, array_axes, celestial_axes
from sciarada.io.header_values import number
from sciarada.io.temporary import GZIP, TemporaryCopy

DTYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


@dataclass(frozen=True, eq=False)
class FitsFile:
    """An open FITS file.

    Parameters
    ----------
    path : `~pathlib.Path`
        The file as the user named it.
    local : `~pathlib.Path`
        The file that is open: an unpacked copy where the user's is a gzip file.
    copy : TemporaryCopy or None
        What keeps that copy alive.
    hdus : `~astropy.io.fits.HDUList`
        The open file.
    warned : list of `warnings.WarningMessage`
        What astropy complained about so far.
    """

    path: Path
    local: Path
    copy: TemporaryCopy | None
    hdus: fits.HDUList
    warned: list[warnings.WarningMessage]

    def complaints(self) -> tuple[str, ...]:
        """Return each complaint once, on one line.

        What astropy mends in a WCS is left out: an NCP projection written as SIN is no news.
        """
        lines = (
            " ".join(str(item.message).split())
            for item in self.warned
            if not issubclass(item.category, FITSFixedWarning)
        )
        return tuple(dict.fromkeys(lines))


@contextmanager
def open_fits(path: Path) -> Iterator[FitsFile]:
    """Open a FITS file for reading its headers.

    Raises
    ------
    ImageError
        If the file is missing, empty, unreadable, no FITS file, or breaks the FITS rules.
    """
    magic = _first_bytes(path)
    copy = TemporaryCopy(path) if magic.startswith(GZIP) else None
    local = copy.path if copy else path
    if copy:
        magic = _first_bytes(local)
    if not magic.startswith(b"SIMPLE"):
        raise ImageError(f"{path} is not a FITS file: give a FITS image")
    try:
        # The stream is ours, since astropy leaves its own open when a header is damaged.
        with local.open("rb") as stream, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", AstropyWarning)
            with fits.open(stream, lazy_load_hdus=True, do_not_scale_image_data=True) as hdus:
                yield FitsFile(path, local, copy, hdus, warned)
    except BROKEN as error:
        raise ImageError(f"{path} {explain(error)}") from error


def find_image(file: FitsFile) -> tuple[int, fits.PrimaryHDU | fits.ImageHDU]:
    """Return the place and the HDU of the first image of the sky in a file.

    Raises
    ------
    ImageError
        If no HDU holds an image, or none of the images has celestial axes.
    """
    images = 0
    for index, hdu in enumerate(file.hdus):
        if isinstance(hdu, fits.GroupsHDU):
            raise ImageError(f"{file.path} holds visibilities (random groups): image them first")
        axes = array_axes(hdu.header) if hdu.is_image else ()
        if len(axes) < 2 or min(axis.length for axis in axes) < 1:
            continue
        images += 1
        if celestial_axes(axes):
            return index, hdu
    if images:
        raise ImageError(
            f"{file.path} has no celestial WCS: the CTYPEs of its axes name no longitude "
            f"and latitude, such as RA---SIN and DEC--SIN"
        )
    raise ImageError(f"{file.path} holds no image, only tables or empty headers: give a FITS image")


def plane_pixels(
    file: FitsFile, index: int, hdu: fits.PrimaryHDU | fits.ImageHDU, plane: SkyPlane
) -> FitsPixels | CompressedPixels:
    """Return the pixels of a plane of an HDU, to be read later.

    Raises
    ------
    ImageError
        If the file is shorter than its header promises.
    """
    shape = tuple(axis.length for axis in reversed(plane.axes))
    if isinstance(hdu, fits.CompImageHDU):
        if any("truncated" in line for line in file.complaints()):
            raise ImageError(f"{file.path} is truncated: fetch it again")
        return CompressedPixels(file.local, index, shape, plane.selection(), copy=file.copy)
    dtype = DTYPES[int(hdu.header["BITPIX"])]
    offset = hdu.fileinfo()["datLoc"]
    needed = offset + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
    size = file.local.stat().st_size
    if needed > size:
        raise ImageError(
            f"{file.path} is truncated: its header promises {needed} bytes, the file has {size}; "
            "fetch it again"
        )
    scale, zero, blank = (number(hdu.header, key) for key in ("BSCALE", "BZERO", "BLANK"))
    return FitsPixels(
        path=file.local,
        offset=offset,
        dtype=dtype,
        array_shape=shape,
        selection=plane.selection(),
        scale=1.0 if scale is None else scale,
        zero=0.0 if zero is None else zero,
        blank=None if blank is None or dtype[1] == "f" else int(blank),
        copy=file.copy,
    )


def _first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file that is there and can be read."""
    if path.is_dir():
        raise ImageError(f"{path} is a folder: give one FITS image")
    try:
        with path.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise ImageError(
            f"{path} cannot be read: {error.strerror}; give the path of a FITS image"
        ) from error
    if not start:
        raise ImageError(f"{path} is empty: fetch or write it again")
    return start
