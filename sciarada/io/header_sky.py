"""Cut the celestial WCS of an image out of a FITS header."""

from __future__ import annotations

import re

import numpy as np
from astropy.io import fits

from sciarada.errors import ImageError
from sciarada.io.distortion_tables import KEYWORDS
from sciarada.io.header_axes import SkyPlane
from sciarada.io.header_matrix import matrix_elements
from sciarada.io.header_values import number, text

_PARAMETER = re.compile(r"(PV)(\d+)_(\d+)")
_DISTORTION = re.compile(r"(?:A|B|AP|BP)_(?:ORDER|\d+_\d+)")
_SYSTEM_IN = re.compile(r"ICRS|GAPPT|FK5|FK4(?:.NO.E)?|J2000|B1950")
_IMPLIED = {"J2000": ("FK5", 2000.0), "B1950": ("FK4", 1950.0)}
EQUINOXES = (1850.0, 2100.0)  # what a catalogue or image of the sky may refer to
_USUAL_EQUINOXES = (1950.0, 2000.0)


def celestial_header(
    name: str, header: fits.Header, plane: SkyPlane
) -> tuple[fits.Header, list[str]]:
    """Return a two-dimensional header that holds the celestial WCS and nothing else.

    Old spellings (``PC001002``, ``RADECSYS``, ``EPOCH``, short or lower-case CTYPEs, equinoxes
    in words) are put right on the way, and whatever is wrong with the other axes is left behind.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    header : `~astropy.io.fits.Header`
        Header of the image, of any number of axes.
    plane : SkyPlane
        Says which two axes are celestial.

    Returns
    -------
    header : `~astropy.io.fits.Header`
        WCS keywords of axes 1 and 2.
    notes : list of str
        What had to be guessed.

    Raises
    ------
    ImageError
        If the pixel size is missing, or a distorted sky shifts along another axis.
    """
    numbers = {plane.x: 1, plane.y: 2}
    matrix_kind, matrix = _matrix(header, plane, numbers)
    sky, notes = fits.Header([("WCSAXES", 2)]), []
    for source, target in numbers.items():
        sky[f"CTYPE{target}"] = _spell_type(plane.axes[source - 1].kind)
        sky[f"CUNIT{target}"] = _spell_unit(text(header, f"CUNIT{source}"))
        _copy(header, f"CRPIX{source}", sky, f"CRPIX{target}")
        _copy(header, f"CRVAL{source}", sky, f"CRVAL{target}")
        if matrix_kind != "CD":
            _copy(header, f"CDELT{source}", sky, f"CDELT{target}")
            if sky.get(f"CDELT{target}", 1.0 if matrix_kind else 0.0) == 0.0:
                raise ImageError(
                    f"{name} does not say how large its pixels are: CDELT{source} is missing or 0"
                )
        if not matrix_kind:
            _copy(header, f"CROTA{source}", sky, f"CROTA{target}")
        if f"CRVAL{target}" not in sky:
            notes.append(f"CRVAL{source} is missing and 0 is used.")
    if "-" not in sky["CTYPE1"]:
        notes.append("The header names no projection: positions run linearly with the pixels.")
    sky.update(matrix)
    for key in header:
        if (match := _PARAMETER.fullmatch(key)) and int(match[2]) in numbers:
            _copy(header, key, sky, f"{match[1]}{numbers[int(match[2])]}_{match[3]}")
        elif _DISTORTION.fullmatch(key) or key in ("LONPOLE", "LATPOLE"):
            _copy(header, key, sky, key)
    notes += _named_polynomial(sky)
    _copy_tables(name, header, plane, sky)
    sky.update(_system(header, notes))
    notes += _shift_to_plane(name, header, plane, sky, matrix_kind)
    return sky, notes


def _named_polynomial(sky: fits.Header) -> list[str]:
    """Name the distortion polynomial in the CTYPEs where a header has one that they do not name."""
    if not {"A_ORDER", "B_ORDER"} <= set(sky) or "-SIP" in sky["CTYPE1"]:
        return []
    for axis in (1, 2):
        sky[f"CTYPE{axis}"] += "-SIP"
    return ["The distortion (A_i_j, B_i_j) is used, although the CTYPEs do not end in -SIP."]


def _copy_tables(name: str, header: fits.Header, plane: SkyPlane, sky: fits.Header) -> None:
    """Copy the cards that name distortion tables."""
    cards = [card for card in header.cards if KEYWORDS.fullmatch(card.keyword)]
    if cards and (plane.x, plane.y) != (1, 2):
        raise ImageError(
            f"{name} has distortion tables of axes other than the first two, which cannot be read"
        )
    for card in cards:
        sky.append(card, end=True)


