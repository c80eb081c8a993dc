"""Distortions of a WCS from lookup tables, which are in separate HDUs."""

from __future__ import annotations

import io
import re

from astropy.io import fits
from astropy.wcs import WCS

KEYWORDS = re.compile(
    r"(?:CPDIS|CPERR|D2IMDIS|D2IMERR)\d|(?:DP|DQ|D2IM)\d(?:\..+)?|AXISCORR|D2IMEXT"
)
HDU_NAMES = ("WCSDVARR", "D2IMARR")


def distortion_tables(wcs: WCS) -> tuple[fits.Header, bytes]:
    """Return the keywords that name the distortion tables of a WCS, and the HDUs of the tables.

    Both are empty for a WCS without such tables.
    """
    if not any((wcs.cpdis1, wcs.cpdis2, wcs.det2im1, wcs.det2im2)):
        return fits.Header(), b""
    hdus = wcs.to_fits(relax=True)
    cards = [card for card in hdus[0].header.cards if KEYWORDS.fullmatch(card.keyword)]
    stream = io.BytesIO()
    for hdu in hdus[1:]:
        hdu.writeto(single := io.BytesIO())
        stream.write(single.getvalue()[_primary_size(single.getvalue()) :])
    return fits.Header(cards), stream.getvalue()


def _primary_size(content: bytes) -> int:
    """Return the bytes of the empty primary HDU before an extension."""
    return content.index(b"XTENSION")
