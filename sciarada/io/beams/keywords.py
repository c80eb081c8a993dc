"""Beams in keywords: of the whole image, or of each plane."""

from __future__ import annotations

import re

from astropy import units as u
from astropy.io import fits

from sciarada.geometry.beam import Beam
from sciarada.io.beams.checks import beam_of
from sciarada.io.header_values import number
from sciarada.io.units_written import scale

OF_THE_IMAGE = (("BMAJ", "BMIN", "BPA"), ("CLEANBMJ", "CLEANBMN", "CLEANBPA"))
_UNIT = re.compile(r"\s*\[\s*([A-Za-z]+)\s*\]")


def beam_in_keywords(header: fits.Header, notes: list[str]) -> tuple[Beam | None, str]:
    """Return the beam of BMAJ or CLEANBMJ, and where it was found."""
    for keys in OF_THE_IMAGE:
        major, minor, pa = (_degrees(header, key) for key in keys)
        beam = beam_of(major, minor, pa, "header", notes)
        if beam:
            return beam, ", ".join(keys)
    return None, ""


def beam_of_channel(
    header: fits.Header, channel: int, channels: int, notes: list[str]
) -> tuple[Beam | None, str]:
    """Return the beam of BMAJ5, BMIN5, BPA5, which some imagers write for each channel.

    They count from 0 where there is a BMAJ0, else from 1.
    """
    if channels < 2:
        return None, ""
    place = channel if number(header, "BMAJ0") is not None else channel + 1
    keys = tuple(f"{key}{place}" for key in OF_THE_IMAGE[0])
    major, minor, pa = (_degrees(header, key) for key in keys)
    beam = beam_of(major, minor, pa, "header", notes)
    return beam, ", ".join(keys) if beam else ""


def _degrees(header: fits.Header, key: str) -> float | None:
    """Return a keyword in degrees, or in the unit in brackets at the start of its comment."""
    value = number(header, key)
    if value is None:
        return None
    match = _UNIT.match(header.comments[key])
    return value * ((scale(match[1], u.deg) if match else None) or 1.0)
