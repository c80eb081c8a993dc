"""Parse BUNIT in any spelling, and find the conversion of the pixels to Jy/beam."""

from __future__ import annotations

import re

from astropy import units as u

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.geometry.beam import Beam

SURFACE_BRIGHTNESSES = (JY_PER_BEAM, u.Jy / u.pix, u.Jy / u.sr, u.K)
_PREFIXES = {
    "k": 1e3,
    "m": 1e-3, "milli": 1e-3,
    "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "micro": 1e-6,
    "n": 1e-9, "nano": 1e-9,
}  # fmt: skip
_JANSKY = r"(milli|micro|nano|[kmunµμ])?(?:jy|janskys?|janskies)"
_BEAM = r"(?:beams?|bm)"
_INVERSE = rf"{_BEAM}(?:\^|\*\*)?\(?-1\)?"
_PER_BEAM = re.compile(
    rf"{_JANSKY}\s*(?:/|per)\s*\(?{_BEAM}\)?"  # Jy/beam
    rf"|{_JANSKY}[\s.*]*{_INVERSE}"  # Jy beam-1
    rf"|{_INVERSE}[\s.*]*{_JANSKY}"  # beam-1 Jy
)


def parse_unit(text: str) -> u.UnitBase | None:
    """Return the unit that a text means, or None where it means none.

    ``Jy/beam`` and its multiples are recognised in any capitals and in the spellings that
    AIPS, MIRIAD, CASA and others write (``JY/BEAM``, ``Jy/bm``, ``beam-1 Jy``,
    ``mJy beam^-1``); an ``M`` before it is always milli. All else is read as astropy does.
    """
    match = _PER_BEAM.fullmatch(" ".join(text.split()).lower())
    if match:
        prefix = next((group for group in match.groups() if group), None)
        return u.Unit(_PREFIXES[prefix] * JY_PER_BEAM) if prefix else JY_PER_BEAM
    spelt = text.replace("JY", "Jy").replace("PIXEL", "pixel").replace("SR", "sr")
    for spelling in (text, spelt, text.capitalize()):
        try:
            return u.Unit(spelling)
        except (ValueError, TypeError):
            continue
    return None


def factor_to_jy_per_beam(
    unit: u.UnitBase | None, beam: Beam | None, pixel_area: float, frequency: float | None
) -> float:
    """Return the conversion of a surface brightness to Jy/beam.

    Parameters
    ----------
    unit : `~astropy.units.UnitBase` or None
        Jy/beam, Jy/pixel or Jy/sr and their multiples, or a brightness temperature.
    beam : Beam or None
        Needed by all but Jy/beam.
    pixel_area : float
        arcsec^2; needed by Jy/pixel.
    frequency : float or None
        Hz; needed by a temperature (Rayleigh-Jeans).

    Raises
    ------
    ValueError
        If the unit is not a surface brightness, or beam or frequency are needed and missing; the
        text goes on from "has BUNIT 'x', ".
    """
    kind = next(
        (k for k in SURFACE_BRIGHTNESSES if unit is not None and unit.is_equivalent(k)), None
    )
    if unit is None or kind is None:
        raise ValueError("which is not a surface brightness: say what it is with --unit Jy/beam")
    if kind == JY_PER_BEAM:
        return float(unit.to(JY_PER_BEAM))
    if beam is None:
        raise ValueError("which needs a beam to become Jy/beam: give it with --beam MAJ,MIN,PA")
    area = beam.area * u.arcsec**2
    if kind == u.Jy / u.pix:
        return float(unit.to(u.Jy / u.pix) * beam.area / pixel_area)
    if kind == u.Jy / u.sr:
        return float((1.0 * unit * area).to_value(u.Jy))
    if not frequency:
        raise ValueError("which needs a frequency to become Jy/beam: add RESTFRQ to the header")
    return float((1.0 * unit).to_value(u.Jy, u.brightness_temperature(frequency * u.Hz, area)))


def factor_of_image(image: SkyImage, unit: u.UnitBase | None) -> float:
    """Return the conversion of pixels to Jy/beam, for an image with its beam and frequency.

    Raises
    ------
    ValueError
        If the unit cannot be turned into Jy/beam; see `factor_to_jy_per_beam`.
    """
    pixel_area = image.pixel_area
    if image.beam is not None and image.beam_area is not None:
        pixel_area = image.beam.area / image.beam_area
    return factor_to_jy_per_beam(unit, image.beam, pixel_area, image.frequency)
