"""Understand BUNIT, however it is spelt, and find what turns the pixels into Jy/beam."""

from __future__ import annotations

import re

from astropy import units as u

from sciarada.core.beam import Beam

JY_PER_BEAM = u.Jy / u.beam
_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6}
_PREFIXES |= {"micro": 1e-6, "n": 1e-9, "nano": 1e-9}
_JANSKY = r"(?P<prefix>milli|micro|nano|[kmunµμ])?(?:jy|janskys?|janskies)"
_BEAM = r"(?:beams?|bm)"
_PER_BEAM = re.compile(
    rf"^(?:{_JANSKY}[\s./*]*{_BEAM}(?:\^?\(?-1\)?)|{_JANSKY}\s*(?:/|per)\s*\(?{_BEAM}\)?"
    rf"|{_BEAM}(?:\^?\(?-1\)?)[\s.*]*{_JANSKY})$".replace("?P<prefix>", "")
)


def parse_unit(text: str) -> u.UnitBase | None:
    """Return the unit that a text means, or None where it means none.

    ``Jy/beam`` and its multiples are recognised in any capitals and in the spellings that
    AIPS, MIRIAD, CASA and others write (``JY/BEAM``, ``Jy/bm``, ``beam-1 Jy``,
    ``mJy beam^-1``); an ``M`` before it is always milli. All else is read as astropy does.
    """
    match = _PER_BEAM.match(" ".join(text.split()).lower())
    if match:
        prefix = next((group for group in match.groups() if group), "")
        scale = _PREFIXES[prefix]
        return JY_PER_BEAM if scale == 1 else u.Unit(scale * JY_PER_BEAM)
    for spelling in (text, text.replace("JY", "Jy").replace("PIXEL", "pixel").replace("SR", "sr")):
        try:
            return u.Unit(spelling)
        except (ValueError, TypeError):
            continue
    return u.K if text.strip().lower() in ("kelvin", "k") else None


def factor_to_jy_per_beam(
    unit: u.UnitBase, beam: Beam | None, pixel_area: float, frequency: float | None
) -> float | None:
    """Return what turns a surface brightness into Jy/beam, or None where nothing does.

    Parameters
    ----------
    unit : `~astropy.units.UnitBase`
        Jy/beam, Jy/pixel or Jy/sr and their multiples, or a brightness temperature.
    beam : Beam or None
        Needed by all but Jy/beam.
    pixel_area : float
        arcsec^2; needed by Jy/pixel.
    frequency : float or None
        Hz; needed by a temperature (Rayleigh-Jeans).
    """
    if unit.is_equivalent(JY_PER_BEAM):
        return float(unit.to(JY_PER_BEAM))
    if beam is None:
        return None
    area = beam.area * u.arcsec**2
    if unit.is_equivalent(u.Jy / u.pix):
        return float(unit.to(u.Jy / u.pix) * beam.area / pixel_area)
    if unit.is_equivalent(u.Jy / u.sr):
        return float((1.0 * unit * area).to_value(u.Jy))
    if unit.is_equivalent(u.K) and frequency:
        return float((1.0 * unit).to_value(u.Jy, u.brightness_temperature(frequency * u.Hz, area)))
    return None
