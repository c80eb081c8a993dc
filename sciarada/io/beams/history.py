"""Beams in HISTORY, where AIPS and others leave them."""

from __future__ import annotations

import re

from astropy import units as u
from astropy.io import fits

from sciarada.geometry.beam import Beam
from sciarada.io.beams.checks import beam_of
from sciarada.io.units_written import scale

_FLOAT = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?)"
# AIPS: "CLEAN BMAJ=  2.5000E-03 BMIN=  1.5000E-03 BPA=  20.00", in degrees
_AIPS = re.compile(rf"BMAJ\s*=\s*{_FLOAT}[,\s]+BMIN\s*=\s*{_FLOAT}(?:[,\s]+BPA\s*=\s*{_FLOAT})?")
# CASA and Miriad: "beam used in restoration: 10.3 by 8.1 (arcsec) at pa 30.1 (deg)"
_WORDED = re.compile(
    rf"beam\b.*?{_FLOAT}\s*(?:by|x)\s*{_FLOAT}\s*\(?\s*(asec|arcsec|arcmin|deg)[a-z]*\)?"
    rf".*?(?:pa|position angle)\s*(?:=|:|of|is)?\s*{_FLOAT}",
    re.IGNORECASE,
)


def beam_in_history(header: fits.Header, notes: list[str]) -> Beam | None:
    """Return the beam of the last line that states one."""
    for line in reversed([str(card) for card in header.get("HISTORY", [])]):
        beam = beam_of(*_degrees(line), "history", notes)
        if beam:
            return beam
    return None


def _degrees(line: str) -> tuple[float | None, float | None, float | None]:
    if match := _AIPS.search(line):
        major, minor, pa = (None if value is None else _number(value) for value in match.groups())
        return major, minor, pa
    if match := _WORDED.search(line):
        unit = scale(match[3].replace("asec", "arcsec").replace("arcarcsec", "arcsec"), u.deg)
        if unit is not None:
            return _number(match[1]) * unit, _number(match[2]) * unit, _number(match[4])
    return None, None, None


def _number(text: str) -> float:
    return float(text.replace("D", "E").replace("d", "e"))
