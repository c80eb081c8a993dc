"""FITS maps that many processes fill window by window, without holding them in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.io.distortion_tables import distortion_tables

BLOCK = 2880
BITPIX = {"float32": -32, "int32": 32}


@dataclass(frozen=True)
class Storage:
    """The storage format of an image in a file.

    Parameters
    ----------
    header : Header
        All keywords but those that describe how the pixels are stored.
    axes : tuple of int
        Lengths in FITS order of axes of which all but two are 1; by default (nx, ny).
    factor : float
        What the pixels are multiplied by.
    hdus : bytes
        Further HDUs, which follow the image.
    """

    header: fits.Header
    axes: tuple[int, ...] = ()
    factor: float = 1.0
    hdus: bytes = b""

    @classmethod
    def of(cls, image: SkyImage, unit: str | None = None) -> Storage:
        """Return the header of a map on the pixels of an image, with its complete WCS.

        Parameters
        ----------
        image : SkyImage
        unit : str, optional
            BUNIT of the map; the image's own by default.
        """
        header = image.map_header(unit)
        tables, hdus = distortion_tables(image.wcs)
        header.extend(tables)
        return cls(header, hdus=hdus)


@dataclass(frozen=True)
class MapFile:
    """A FITS image of the sky on disk, written window by window.

    Parameters
    ----------
    path : `~pathlib.Path`
    offset : int
        Byte at which the pixels start.
    shape : tuple of int
        (ny, nx).
    dtype : str
        ``float32`` or ``int32``.
    factor : float
        What the pixels are multiplied by.
    """

    path: Path
    offset: int
    shape: tuple[int, int]
    dtype: str
    factor: float = 1.0

    @classmethod
    def create(cls, path: Path, storage: Storage, shape: tuple[int, int], dtype: str) -> MapFile:
        """Write the header and reserve the pixels, all zero.

        Raises
        ------
        OSError
            If the file cannot be written; it names the file.
        """
        cards = fits.Header()
        cards["SIMPLE"] = True
        cards["BITPIX"] = BITPIX[dtype]
        axes = storage.axes or shape[::-1]
        cards["NAXIS"] = len(axes)
        for axis, length in enumerate(axes, 1):
            cards[f"NAXIS{axis}"] = length
        if storage.hdus:
            cards["EXTEND"] = True
        cards.extend(storage.header, strip=True)
        text = cards.tostring(sep="", endcard=True, padding=True).encode("ascii")
        size = shape[0] * shape[1] * 4
        with _named(path), path.open("wb") as stream:
            stream.write(text)
            stream.truncate(len(text) + -(-size // BLOCK) * BLOCK)
            stream.seek(0, os.SEEK_END)
            stream.write(storage.hdus)
        return cls(path, len(text), shape, dtype, storage.factor)

    def write(self, window: Window, values: np.ndarray) -> None:
        """Write an array ``[y, x]`` into a window.

        Raises
        ------
        OSError
            If the disk is full or the file is gone; it names the file.
        """
        if self.factor != 1.0:
            values = values * self.factor
        rows = np.ascontiguousarray(values, np.dtype(self.dtype).newbyteorder(">"))
        width = self.shape[1]
        with _named(self.path), _opened(self.path) as file:
            if window.x0 == 0 and window.x1 == width:
                _write_all(file, rows.tobytes(), self.offset + window.y0 * width * 4)
            else:
                for y, row in enumerate(rows, start=window.y0):
                    _write_all(file, row.tobytes(), self.offset + (y * width + window.x0) * 4)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let errors of the system name the file."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_WRONLY)
    try:
        yield file
    finally:
        os.close(file)


def _write_all(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written
