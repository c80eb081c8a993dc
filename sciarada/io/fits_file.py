"""Open a FITS file that may be packed, damaged or no FITS at all, and find the image in it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import FITSFixedWarning

from sciarada.core.stamp import Stamp
from sciarada.errors import ImageError
from sciarada.io.beams.tables import NAMES as BEAM_TABLES
from sciarada.io.fits_damage import BROKEN, explain
from sciarada.io.fits_pixels import CompressedPixels, FitsPixels
from sciarada.io.hdus.choice import Candidate, choose
from sciarada.io.hdus.inheritance import effective_header
from sciarada.io.hdus.layout import FileLayout, HduLayout, read_layout
from sciarada.io.hdus.selector import HduSelector
from sciarada.io.header_axes import SkyPlane
from sciarada.io.header_values import number
from sciarada.io.plausible import is_plausible
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
    layout : FileLayout
        Where its HDUs lie.
    hdus : `~astropy.io.fits.HDUList`
        The open file.
    warned : list of `warnings.WarningMessage`
        What astropy complained about so far.
    stamp : Stamp
        State of the user's file before anything was read.
    """

    path: Path
    local: Path
    copy: TemporaryCopy | None
    layout: FileLayout
    hdus: fits.HDUList
    warned: list[warnings.WarningMessage]
    stamp: Stamp

    def complaints(self) -> tuple[str, ...]:
        """Return each complaint once, on one line.

        Corrections that astropy makes to a WCS are omitted, such as NCP projections as SIN.
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
    stamp = Stamp.of(path, follow=True)
    copy = TemporaryCopy(path) if magic.startswith(GZIP) else None
    local = copy.path if copy else path
    if copy:
        magic = _first_bytes(local)
    if not magic.startswith(b"SIMPLE"):
        raise ImageError(f"{path} is not a FITS file: give a FITS image")
    try:
        # The stream is ours, since astropy leaves its own open when a header is damaged.
        with local.open("rb") as stream, warnings.catch_warnings(record=True) as warned:
            layout = read_layout(stream)
            if not layout.hdus:
                raise ImageError(f"{path} is damaged: {layout.fault}; fetch or write it again")
            if layout.hdus[0].missing:
                raise _truncated(path, local, layout.hdus[0])
            warnings.simplefilter("always", AstropyWarning)
            stream.seek(0)
            # What follows the last HDU may be anything, which astropy takes for a header.
            how = {"lazy_load_hdus": True, "ignore_missing_end": True}
            with fits.open(stream, do_not_scale_image_data=True, **how) as hdus:
                yield FitsFile(path, local, copy, layout, hdus, warned, stamp)
    except BROKEN as error:
        raise ImageError(f"{path} {explain(error)}") from error


def find_image(file: FitsFile, selector: HduSelector | None = None) -> tuple[Candidate, list[str]]:
    """Return the image of the sky in a file, with inherited keywords, and notes on the choice.

    Parameters
    ----------
    file : FitsFile
        The open file.
    selector : HduSelector, optional
        The requested HDU; by default the first that is not a weight map or such.

    Raises
    ------
    ImageError
        If there is no such HDU, no HDU holds an image, or none has celestial axes.
    """
    first = file.layout.hdus[0].header
    if first.text("GROUPS") == "T" and first.lengths()[:1] == (0,):
        raise ImageError(f"{file.path} holds visibilities (random groups): image them first")

    return choose(file.path, file.layout, selector, partial(_candidate, file))


def arrays_of(file: FitsFile) -> list[Candidate]:
    """Return all arrays of two axes or more, with their inherited keywords."""
    return [_candidate(file, hdu) for hdu in file.layout.hdus if hdu.has_pixels]


def beam_tables(file: FitsFile, image: HduLayout) -> list[fits.BinTableHDU]:
    """Return the tables of beams in a file that are whole, the most likely one of an image first.

    A table of the same EXTVER as the image comes first, then those after the image.
    """
    tables = [hdu for hdu in file.layout.hdus if hdu.name in BEAM_TABLES and not hdu.missing]
    order = sorted(
        (table for table in tables if table.header.kind == "BINTABLE"),
        key=lambda table: (
            table.version != image.version,
            table.number < image.number,
            abs(table.number - image.number),
        ),
    )
    return [file.hdus[table.number] for table in order]


def _candidate(file: FitsFile, hdu: HduLayout) -> Candidate:
    header = file.hdus[hdu.number].header
    return Candidate(hdu, *effective_header(header, file.hdus[0].header))


def plane_pixels(
    file: FitsFile, image: Candidate, plane: SkyPlane
) -> FitsPixels | CompressedPixels:
    """Return the pixels of a plane of an image, to be read later.

    Raises
    ------
    ImageError
        If the file is shorter than its header promises.
    """
    hdu, header = image.hdu, image.header
    if hdu.missing:
        raise _truncated(file.path, file.local, hdu)
    shape = tuple(axis.length for axis in reversed(plane.axes))
    if hdu.is_compressed and not is_plausible(hdu.unpacked, hdu.header.data_size):
        raise ImageError(
            f"{file.path} is damaged: its header promises an image or tiles of {hdu.unpacked} "
            f"bytes in {hdu.header.data_size} packed bytes; fetch it again"
        )
    if hdu.is_compressed:
        return CompressedPixels(
            file.local,
            hdu.number,
            shape,
            plane.selection(),
            copy=file.copy,
            stamp=None if file.copy else file.stamp,
        )
    dtype = DTYPES[hdu.header.whole("BITPIX")]
    scale, zero, blank = (number(header, key) for key in ("BSCALE", "BZERO", "BLANK"))
    return FitsPixels(
        path=file.local,
        offset=hdu.start,
        dtype=dtype,
        array_shape=shape,
        selection=plane.selection(),
        scale=1.0 if scale is None else scale,
        zero=0.0 if zero is None else zero,
        blank=None if blank is None or dtype[1] == "f" else int(blank),
        copy=file.copy,
        stamp=None if file.copy else file.stamp,
    )


def _truncated(path: Path, local: Path, hdu: HduLayout) -> ImageError:
    size = local.stat().st_size
    return ImageError(
        f"{path} is truncated: its header promises {size + hdu.missing} bytes, the file has "
        f"{size}; fetch it again"
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
