"""Read a FITS image of the sky: the input contract of docs/reference/input-contract.md."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.io.fits.verify import VerifyError
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from astropy.wcs.wcs import WcsError

from sciarada.core.beam import Beam
from sciarada.core.errors import ImageError
from sciarada.core.image import SkyImage
from sciarada.io.fits_pixels import CompressedPixels, FitsPixels
from sciarada.io.header_axes import (
    SkyPlane,
    array_axes,
    celestial_axes,
    celestial_header,
    choose_plane,
    parse_plane,
)
from sciarada.io.header_beam import find_beam
from sciarada.io.header_frequency import find_frequency
from sciarada.io.header_unit import JY_PER_BEAM, factor_to_jy_per_beam, parse_unit
from sciarada.io.header_values import number, text
from sciarada.io.temporary import GZIP, TemporaryCopy
from sciarada.io.zero_border import BlankedPixels, find_zero_border

_DTYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_READ_ERRORS = (
    OSError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, AttributeError,
    VerifyError, WcsError,
)  # fmt: skip


def read_image(
    path: str | Path,
    *,
    plane: int | Sequence[int] | str | None = None,
    beam: Beam | None = None,
    unit: str | None = None,
    blank_zero_border: bool = True,
) -> SkyImage:
    """Read one plane of a FITS image.

    No pixel but those on the border is read before ``SkyImage.read`` asks for it. Surface
    brightnesses come out in Jy/beam, whatever the unit in the file.

    Parameters
    ----------
    path : str or path
        ``.fits``, ``.fits.gz`` (unpacked to a temporary file) or tile-compressed ``.fits.fz``.
    plane : int, sequence of int or str, optional
        Zero-based place along each further axis longer than 1, in FITS order.
    beam : Beam, optional
        Restoring beam, in place of what the header says.
    unit : str, optional
        Unit of the pixels, in place of BUNIT.
    blank_zero_border : bool
        Take exact zeros joined to the border as missing.

    Returns
    -------
    SkyImage
        ``notes`` holds what had to be guessed, ``provenance`` where each fact was found.

    Raises
    ------
    ImageError
        If the file cannot be read or is not an image of the sky; one sentence says why.
    OptionError
        If ``plane`` is a text that is no plane.
    """
    path = Path(path)
    magic = _first_bytes(path)
    copy = TemporaryCopy(path) if magic.startswith(GZIP) else None
    local = copy.path if copy else path
    if copy:
        magic = _first_bytes(local)
    if not magic.startswith(b"SIMPLE"):
        raise ImageError(f"{path} is not a FITS file")
    if isinstance(plane, str):
        plane = parse_plane(plane)
    elif isinstance(plane, int):
        plane = (plane,)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", AstropyWarning)
            with fits.open(local, lazy_load_hdus=True, do_not_scale_image_data=True) as hdus:
                return _read_hdus(path, local, copy, hdus, plane, beam, unit, blank_zero_border)
    except _READ_ERRORS as error:
        told = next((str(w.message) for w in caught if "truncated" in str(w.message)), str(error))
        raise ImageError(
            f"{path} is damaged or not proper FITS: {' '.join(told.split())}"
        ) from error


def _first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file that is there and can be read."""
    try:
        if path.is_dir():
            raise ImageError(f"{path} is a folder: give one FITS image")
        with path.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}") from error
    if not start:
        raise ImageError(f"{path} is empty")
    return start


