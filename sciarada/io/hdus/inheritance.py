"""Keywords that an extension inherits from the primary header (FITS 4.0, appendix K)."""

from __future__ import annotations

import re

from astropy.io import fits

_NEVER = re.compile(  # structure, comments, and what names an HDU
    r"SIMPLE|XTENSION|BITPIX|NAXIS\d*|[PG]COUNT|GROUPS|EXTEND|END|INHERIT|EXT(?:NAME|VER|LEVEL)|"
    r"BSCALE|BZERO|BLANK|DATAM(?:IN|AX)|CHECKSUM|DATASUM|COMMENT|HISTORY|CONTINUE|"
    r"HIERARCH|"
)
_MATRIX_IN_STEPS = re.compile(r"(?:CDELT|CROTA)\d+|PC\d+_\d+|PC\d{6}")
_MATRIX_WHOLE = re.compile(r"CD\d+_\d+|CD\d{6}")
_SYNONYMS = (
    {"BMAJ", "CLEANBMJ"}, {"BMIN", "CLEANBMN"}, {"BPA", "CLEANBPA"},
    {"RADESYS", "RADECSYS"}, {"EQUINOX", "EPOCH"}, {"RESTFRQ", "RESTFREQ"},
)  # fmt: skip


def effective_header(header: fits.Header, primary: fits.Header) -> tuple[fits.Header, list[str]]:
    """Return the header of an extension with its inherited keywords.

    Keywords of a primary header without data (NAXIS = 0) are inherited where ``INHERIT`` is T
    and the extension has neither the keyword nor another spelling of it.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the extension.
    primary : `~astropy.io.fits.Header`
        Header of the primary HDU.

    Returns
    -------
    header : `~astropy.io.fits.Header`
        The same object where nothing is inherited.
    notes : list of str
        What is wanted and cannot be inherited.
    """
    if not _is_true(header):
        return header, []
    if primary.get("NAXIS") != 0:
        return header, ["INHERIT is T, but the primary HDU holds data; nothing is inherited."]
    own = set(header)
    foreign = _other_spellings(own)
    merged = header.copy()
    for card in primary.cards:
        key = card.keyword
        if not _NEVER.fullmatch(key) and key not in own and not foreign.fullmatch(key):
            merged.append(card, end=True)
    return merged, []


def _is_true(header: fits.Header) -> bool:
    try:
        return header.get("INHERIT") is True
    except (fits.VerifyError, ValueError):
        return False


def _other_spellings(own: set[str]) -> re.Pattern[str]:
    """Return the pattern of keywords that are equivalent to one in a header."""
    others = [word for group in _SYNONYMS if group & own for word in group - own]
    if any(_MATRIX_IN_STEPS.fullmatch(key) for key in own):
        others.append(_MATRIX_WHOLE.pattern)
    if any(_MATRIX_WHOLE.fullmatch(key) for key in own):
        others.append(_MATRIX_IN_STEPS.pattern)
    return re.compile("|".join(others) or r"(?!)")
