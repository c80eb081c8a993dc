"""Reduce the axes of a FITS image to the sky: choose the plane, and cut its WCS from the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from astropy.io import fits

from sciarada.core.errors import ImageError, OptionError
from sciarada.io.header_values import number, text

_LONGITUDE = re.compile(r"^(RA|[A-Z]LON|[A-Z]{2}LN)(?:-|$)")
_LATITUDE = re.compile(r"^(DEC|[A-Z]LAT|[A-Z]{2}LT)(?:-|$)")
_MATRIX = re.compile(r"^(PC|CD)(?:(\d+)_(\d+)|(\d{3})(\d{3}))$")
_PARAMETER = re.compile(r"^(PV|PS)(\d+)_(\d+)$")
_DISTORTION = re.compile(r"^(A|B|AP|BP)_(ORDER|DMAX|\d+_\d+)$")
_RADESYS = {
    "J2000": ("FK5", 2000.0),
    "J2000.0": ("FK5", 2000.0),
    "FK5/J2000": ("FK5", 2000.0),
    "B1950": ("FK4", 1950.0),
    "B1950.0": ("FK4", 1950.0),
    "FK4/B1950": ("FK4", 1950.0),
}


@dataclass(frozen=True)
class Axis:
    """One axis of a FITS array.

    Parameters
    ----------
    number : int
        As FITS counts, from 1.
    kind : str
        CTYPE in capitals, empty where there is none.
    length : int
        Pixels along it.
    """

    number: int
    kind: str
    length: int

    @property
    def name(self) -> str:
        """First part of the type, such as RA or FREQ."""
        return self.kind.split("-")[0] or f"axis {self.number}"


@dataclass(frozen=True)
class SkyPlane:
    """The plane of a FITS array that is the image of the sky.

    Parameters
    ----------
    axes : tuple of Axis
        All axes of the array in FITS order.
    x, y : int
        FITS numbers of the two celestial axes, x before y.
    index : tuple of int
        Zero-based place along each of the other axes, in FITS order.
    """

    axes: tuple[Axis, ...]
    x: int
    y: int
    index: tuple[int, ...]

    @property
    def others(self) -> tuple[Axis, ...]:
        """The axes that are not celestial."""
        return tuple(axis for axis in self.axes if axis.number not in (self.x, self.y))

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return (self.axes[self.y - 1].length, self.axes[self.x - 1].length)

    def position(self, axis: int) -> int:
        """Return the chosen zero-based place along a FITS axis; 0 where it has no pixels."""
        numbers = [other.number for other in self.others]
        return self.index[numbers.index(axis)] if axis in numbers else 0

    def selection(self) -> tuple[int | None, ...]:
        """Return the place along each array axis in numpy's order, None for y and x."""
        places = {axis.number: place for axis, place in zip(self.others, self.index, strict=True)}
        return tuple(places.get(axis.number) for axis in reversed(self.axes))


def array_axes(header: fits.Header) -> tuple[Axis, ...]:
    """Return the axes that the array of a header has."""
    count = int(number(header, "NAXIS") or 0)
    return tuple(
        Axis(n, text(header, f"CTYPE{n}").upper(), int(number(header, f"NAXIS{n}") or 0))
        for n in range(1, count + 1)
    )


def celestial_axes(axes: Sequence[Axis]) -> tuple[int, int] | None:
    """Return the FITS numbers of the longitude and latitude axes, smaller first, or None."""
    lon = next((axis.number for axis in axes if _LONGITUDE.match(axis.kind)), None)
    lat = next((axis.number for axis in axes if _LATITUDE.match(axis.kind)), None)
    return None if lon is None or lat is None else (min(lon, lat), max(lon, lat))


def parse_plane(option: str) -> tuple[int, ...]:
    """Return the indices of ``--plane 3`` or ``--plane 0,2``.

    Raises
    ------
    OptionError
        If the text is not whole numbers from 0.
    """
    try:
        indices = tuple(int(part) for part in option.split(","))
    except ValueError:
        indices = (-1,)
    if min(indices) < 0:
        raise OptionError(
            f"--plane {option!r} is not a plane: give one whole number from 0 for each axis that "
            f"is longer than 1, such as --plane 1 or --plane 0,2"
        )
    return indices


