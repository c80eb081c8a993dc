"""The properties of an image, as plain values and as lines of text."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import Angle

from sciarada.core.image import SkyImage
from sciarada.geometry.frames import frame_name
from sciarada.geometry.precision import degree_decimals
from sciarada.measure.pixel_statistics import PixelStatistics
from sciarada.report.units import brightness_scale

NONE = "none"
MIN_DECIMALS = 5  # of a degree
MINUS = "\N{MINUS SIGN}"  # which a terminal's other programs do not read as a number's


def image_facts(
    image: SkyImage, statistics: PixelStatistics | None, memory: float
) -> dict[str, Any]:
    """Return the properties of an image as values for JSON.

    Parameters
    ----------
    image : SkyImage
    statistics : PixelStatistics or None
        None where the pixels were not read.
    memory : float
        Bytes that a detection run needs.
    """
    ra, dec = image.pixel_to_sky(*image.centre)
    ny, nx = image.shape
    beam = image.beam
    found = defaultdict(lambda: None, {k: v or None for k, v in image.provenance.items()})
    return {
        "name": image.name,
        "path": None if image.path is None else str(image.path),
        "file_bytes": None if image.path is None else image.path.stat().st_size,
        "hdu": found["hdu"],
        "axes": found["axes"],
        "plane": found["plane"],
        "shape": [ny, nx],
        "frame": frame_name(image.frame),
        "projection": image.wcs.wcs.ctype[0].partition("-")[2].strip("-") or None,
        "centre": {"ra_deg": float(ra), "dec_deg": float(dec)} if np.isfinite(ra) else None,
        "pixel_scale_arcsec": image.pixel_scale,
        "field_deg": [n * image.pixel_scale / 3600.0 for n in (nx, ny)],
        "beam": None
        if beam is None
        else {
            "maj_arcsec": beam.major,
            "min_arcsec": beam.minor,
            "pa_deg": beam.pa,
            "pixels": image.beam_area,
            "constant": "in the image plane" if image.beam_rule.in_plane else "on the sky",
            "found_in": found["beam"],
        },
        "unit": None if image.unit is None else image.unit.to_string().replace(" ", ""),
        "unit_found_in": found["unit"],
        "frequency_hz": image.frequency,
        "frequency_found_in": found["frequency"],
        "pixels": None
        if statistics is None
        else {
            "total": statistics.total,
            "missing": statistics.missing,
            "min": statistics.minimum,
            "max": statistics.maximum,
            "median": statistics.median,
            "scatter": statistics.scatter,
        },
        "detect_memory_bytes": round(memory),
        "notes": list(image.notes),
    }


def image_lines(image: SkyImage, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a label and a text for each fact, to be shown one below the other."""
    lines = []
    if facts["path"] is not None:
        lines.append(("file", f"{_bytes(facts['file_bytes'])}, HDU {facts['hdu']}"))
        lines.append(("axes", facts["axes"]))
    if facts["plane"]:
        lines.append(("plane", f"{facts['plane']} (counted from 0)"))
    ny, nx = facts["shape"]
    width, height = (_angle(side) for side in facts["field_deg"])
    lines += [
        ("size", f'{nx} x {ny} pixels of {facts["pixel_scale_arcsec"]:.4g}", {width} x {height}'),
        ("frame", f"{facts['frame']}, {facts['projection'] or 'no'} projection"),
        ("centre", _position(facts["centre"], facts["pixel_scale_arcsec"])),
        ("beam", _beam(facts["beam"])),
        ("unit", _found(facts["unit"] or NONE, facts["unit_found_in"])),
        ("frequency", _frequency(facts["frequency_hz"], facts["frequency_found_in"])),
    ]
    if facts["pixels"] is not None:
        lines += _pixels(image, facts["pixels"])
    lines.append(("memory", f"about {_bytes(facts['detect_memory_bytes'])} for sciarada detect"))
    return lines + [("note", note) for note in facts["notes"]]


def _pixels(image: SkyImage, pixels: dict[str, Any]) -> list[tuple[str, str]]:
    share = 100.0 * pixels["missing"] / pixels["total"]
    lines = [("missing", f"{share:.3g} % of {pixels['total']} pixels")]
    if pixels["median"] is not None:
        low, middle, high, scatter = (
            brightness_scale(pixels[key], image.unit).write(pixels[key]).replace(MINUS, "-")
            for key in ("min", "median", "max", "scatter")
        )
        lines.append(("values", f"{low} to {high}, median {middle}, scatter {scatter}"))
    return lines


def _beam(beam: dict[str, Any] | None) -> str:
    if beam is None:
        return f"{NONE}: total fluxes need --beam MAJ,MIN,PA"
    size = f'{beam["maj_arcsec"]:.4g}" x {beam["min_arcsec"]:.4g}", PA {beam["pa_deg"]:.4g} deg'
    return _found(
        f"{size}, {beam['pixels']:.3g} pixels, constant {beam['constant']}", beam["found_in"]
    )


def _frequency(hertz: float | None, where: str | None) -> str:
    if hertz is None:
        return NONE
    return _found(f"{hertz / 1e9:.7g} GHz" if hertz >= 1e9 else f"{hertz / 1e6:.7g} MHz", where)


def _found(text: str, where: str | None) -> str:
    return f"{text}, from {where}" if where else text


def _position(centre: dict[str, float] | None, pixel_scale: float) -> str:
    """Return a position to a tenth of a pixel, and to 0.1 arcsec at the least."""
    if centre is None:
        return "off the sky"
    ra_deg, dec_deg = centre["ra_deg"], centre["dec_deg"]
    digits = max(1, math.ceil(-math.log10(pixel_scale / 10.0) - 1e-9))
    decimals = degree_decimals(pixel_scale, MIN_DECIMALS)
    ra = Angle(ra_deg, "deg").to_string(u.hour, sep=":", precision=digits + 1, pad=True)
    dec = Angle(dec_deg, "deg").to_string(
        u.deg, sep=":", precision=digits, pad=True, alwayssign=True
    )
    return f"{ra} {dec} ICRS ({ra_deg:.{decimals}f}, {dec_deg:+.{decimals}f} deg)"


def _angle(degrees: float) -> str:
    if degrees >= 1.0:
        return f"{degrees:.3g} deg"
    minutes = degrees * 60.0
    if minutes >= 1.0:
        return f"{minutes:.3g}'"
    seconds = minutes * 60.0
    return f'{seconds:.3g}"' if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µas"


def _bytes(count: float) -> str:
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} bytes"