def _read_hdus(
    path: Path,
    local: Path,
    copy: TemporaryCopy | None,
    hdus: fits.HDUList,
    place: Sequence[int] | None,
    beam: Beam | None,
    unit: str | None,
    blank_zero_border: bool,
) -> SkyImage:
    index, hdu = _find_image(path, hdus)
    header = hdu.header
    plane = choose_plane(path.name, array_axes(header), place)
    if plane.shape[0] * plane.shape[1] < 2:
        raise ImageError(f"{path} has a single pixel, in which nothing can be found")
    pixels = _pixels(path, local, copy, index, hdu, plane)
    wcs = WCS(celestial_header(path.name, header, plane))
    name = path.name.removesuffix(".gz").removesuffix(".fz").removesuffix(".fits")
    image = SkyImage(name=name, pixels=pixels, wcs=wcs, path=path)

    notes: list[str] = []
    frequency, frequency_from, told = find_frequency(header, plane)
    notes += told
    if beam is None:
        channel = next((plane.position(a.number) for a in plane.others if a.name == "FREQ"), None)
        beam, beam_from, told = find_beam(header, hdus, channel)
        notes += told
    else:
        beam_from = "--beam"
    if beam is not None:
        beam = replace(beam, pa=beam.pa + image.frame_rotation())
    written = unit or text(header, "BUNIT")
    if not written:
        notes.append("BUNIT is missing: the pixels are taken as Jy/beam.")
    meant = parse_unit(written or "Jy/beam")
    factor = meant and factor_to_jy_per_beam(meant, beam, image.pixel_area, frequency)
    if factor is None:
        raise ImageError(
            f"{path} has BUNIT {written!r}, which is not a surface brightness: "
            f"say what it is with --unit, such as --unit Jy/beam"
        )
    if factor != 1:
        pixels = replace(pixels, scale=pixels.scale * factor)
        if isinstance(pixels, FitsPixels):
            pixels = replace(pixels, zero=pixels.zero * factor)
    border = find_zero_border(pixels) if blank_zero_border else None
    if border is not None:
        share = 100.0 * border.size / (plane.shape[0] * plane.shape[1])
        notes.append(f"{share:.3g} % of the pixels are zeros joined to the border: missing.")
        pixels = BlankedPixels(pixels, border)
    return replace(
        image,
        pixels=pixels,
        unit=JY_PER_BEAM,
        beam=beam,
        frequency=frequency,
        notes=tuple(notes),
        provenance={
            "hdu": f"{index}",
            "axes": ", ".join(f"{axis.kind or '?'} ({axis.length})" for axis in plane.axes),
            "unit": written,
            "beam": beam_from,
            "frequency": frequency_from,
        },
    )


def _find_image(path: Path, hdus: fits.HDUList) -> tuple[int, fits.ImageHDU]:
    """Return the first HDU that holds an image of the sky."""
    images = 0
    for index, hdu in enumerate(hdus):
        if not hdu.is_image or isinstance(hdu, fits.GroupsHDU):
            continue
        axes = array_axes(hdu.header)
        if len(axes) < 2 or not np.prod([axis.length for axis in axes]):
            continue
        images += 1
        if celestial_axes(axes):
            return index, hdu
    if images:
        raise ImageError(f"{path} has no celestial WCS: no CTYPE of its image names a sky position")
    raise ImageError(f"{path} holds no image")


def _pixels(
    path: Path,
    local: Path,
    copy: TemporaryCopy | None,
    index: int,
    hdu: fits.ImageHDU,
    plane: SkyPlane,
) -> FitsPixels | CompressedPixels:
    shape = tuple(axis.length for axis in reversed(plane.axes))
    if isinstance(hdu, fits.CompImageHDU):
        return CompressedPixels(local, index, shape, plane.selection(), copy=copy)
    header = hdu.header
    dtype = _DTYPES[int(number(header, "BITPIX") or 0)]
    offset = hdu.fileinfo()["datLoc"]
    needed = offset + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
    size = local.stat().st_size
    if needed > size:
        raise ImageError(
            f"{path} is truncated: its header promises {needed} bytes and the file has {size}"
        )
    scale, zero = number(header, "BSCALE"), number(header, "BZERO")
    blank = number(header, "BLANK") if dtype[1] in "iu" else None
    return FitsPixels(
        path=local,
        offset=offset,
        dtype=dtype,
        array_shape=shape,
        selection=plane.selection(),
        scale=1.0 if scale is None else scale,
        zero=0.0 if zero is None else zero,
        blank=None if blank is None else int(blank),
        copy=copy,
    )