def choose_plane(name: str, axes: Sequence[Axis], plane: Sequence[int] | None) -> SkyPlane:
    """Choose the plane of an array that is the image.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    axes : sequence of Axis
        The axes of the array, two of them celestial.
    plane : sequence of int or None
        Zero-based places along the other axes, in FITS order: either along those longer than
        1, or along all.

    Raises
    ------
    ImageError
        If a choice is needed and not given, or given and not possible.
    """
    x, y = celestial_axes(axes)
    others = [axis for axis in axes if axis.number not in (x, y)]
    long = [axis for axis in others if axis.length > 1]
    listed = " and ".join(f"{axis.length} planes along {axis.name}" for axis in long)
    if plane is None:
        if long:
            pattern = ",".join(axis.name for axis in long)
            example = ",".join("0" for _ in long)
            raise ImageError(
                f"{name} has {listed}: choose one with --plane {pattern}, counted from 0, "
                f"such as --plane {example}"
            )
        plane = ()
    if len(plane) == len(long):
        given = dict(zip([axis.number for axis in long], plane, strict=True))
    elif len(plane) == len(others):
        given = dict(zip([axis.number for axis in others], plane, strict=True))
    else:
        have = listed or "a single plane"
        raise ImageError(
            f"{name} has {have}: --plane takes {len(long)} numbers, not {len(plane)}"
            if long
            else f"{name} has {have}: leave --plane out"
        )
    index = tuple(given.get(axis.number, 0) for axis in others)
    for axis, place in zip(others, index, strict=True):
        if not 0 <= place < axis.length:
            raise ImageError(
                f"{name} has no plane {place} along {axis.name}: "
                f"--plane counts from 0 to {axis.length - 1} there"
            )
    return SkyPlane(tuple(axes), x, y, index)


def celestial_header(name: str, header: fits.Header, plane: SkyPlane) -> fits.Header:
    """Return a two-dimensional header that holds the celestial WCS and nothing else.

    Old spellings (``PC001002``, ``RADECSYS``, ``EPOCH``, short or lower-case CTYPEs) are put
    right on the way, and whatever is wrong with the other axes is left behind.

    Raises
    ------
    ImageError
        If the pixel size is missing, or the sky turns with another axis.
    """
    numbers = {plane.x: 1, plane.y: 2}
    sky = fits.Header()
    sky["WCSAXES"] = 2
    matrix, rotated = _matrix(name, header, plane, numbers)
    for source, target in numbers.items():
        sky[f"CTYPE{target}"] = _spell_type(plane.axes[source - 1].kind)
        sky[f"CUNIT{target}"] = _spell_unit(text(header, f"CUNIT{source}"))
        for key in ("CRPIX", "CRVAL", "CDELT", "CROTA"):
            value = number(header, f"{key}{source}")
            if key == "CDELT" and not value and rotated != "CD":
                raise ImageError(
                    f"{name} does not say how large its pixels are: "
                    f"CDELT{source} is missing or 0; mend the header"
                )
            skip = (key == "CDELT" and rotated == "CD") or (key == "CROTA" and rotated)
            if value is not None and not skip:
                sky[f"{key}{target}"] = value
    sky.update(matrix)
    for key in header:
        match = _PARAMETER.match(key)
        value = number(header, key) if match or _DISTORTION.match(key) else None
        if match and int(match[2]) in numbers and value is not None:
            sky[f"{match[1]}{numbers[int(match[2])]}_{match[3]}"] = value
        elif value is not None and not match:
            sky[key] = int(value) if key.endswith("ORDER") else value
    for key in ("LONPOLE", "LATPOLE"):
        value = number(header, key)
        if value is not None:
            sky[key] = value
    system, equinox = _system(header)
    if system:
        sky["RADESYS"] = system
    if equinox is not None:
        sky["EQUINOX"] = equinox
    return sky


def _matrix(
    name: str, header: fits.Header, plane: SkyPlane, numbers: dict[int, int]
) -> tuple[dict[str, float], str]:
    """Return the cards of the CD (else PC) matrix of the two axes, and which it is."""
    found: dict[str, dict[tuple[int, int], float]] = {"PC": {}, "CD": {}}
    for key in header:
        match = _MATRIX.match(key)
        value = number(header, key) if match else None
        if value is not None:
            row, column = (int(part) for part in match.groups()[1:] if part)
            found[match[1]][row, column] = value
    kind = "CD" if any(i in numbers and j in numbers for i, j in found["CD"]) else "PC"
    cards = {}
    for (row, column), value in found[kind].items():
        if row in numbers and column in numbers:
            cards[f"{kind}{numbers[row]}_{numbers[column]}"] = value
        elif row in numbers and column <= len(plane.axes) and value:
            raise ImageError(
                f"{name} has a sky that shifts along {plane.axes[column - 1].name} "
                f"({kind}{row}_{column} = {value:g}), which cannot be cut into planes"
            )
    return cards, kind if cards else ""


def _spell_type(kind: str) -> str:
    name, *rest = [part for part in kind.split("-") if part]
    return name if not rest else "-".join([f"{name:-<4}", f"{rest[0]:->3}", *rest[1:]])


def _spell_unit(unit: str) -> str:
    lower = unit.lower()
    if not lower or lower.startswith("deg"):
        return "deg"
    return "rad" if lower.startswith("rad") else lower


def _system(header: fits.Header) -> tuple[str, float | None]:
    """Return RADESYS and the equinox, whichever keywords hold them."""
    written = (text(header, "RADESYS") or text(header, "RADECSYS")).upper()
    equinox = None
    for key in ("EQUINOX", "EPOCH"):
        value = text(header, key).upper()
        if equinox is None:
            equinox = number(header, key)
        if equinox is None and value[:1] in ("J", "B"):
            equinox = number(fits.Header({"E": value[1:]}), "E")
            written = written or value
    system, implied = _RADESYS.get(written, (written, None))
    return system, equinox if equinox is not None else implied
