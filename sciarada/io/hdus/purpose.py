"""The purpose of an image in a FITS file: the sky, or weights, noise, masks and so on."""

from __future__ import annotations

import re

from astropy import units as u
from astropy.io import fits

from sciarada.io.header_unit import SURFACE_BRIGHTNESSES, parse_unit
from sciarada.io.header_values import number, text

_NAMING = ("EXTNAME", "EXTTYPE", "DES_EXT", "BTYPE", "HDUCLAS2", "HDUCLAS3", "IMTYPE", "IMAGETYP")
_PURPOSES = {
    "a primary beam map": r"PRIMARY[\W_]*BEAM|PB|PBEAM|BEAM[\W_]*RESPONSE|RESPONSE|SENSITIVITY|"
    r"SENS",
    "a weight map": r"WEIGHTS?|WHT|WGT|WT|IVAR|INVVAR|INVMSE|INVERSE[\W_]*VARIANCE|CONFIDENCE|CONF",
    "a mask": r"MASKS?|DQ|DQF|QUALITY|QUAL|FLAGS?|FLG|BPM|BADPIX|FLAG32BIT|MSK",
    "a noise map": r"ERR|ERRORS?|UNCERT|UNCERTAINTY|UNC|RMS|NOISE|SIGMA|STD|STDEV|STDDEV|STAT|VAR|"
    r"VARIANCE|MSE|RMSE",
    "a coverage map": r"COV|COVERAGE|EXP|EXPOSURE|EXPTIME|HITS?|NHITS|NOBS|CTX|CONTEXT|CON|NSCAN",
    "a dirty or synthesized beam": r"PSF|BEAM|DIRTY[\W_]*BEAM",
    "a background map": r"BKG|BG|BACK|BACKGROUND|SKYBACKGROUND",
    "a map of labels": r"SEG|SEGM|SEGMENTATION|LABELS?|ISLANDS?",
    "a model": r"MODEL|MOD",
    "a residual map": r"RESIDUALS?|RESID|RES",
}  # fmt: skip
_PATTERNS = {
    what: re.compile(
        rf"(?:^|[\W_\d])(?:{words})(?:[\W_]*(?:MAP|IMAGE|IMG))?(?:$|[\W_\d])"
        r"(?![\W_]*(?:COR|SUB|FREE|REM))"
    )
    for what, words in _PURPOSES.items()
}
_BRACKETED = re.compile(r"(1\s*/\s*)?\((?P<unit>.+)\)\s*(?:\*\*|\^)?\s*\(?(?P<power>[-+]?\d)\)?")
_POWERS = {"a noise map": (2,), "a weight map": (-1, -2)}


def purpose(header: fits.Header) -> str:
    """Return the purpose of an image that is not the sky, such as ``a weight map``; else nothing.

    The names in EXTNAME, EXTTYPE, BTYPE, HDUCLAS2, HDUCLAS3 and IMTYPE tell it, else a BUNIT of
    weights, variances or times, else whole numbers without scale and unit, as masks have.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the image.
    """
    for key in _NAMING:
        name = text(header, key).upper()
        for what, pattern in _PATTERNS.items():
            if pattern.search(name):
                return what
    written = text(header, "BUNIT")
    if written:
        return _purpose_of_unit(_power_of_unit(written))
    is_scaled = number(header, "BSCALE") not in (None, 1.0)
    is_whole = (number(header, "BITPIX") or 0) > 0 and not is_scaled
    return "a map of whole numbers without a unit" if is_whole else ""


def _power_of_unit(written: str) -> u.UnitBase | None:
    """Return a unit that may be a power of one in brackets, such as ``(Jy/beam)**2``."""
    match = _BRACKETED.fullmatch(written)
    base = parse_unit(match["unit"]) if match else None
    if match is None or base is None:
        return parse_unit(written)
    power = int(match["power"])
    return base ** (-power if match[1] else power)


def _purpose_of_unit(unit: u.UnitBase | None) -> str:
    if unit is None:
        return ""
    for what, powers in _POWERS.items():
        for base in (*SURFACE_BRIGHTNESSES, u.Jy):
            if any(unit.is_equivalent(base**power) for power in powers):
                return what
    if unit.is_equivalent(u.s):
        return "a coverage map"
    return "a map without a unit" if unit.is_equivalent(u.dimensionless_unscaled) else ""
