"""Shapes of radio sources: each a small cloud of Gaussians with a random geometry."""

from __future__ import annotations

import numpy as np

from sciarada.core.shape import Shape


class Point:
    """An unresolved source; its size is not used."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        return Shape.of(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Gaussian:
    """Return one elliptical Gaussian with an axis ratio between 0.4 and 1."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        return Shape.of(1.0, 0.0, 0.0, size, size * rng.uniform(0.4, 1.0), rng.uniform(0, 180))


class FanaroffRiley2:
    """An edge-brightened double (FR II): hot spots, lobes that trail inwards, a core."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
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
        return Shape.of(share, east, north, length, width, np.degrees(bend))


class HeadTail:
    """A head-tail: a bright head and a curved plume that widens and fades."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        step = np.linspace(0, 1, 14)
        path_angle = rng.uniform(0, 2 * np.pi) + rng.choice([-1, 1]) * rng.uniform(0.4, 1.3) * step
        pieces = 0.9 * size / (len(step) - 1)
        east = np.concatenate([[0], np.cumsum(pieces * np.sin(path_angle[:-1]))])
        north = np.concatenate([[0], np.cumsum(pieces * np.cos(path_angle[:-1]))])
        width = size * (0.03 + 0.16 * step)
        share = np.exp(-1.6 * step)
        share[0] *= rng.uniform(1.5, 3.0)
        length = np.maximum(width, 1.5 * pieces)
        return Shape.of(share, east, north, length, width, np.degrees(path_angle))


class Shell:
    """A limb-brightened ring with a faint interior: a supernova remnant, an odd circle."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
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
        return Shape.of(share, np.append(east, 0), np.append(north, 0), beads, beads, 0.0)


class Halo:
    """Return diffuse emission without edges: broad, overlapping patches."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        patches = 7
        distance = size * 0.22 * np.sqrt(rng.uniform(0, 1, patches))
        direction = rng.uniform(0, 2 * np.pi, patches)
        major = size * rng.uniform(0.3, 0.55, patches)
        return Shape.of(
            rng.uniform(0.5, 1.5, patches),
            distance * np.sin(direction),
            distance * np.cos(direction),
            major,
            major * rng.uniform(0.6, 1.0, patches),
            rng.uniform(0, 180, patches),
        )
