"""The axes of a FITS array, and the choice of the one plane that is an image of the sky."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from astropy.io import fits

from sciarada.errors import ImageError, OptionError
from sciarada.io.header_values import number, text

_LONGITUDE = re.compile(r"^(RA|[A-Z]LON|[A-Z]{2}LN)(?:-|$)")
_LATITUDE = re.compile(r"^(DEC|[A-Z]LAT|[A-Z]{2}LT)(?:-|$)")
SPECTRAL = (
    "FREQ", "ENER", "WAVN", "VRAD", "WAVE", "VOPT", "ZOPT", "AWAV", "VELO", "BETA",
    "FELO", "VELOCITY", "FREQUENCY", "WAVELENGTH", "LAMBDA",
)  # fmt: skip


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
        return self.kind.split("-")[0] or f"AXIS{self.number}"


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

    def axis_of(self, names: Sequence[str]) -> Axis | None:
        """Return the first axis with pixels of one of some names, None where there is none."""
        return next((axis for axis in self.others if axis.name in names), None)

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
    celestial = celestial_axes(axes)
    if celestial is None:
        raise ImageError(f"{name} has no pair of celestial axes")
    x, y = celestial
    others = [axis for axis in axes if axis.number not in (x, y)]
    long = [axis for axis in others if axis.length > 1]
    asked = long if plane is None or len(plane) == len(long) else others
    planes = " and ".join(f"{axis.length} planes along {axis.name}" for axis in long)
    pattern, example = ",".join(axis.name for axis in long), ",".join("0" for _ in long)
    if plane is None and long:
        raise ImageError(
            f"{name} has {planes}: choose one with --plane {pattern}, counted from 0, "
            f"such as --plane {example}"
        )
    if plane is not None and len(plane) != len(asked):
        need = (
            f"write --plane {pattern}, such as --plane {example}" if long else "leave --plane out"
        )
        raise ImageError(f"{name} has {planes or 'a single plane'}: {need}")
    given = dict(zip([axis.number for axis in asked], plane or (), strict=False))
    index = tuple(given.get(axis.number, 0) for axis in others)
    for axis, place in zip(others, index, strict=True):
        if not 0 <= place < axis.length:
            raise ImageError(
                f"{name} has no plane {place} along {axis.name}: "
                f"--plane counts from 0 to {axis.length - 1} there"
            )
    return SkyPlane(tuple(axes), x, y, index)