def _copy(header: fits.Header, source: str, sky: fits.Header, target: str) -> None:
    """Copy a number, if it is one."""
    value = number(header, source)
    if value is not None:
        sky[target] = int(value) if target.endswith("_ORDER") else value


def _matrix(
    header: fits.Header, plane: SkyPlane, numbers: dict[int, int]
) -> tuple[str, dict[str, float]]:
    """Return which matrix turns the sky axes (CD before PC, or none), and its cards."""
    others = {axis.number for axis in plane.others}
    for kind, elements in matrix_elements(header).items():
        cards = {
            f"{kind}{numbers[row]}_{numbers[column]}": value
            for (row, column), value in elements.items()
            if row in numbers and column in numbers
        }
        shifts = (r in numbers and c in others and value for (r, c), value in elements.items())
        if cards or (kind == "PC" and any(shifts)):
            return kind, cards
    return "", {}


def _shift_to_plane(
    name: str, header: fits.Header, plane: SkyPlane, sky: fits.Header, kind: str
) -> list[str]:
    """Move CRPIX to where the reference is in this plane, if the sky shifts along other axes."""
    elements = matrix_elements(header).get(kind, {})
    others = {axis.number: axis.name for axis in plane.others}
    coupled = {
        key: value
        for key, value in elements.items()
        if key[0] in (plane.x, plane.y) and key[1] in others and value
    }
    if not coupled:
        return []
    (row, column), value = next(iter(coupled.items()))
    what = f"shifts along {others[column]} ({kind}{row}_{column} = {value:g})"
    shift = np.zeros(2)
    for (row, column), value in coupled.items():
        reference = number(header, f"CRPIX{column}") or 0.0
        shift[(plane.x, plane.y).index(row)] += value * (plane.position(column) + 1 - reference)
    square = np.array(
        [
            [sky.get(f"{kind}{i}_{j}", float(kind == "PC" and i == j)) for j in (1, 2)]
            for i in (1, 2)
        ]
    )
    distorted = any(_DISTORTION.fullmatch(key) or KEYWORDS.fullmatch(key) for key in sky)
    if distorted or not abs(np.linalg.det(square)) > 0:
        raise ImageError(f"{name} has a sky that {what}, which cannot be cut into planes")
    for axis, pixels in zip((1, 2), np.linalg.solve(square, shift), strict=True):
        sky[f"CRPIX{axis}"] = sky.get(f"CRPIX{axis}", 0.0) - float(pixels)
    return [f"The sky {what}; it is read as it is in this plane."]


def _spell_type(kind: str) -> str:
    name, *rest = [part for part in kind.split("-") if part]
    return name if not rest else "-".join([f"{name:-<4}", f"{rest[0]:->3}", *rest[1:]])


def _spell_unit(unit: str) -> str:
    lower = unit.lower()
    if not lower or lower.startswith("deg"):
        return "deg"
    return "rad" if lower.startswith("rad") else lower


def _system(header: fits.Header, notes: list[str]) -> dict[str, str | float]:
    """Return RADESYS and EQUINOX, whichever keywords hold them and however they are spelt."""
    written = text(header, "RADESYS") or text(header, "RADECSYS")
    match = _SYSTEM_IN.search(written.upper())
    if written and not match:
        notes.append(f"RADESYS {written!r} is unknown and was ignored.")
    system, equinox = _IMPLIED.get(match[0], (match[0], None)) if match else ("", None)
    for key in ("EQUINOX", "EPOCH"):
        value = number(header, key)
        worded = re.match(r"([JB])\s*(\d{4}(?:\.\d*)?)", text(header, key).upper())
        if value is None and worded:
            value = float(worded[2])
            system = system or ("FK5" if worded[1] == "J" else "FK4")
        if value is not None and not EQUINOXES[0] <= value <= EQUINOXES[1]:
            notes.append(f"{key} {value:g} is no equinox and was ignored.")
        elif value is not None:
            equinox = value
            if key == "EPOCH" and value not in _USUAL_EQUINOXES:
                notes.append(f"EPOCH {value:g} is taken as the equinox of the positions.")
            break
    cards: dict[str, str | float] = {}
    if system:
        cards["RADESYS"] = re.sub(r"(FK4).NO.E", r"\1-NO-E", system)
    if equinox is not None and system != "ICRS":
        cards["EQUINOX"] = equinox
    return cards
