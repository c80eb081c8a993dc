"""The header of an image that is made from another: everything said of that one, kept."""

from __future__ import annotations

import re

from astropy.io import fits
from astropy.io.fits.verify import VerifyError

from sciarada.core.image import SkyImage
from sciarada.io.fits_file import find_image, open_fits
from sciarada.io.foreign import is_foreign_image
from sciarada.io.hdus.selector import parse_hdu

_STRUCTURE = (
    r"SIMPLE|XTENSION|BITPIX|NAXIS\d*|[PG]COUNT|GROUPS|EXTEND|EXT(?:NAME|VER|LEVEL)|INHERIT|END|"
    r"BSCALE|BZERO|BLANK|DATAM(?:IN|AX)|CHECKSUM|DATASUM"
)
_SKY = (
    r"WCSAXES|WCSNAME|C(?:TYPE|UNIT|RVAL|RPIX|DELT|ROTA|RDER|SYER|NAME)\d+[A-Z]?|"
    r"(?:PC|CD|PV|PS)\d+_\d+[A-Z]?|(?:PC|CD)\d{6}|(?:A|B|AP|BP)_(?:ORDER|DMAX|\d+_\d+)|"
    r"LONPOLE|LATPOLE|RADE(?:SYS|CSYS)|EQUINOX|EPOCH"
)
_BEAM_AND_BAND = (
    r"BUNIT|BMAJ|BMIN|BPA|CLEANB(?:MJ|MN|PA)|RESTFRE?Q|FREQ|ALTR(?:VAL|PIX)|VELREF|SPECSYS"
)
_REPLACED = re.compile(f"{_STRUCTURE}|{_SKY}|{_BEAM_AND_BAND}")


def derived_header(image: SkyImage) -> fits.Header:
    """Return the header of a map that is made from the image of a file.

    Axes, WCS, unit, beam and frequency are those of the image as it was read, a plane in
    Jy/beam; all else, comments and history included, is kept as it stands in the file. Cards
    that break the FITS rules are left behind. Files of formats that a plugin reads have no header
    to be kept.

    Parameters
    ----------
    image : SkyImage
        As read from a file.

    Raises
    ------
    ImageError
        If the file can no longer be read.
    """
    header = image.map_header()
    if is_foreign_image(image.path):
        return header
    with open_fits(image.path) as file:
        found, _ = find_image(file, parse_hdu(image.read_with.hdu or 0))
        for card in found.header.cards:
            if _is_sound(card) and not _REPLACED.fullmatch(card.keyword):
                header.append(card, end=True)
    return header


def _is_sound(card: fits.Card) -> bool:
    try:
        card.verify("exception")
        return str(card).isascii()
    except (VerifyError, ValueError):
        return False
