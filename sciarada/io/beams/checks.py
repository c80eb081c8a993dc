"""Make beams of numbers that headers state, and check their size."""

from __future__ import annotations

import math
from dataclasses import replace

from sciarada.geometry.beam import Beam

WIDEST = 180.0 * 3600.0  # arcsec
LONGEST = 1000.0  # major / minor
FEWEST_BEAMS = 3.0  # along an image in which background and sources can be separated


def beam_of(
    major: float | None, minor: float | None, pa: float | None, origin: str, notes: list[str]
) -> Beam | None:
    """Return a beam from degrees, or None if they are not valid; notes list corrections."""
    if not major or major < 0:
        return None
    if not minor or minor < 0:
        notes.append("The beam has no minor axis in the header and is taken as circular.")
        minor = major
    if pa is None and minor != major:
        notes.append("The beam has no position angle in the header; 0 is used.")
    pa = pa or 0.0
    if minor > major:
        notes.append("The axes of the beam are swapped in the header and were put in order.")
        major, minor, pa = minor, major, pa + 90.0
    if not math.isfinite(3600.0 * major):
        return None
    return Beam(3600.0 * major, 3600.0 * minor, pa, origin=origin)


def check_beam(
    beam: Beam, pixel_scale: float, shape: tuple[int, int]
) -> tuple[Beam | None, list[str]]:
    """Check the size of a header's beam against the image's.

    Some programs write BMAJ in arcsec. A beam that is wider than the image and than 100
    pixels when read in degrees, and of 1 to 100 pixels when read in arcsec, is taken as such.

    Parameters
    ----------
    beam : Beam
        As read in degrees.
    pixel_scale : float
        arcsec.
    shape : tuple of int
        (ny, nx) of the image.

    Returns
    -------
    beam : Beam or None
        The same, or 3600 times smaller, or none where its size is absurd.
    notes : list of str
        What was changed or looks wrong.
    """
    size = f"{beam.major:.3g} by {beam.minor:.3g} arcsec"
    absurd = f"The beam in the header, {size}, makes no sense and is ignored."
    if beam.minor < beam.major / LONGEST:
        return None, [absurd]
    width = beam.major / pixel_scale
    if width > max(100.0, math.hypot(*shape)) and 1.0 <= width / 3600.0 <= 100.0:
        note = "The beam in the header is wider than the image and was taken as arcsec."
        return replace(beam, major=beam.major / 3600.0, minor=beam.minor / 3600.0), [note]
    if beam.major > WIDEST:
        return None, [absurd]
    if width < 1.0:
        return beam, ["The beam in the header is narrower than a pixel; --beam replaces it."]
    beams = pixel_scale * max(shape) / math.sqrt(beam.major * beam.minor)
    size = f"The beam in the header, {beam.major:.4g} by {beam.minor:.4g} arcsec,"
    if beams < 1.0:
        return beam, [f"{size} is wider than the image; --beam replaces it."]
    if beams < FEWEST_BEAMS:
        return beam, [f"{size} fits only {beams:.1f} times into the image; --beam replaces it."]
    return beam, []
