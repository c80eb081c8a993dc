"""Store an image derived from another one in the same format, with its header."""

from __future__ import annotations

import re

from astropy.io import fits
from astropy.io.fits.verify import VerifyError

from sciarada.core.image import SkyImage
from sciarada.io.distortion_tables import HDU_NAMES
from sciarada.io.fits_file import FitsFile, find_image, open_fits
from sciarada.io.foreign import is_foreign_image
from sciarada.io.hdus.raw_header import BLOCK
from sciarada.io.hdus.selector import HduSelector
from sciarada.io.header_axes import SkyPlane, array_axes, choose_plane, parse_plane
from sciarada.io.header_unit import factor_of_image, parse_unit
from sciarada.io.header_values import number, text
from sciarada.io.local_unit import has_local_factor
from sciarada.io.maps import Storage

_STRUCTURE = (
    r"SIMPLE|XTENSION|BITPIX|NAXIS\d*|[PG]COUNT|GROUPS|EXTEND|EXT(?:NAME|VER|LEVEL)|INHERIT|END|"
    r"BSCALE|BZERO|BLANK|DATAM(?:IN|AX)|CHECKSUM|DATASUM"
)
_UNIT_AND_BEAM = r"BUNIT|BMAJ\d*|BMIN\d*|BPA\d*|CLEANB(?:MJ|MN|PA)|CASAMBM"
_REPLACED = re.compile(f"{_STRUCTURE}|{_UNIT_AND_BEAM}")
_OF_BEAM = ("BMAJ", "BMIN", "BPA")


def stored_like(image: SkyImage) -> Storage:
    """Return the storage format of pixels that replace the pixels of an image.

    The header keeps all that the file says, and with it the whole WCS: other axes, alternate
    WCS, distortions. Axes other than the celestial ones have length 1, with CRPIX where the plane
    that was read is the first. The unit is that of the file, or Jy/beam where what turns it into
    that changes over the image; the beam is that of the plane. Tables
    that the WCS needs follow. Cards that break the FITS rules are left behind.

    Parameters
    ----------
    image : SkyImage
        One that was not read from a FITS file is stored with its own WCS, beam and unit.

    Raises
    ------
    ImageError
        If the file can no longer be read.
    """
    if image.path is None or is_foreign_image(image.path):
        return Storage.of(image)
    how = image.read_with
    with open_fits(image.path) as file:
        found, _ = find_image(file, HduSelector(how.hdu or 0))
        plane = None if how.plane is None else parse_plane(how.plane)
        chosen = choose_plane(str(image.path), array_axes(found.header), plane)
        unit = how.unit or text(found.header, "BUNIT") or "Jy/beam"
        if has_local_factor(image, parse_unit(unit)):
            unit = "Jy/beam"
        header = _kept(found.header)
        header["BUNIT"] = unit
        _move_to_plane(header, found.header, chosen)
        header.update(_beam(image))
        return Storage(
            header,
            axes=tuple(n if i in (chosen.x, chosen.y) else 1 for i, n in _lengths(chosen)),
            factor=1.0 / factor_of_image(image, parse_unit(unit)),
            hdus=_tables(file, found.header),
        )


def _kept(header: fits.Header) -> fits.Header:
    return fits.Header(
        [card for card in header.cards if _is_sound(card) and not _REPLACED.fullmatch(card.keyword)]
    )


def _is_sound(card: fits.Card) -> bool:
    try:
        card.verify("exception")
        return str(card).isascii()
    except (VerifyError, ValueError):
        return False


def _lengths(plane: SkyPlane) -> list[tuple[int, int]]:
    return [(axis.number, axis.length) for axis in plane.axes]


def _move_to_plane(header: fits.Header, original: fits.Header, plane: SkyPlane) -> None:
    """Shift CRPIX of the other axes, of every WCS, by the place that was read."""
    for axis, place in zip(plane.others, plane.index, strict=True):
        for version in ("", *map(chr, range(ord("A"), ord("Z") + 1))):
            key, kind = (f"{word}{axis.number}{version}" for word in ("CRPIX", "CTYPE"))
            if place and (key in original or (kind in original)):
                header[key] = (number(original, key) or 0.0) - place


def _beam(image: SkyImage) -> dict[str, object]:
    """Return the keywords of the beam, as any map of the image has them."""
    header = image.map_header()
    return {key: (header[key], header.comments[key]) for key in _OF_BEAM if key in header}


def _tables(file: FitsFile, header: fits.Header) -> bytes:
    """Return unchanged the HDUs that the WCS refers to."""
    names = {text(header, key).upper() for key in header if re.fullmatch(r"PS\d+_0[A-Z]?", key)}
    content = b""
    with file.local.open("rb") as stream:
        for hdu in file.layout.hdus[1:]:
            if hdu.name in names.union(HDU_NAMES) - {""} and not hdu.missing:
                size = hdu.header.size + -(-hdu.header.data_size // BLOCK) * BLOCK
                stream.seek(hdu.start - hdu.header.size)
                content += stream.read(size).ljust(size, b"\0")
    return content
