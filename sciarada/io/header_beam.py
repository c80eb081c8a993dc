"""Find the restoring beam that a FITS header states, wherever it states it."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
from astropy import units as u
from astropy.io import fits

from sciarada.core.beam import Beam
from sciarada.core.errors import OptionError
from sciarada.io.header_values import number

KEYWORDS = (("BMAJ", "BMIN", "BPA"), ("CLEANBMJ", "CLEANBMN", "CLEANBPA"))
WIDEST = 180.0 * 3600.0  # arcsec
LONGEST = 1000.0  # major / minor
_FLOAT = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?)"
_HISTORY = re.compile(rf"BMAJ\s*=\s*{_FLOAT}[,\s]+BMIN\s*=\s*{_FLOAT}(?:[,\s]+BPA\s*=\s*{_FLOAT})?")


def parse_beam(option: str) -> Beam:
    """Return the beam of ``--beam MAJOR,MINOR,PA`` (arcsec, arcsec, degrees).

    One number gives a circular beam, two leave the position angle at 0.

    Raises
    ------
    OptionError
        If the text is not one to three numbers that make a beam.
    """
    try:
        values = [float(part) for part in option.split(",")]
        if len(values) > 3:
            raise ValueError("too many numbers")
        major, minor = (values * 2)[:2] if len(values) == 1 else values[:2]
        return Beam(major, minor, values[2] if len(values) == 3 else 0.0, origin="option")
    except ValueError as error:
        raise OptionError(
            f"--beam {option!r} is not a beam: give the FWHM of the major and minor axis in arcsec "
            f"and the position angle in degrees, such as --beam 15,12,30"
        ) from error


def find_beam(
    header: fits.Header, hdus: fits.HDUList, channel: int | None
) -> tuple[Beam | None, str, list[str]]:
    """Find the beam of an image.

    Parameters
    ----------
    header : `~astropy.io.fits.Header`
        Header of the image.
    hdus : `~astropy.io.fits.HDUList`
        The open file: CASA keeps beams that change with frequency in a table ``BEAMS``.
    channel : int or None
        Zero-based channel of the plane, where the image has channels.

    Returns
    -------
    beam : Beam or None
        Position angle as written, from the north of the image's own frame.
    where : str
        Where it was found, for people.
    notes : list of str
        What had to be guessed.
    """
    notes: list[str] = []
    for keys in KEYWORDS:
        beam = _make(*(number(header, key) for key in keys), "header", notes)
        if beam:
            return beam, ", ".join(keys), notes
    beam = _from_table(hdus, channel, notes)
    if beam:
        return beam, "the BEAMS table", notes
    for line in reversed([str(card) for card in header.get("HISTORY", [])]):
        match = _HISTORY.search(line)
        if match:
            values = [v and float(v.replace("D", "E").replace("d", "e")) for v in match.groups()]
            beam = _make(*values, "history", notes)
            if beam:
                return beam, "HISTORY", notes
    return None, "", notes


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
    width = beam.major / pixel_scale
    if width > max(100.0, math.hypot(*shape)) and 1.0 <= width / 3600.0 <= 100.0:
        note = "The beam in the header is wider than the image and was taken as arcsec."
        return replace(beam, major=beam.major / 3600.0, minor=beam.minor / 3600.0), [note]
    if beam.major > WIDEST or beam.minor < beam.major / LONGEST:
        size = f"{beam.major:.3g} by {beam.minor:.3g} arcsec"
        return None, [f"The beam in the header, {size}, makes no sense and is ignored."]
    if width < 1.0:
        return beam, ["The beam in the header is narrower than a pixel; --beam replaces it."]
    return beam, []


def _make(
    major: float | None, minor: float | None, pa: float | None, origin: str, notes: list[str]
) -> Beam | None:
    """Return a beam from degrees, or None where they make none."""
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
    return Beam(3600.0 * major, 3600.0 * minor, pa, origin=origin)


def _from_table(hdus: fits.HDUList, channel: int | None, notes: list[str]) -> Beam | None:
    """Return the beam of the plane's channel, else the median beam, of a CASA table."""
    table = next((h for h in hdus if h.name == "BEAMS" and isinstance(h, fits.BinTableHDU)), None)
    if table is None or not len(table.data) or not {"BMAJ", "BMIN"} <= set(table.columns.names):
        return None
    rows = table.data
    axes = [
        np.asarray(rows[key], float) * u.Unit(table.columns[key].unit or "arcsec").to(u.deg)
        for key in ("BMAJ", "BMIN")
    ]
    angles = np.asarray(rows["BPA"], float) if "BPA" in table.columns.names else None
    good = np.isfinite(axes[0]) & np.isfinite(axes[1]) & (axes[0] > 0) & (axes[1] > 0)
    chosen = good
    if channel is not None and "CHAN" in table.columns.names:
        chosen = good & (np.asarray(rows["CHAN"]) == channel)
    if not chosen.any():
        chosen = good
    if not chosen.any():
        return None
    index = np.flatnonzero(chosen)
    # The row of median size: its three numbers belong together.
    row = index[np.argsort(axes[0][index], kind="stable")[(len(index) - 1) // 2]]
    if len(index) > 1:
        notes.append(f"The beam is the median of {len(index)} in the BEAMS table.")
    pa = None if angles is None or not math.isfinite(angles[row]) else float(angles[row])
    return _make(float(axes[0][row]), float(axes[1][row]), pa, "header", notes)
