"""Shapes of radio sources: each a small cloud of Gaussians with a random geometry.

A generator takes the largest angular size in arcsec and a source of chance, and returns a
`Shape`: Gaussians placed by their offsets from the source's position, with flux shares that
add up to one. The size is that of the whole shape, end to end, except for ``gaussian``,
where it is the FWHM of the major axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, eq=False)
class Shape:
    """Gaussians that make up one source.

    Parameters
    ----------
    share : ndarray
        Share of the source's flux, adding up to 1.
    east, north : ndarray
        Offset from the source's position in arcsec.
    major, minor : ndarray
        Intrinsic FWHM in arcsec; 0 for a point.
    pa : ndarray
        Position angle in degrees, north through east.
    """

    share: np.ndarray
    east: np.ndarray
    north: np.ndarray
    major: np.ndarray
    minor: np.ndarray
    pa: np.ndarray

    def __len__(self) -> int:
        return len(self.share)


Morphology = Callable[[float, np.random.Generator], Shape]


def point(size: float, rng: np.random.Generator) -> Shape:
    """Return an unresolved source; its size is not used."""
    return _shape(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def gaussian(size: float, rng: np.random.Generator) -> Shape:
    """Return one elliptical Gaussian with an axis ratio between 0.4 and 1."""
    return _shape(1.0, 0.0, 0.0, size, size * rng.uniform(0.4, 1.0), rng.uniform(0, 180))


def double(size: float, rng: np.random.Generator) -> Shape:
    """Return an edge-brightened double (FR II): hot spots, lobes that trail inwards, a core."""
    share, along, length, width = [rng.uniform(0.02, 0.12)], [0.0], [0.0], [0.0]
    ratio = rng.uniform(0.5, 2.0)
    arms = (size / 2) * np.array([1.0, -rng.uniform(0.75, 1.0)])
    for arm, lobe_share in zip(arms, (ratio / (1 + ratio), 1 / (1 + ratio)), strict=True):
        hot = rng.uniform(0.35, 0.6)
        for part, place, extent in ((hot, 0.95, 0.06), (1 - hot, 0.72, 0.36)):
            share.append(lobe_share * part)
            along.append(arm * place)
            length.append(abs(arm) * extent)
            width.append(abs(arm) * extent * 0.5)
    angle = rng.uniform(0, 180)
    bend = np.radians(angle + np.where(np.array(along) < 0, rng.normal(0, 6), 0.0))
    east, north = np.array(along) * np.sin(bend), np.array(along) * np.cos(bend)
    return _shape(share, east, north, length, width, np.degrees(bend))


def tail(size: float, rng: np.random.Generator) -> Shape:
    """Return a head-tail: a bright head and a curved plume that widens and fades."""
    step = np.linspace(0, 1, 14)
    path_angle = rng.uniform(0, 2 * np.pi) + rng.choice([-1, 1]) * rng.uniform(0.4, 1.3) * step
    pieces = 0.9 * size / (len(step) - 1)
    east = np.concatenate([[0], np.cumsum(pieces * np.sin(path_angle[:-1]))])
    north = np.concatenate([[0], np.cumsum(pieces * np.cos(path_angle[:-1]))])
    width = size * (0.03 + 0.16 * step)
    share = np.exp(-1.6 * step)
    share[0] *= rng.uniform(1.5, 3.0)
    length = np.maximum(width, 1.5 * pieces)
    return _shape(share, east, north, length, width, np.degrees(path_angle))


def shell(size: float, rng: np.random.Generator) -> Shape:
    """Return a limb-brightened ring with a faint interior: a supernova remnant, an odd circle."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    width = size * rng.uniform(0.08, 0.14)
    radius = (size - width) / 2
    flattening, tilt = rng.uniform(0.85, 1.0), rng.uniform(0, 2 * np.pi)
    first, second = rng.uniform(0.2, 0.6), rng.uniform(0.1, 0.3)
    share = 1 + first * np.cos(angle - rng.uniform(0, 2 * np.pi))
    share += second * np.cos(2 * angle - rng.uniform(0, 2 * np.pi))
    along, across = radius * np.cos(angle), radius * flattening * np.sin(angle)
    east = along * np.sin(tilt) + across * np.cos(tilt)
    north = along * np.cos(tilt) - across * np.sin(tilt)
    interior = rng.uniform(0.1, 0.25)
    share = np.append(share / share.sum() * (1 - interior), interior)
    beads = np.append(np.full(40, width), 1.1 * radius)
    return _shape(share, np.append(east, 0), np.append(north, 0), beads, beads, 0.0)


def halo(size: float, rng: np.random.Generator) -> Shape:
    """Return diffuse emission without edges: broad, overlapping patches."""
    patches = 7
    distance = size * 0.22 * np.sqrt(rng.uniform(0, 1, patches))
    direction = rng.uniform(0, 2 * np.pi, patches)
    major = size * rng.uniform(0.3, 0.55, patches)
    return _shape(
        rng.uniform(0.5, 1.5, patches),
        distance * np.sin(direction),
        distance * np.cos(direction),
        major,
        major * rng.uniform(0.6, 1.0, patches),
        rng.uniform(0, 180, patches),
    )


MORPHOLOGIES: Mapping[str, Morphology] = {
    generator.__name__: generator for generator in (point, gaussian, double, tail, shell, halo)
}


def _shape(share, east, north, major, minor, pa) -> Shape:
    """Return a shape with shares that add up to one and offsets about its centre of flux."""
    parts = np.broadcast_arrays(*map(np.atleast_1d, (share, east, north, major, minor, pa)))
    values = dict(zip((field.name for field in fields(Shape)), parts, strict=True))
    values = {name: np.array(value, dtype=np.float64) for name, value in values.items()}
    values["share"] /= values["share"].sum()
    for axis in ("east", "north"):
        values[axis] -= np.sum(values["share"] * values[axis])
    values["pa"] %= 180.0
    return Shape(**values)
