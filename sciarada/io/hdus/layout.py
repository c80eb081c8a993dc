"""The layout of the HDUs of a file, and whether the file is complete."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import BinaryIO

from sciarada.io.hdus.raw_header import (
    BITPIX,
    BLOCK,
    MAX_FIELDS,
    HeaderFault,
    RawHeader,
    read_raw_header,
)


@dataclass(frozen=True)
class HduLayout:
    """One HDU of a file.

    Parameters
    ----------
    number : int
        Place in the file; 0 is the primary HDU.
    header : RawHeader
        The header that describes its layout.
    start : int
        Byte at which its data start.
    missing : int
        Bytes of its data that the file lacks.
    """

    number: int
    header: RawHeader
    start: int
    missing: int

    @property
    def name(self) -> str:
        """EXTNAME in capitals, empty where there is none."""
        return self.header.text("EXTNAME").upper()

    @property
    def version(self) -> int:
        """EXTVER, 1 where there is none."""
        try:
            return self.header.whole("EXTVER", 1)
        except HeaderFault:
            return 1

    @property
    def label(self) -> str:
        """Number and name, for people: ``1 (SCI)``, ``2 (SCI,2)``."""
        version = f",{self.version}" if self.version != 1 else ""
        return f"{self.number} ({self.name}{version})" if self.name else f"{self.number}"

    @property
    def is_compressed(self) -> bool:
        """Whether it is a table that holds the tiles of an image."""
        return self.header.kind == "BINTABLE" and self.header.text("ZIMAGE") == "T"

    @property
    def is_image(self) -> bool:
        """Whether it may hold an image, compressed or not."""
        return self.is_compressed or self.header.kind in ("PRIMARY", "IMAGE")

    @property
    def lengths(self) -> tuple[int, ...]:
        """Lengths of the axes of the image, or of the table, in FITS order."""
        return self.header.lengths("ZNAXIS" if self.is_compressed else "NAXIS")

    @property
    def unpacked(self) -> int:
        """Bytes that a compressed image, or one of its tiles if that is more, takes unpacked."""
        pixel = abs(self.header.whole("ZBITPIX")) // 8
        return pixel * max(math.prod(self.lengths), math.prod(_tile(self.header)))

    @property
    def has_pixels(self) -> bool:
        """Whether it holds an array of two axes or more."""
        return self.is_image and len(self.lengths) >= 2 and min(self.lengths) >= 1


@dataclass(frozen=True)
class FileLayout:
    """The HDUs of a file up to the first that is damaged.

    Parameters
    ----------
    hdus : tuple of HduLayout
        In the order of the file.
    fault : str
        What is wrong with the HDU after them, such as ``HDU 2 has BITPIX = 7, which is not a
        type of pixel``; empty where all are sound.
    trailing : int
        Bytes after the last HDU that are no HDU, from the first block that is not blank.
    """

    hdus: tuple[HduLayout, ...]
    fault: str = ""
    trailing: int = 0


def read_layout(stream: BinaryIO) -> FileLayout:
    """Walk through the headers of an open file; no pixel and no table is read.

    Time and memory depend on what the file holds, not on what its headers claim.
    """
    size = os.fstat(stream.fileno()).st_size
    hdus: list[HduLayout] = []
    start = 0
    while start < size:
        stream.seek(start)
        try:
            header = read_raw_header(stream)
            if header is None:
                stream.seek(start)
                is_blank = not stream.read(BLOCK).strip(b" \0")
                return FileLayout(tuple(hdus), trailing=0 if is_blank else size - start)
            hdu = _hdu(len(hdus), header, start, size)
        except HeaderFault as fault:
            return FileLayout(tuple(hdus), f"HDU {len(hdus)} has {fault}")
        hdus.append(hdu)
        start = hdu.start + -(-header.data_size // BLOCK) * BLOCK
    return FileLayout(tuple(hdus))


def _hdu(number: int, header: RawHeader, start: int, size: int) -> HduLayout:
    data = start + header.size
    hdu = HduLayout(number, header, data, max(0, data + header.data_size - size))
    if not 0 <= header.whole("TFIELDS", 0) <= MAX_FIELDS:
        raise HeaderFault(f"TFIELDS = {header.whole('TFIELDS')}, but a table has 0 to 999 columns")
    if hdu.is_compressed:
        _check_tiles(header)
    return hdu


def _check_tiles(header: RawHeader) -> None:
    """Raise HeaderFault if the tiles of a compressed image cannot make up the image."""
    lengths, tiles = header.lengths("ZNAXIS"), _tile(header)
    if min(tiles, default=1) < 1:
        raise HeaderFault(f"tiles of {' x '.join(map(str, tiles))} pixels")
    if header.whole("ZBITPIX") not in BITPIX:
        raise HeaderFault(f"ZBITPIX = {header.whole('ZBITPIX')}, which is not a type of pixel")
    rows = header.lengths()[1:2]
    needed = math.prod(-(-length // tile) for length, tile in zip(lengths, tiles, strict=True))
    if lengths and rows != (needed,):
        raise HeaderFault(
            f"{rows[0] if rows else 'no'} tiles, where an image of "
            f"{' x '.join(map(str, lengths))} pixels needs {needed}"
        )


def _tile(header: RawHeader) -> tuple[int, ...]:
    """Return the lengths of a tile, in FITS order; by default it is a row."""
    lengths = header.lengths("ZNAXIS")
    usual = (*lengths[:1], *(1 for _ in lengths[1:]))
    return tuple(header.whole(f"ZTILE{axis}", length) for axis, length in enumerate(usual, 1))
