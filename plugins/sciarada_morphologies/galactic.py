"""Sources of the Galactic plane: supernova remnants, bubbles, planetary nebulae."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.gaussian_sum import (
    GaussianSum,
    blob,
    ring,
    stroke,
    together,
    turn,
    waves,
)
from sciarada_morphologies.options import NebulaOptions


class ShellRemnant:
    """A shell-type supernova remnant: bright limb, fainter interior, often two opposite arcs.

    The limb is that of a shell a twelfth to a sixth of its radius thick seen from outside; many
    shells are bilateral (Gaensler 1998, ApJ 493, 781; Green 2019, JApA 40, 36).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        angle = turn(32)
        arcs = rng.uniform(0.0, 0.75) * np.cos(2 * angle)
        brightness = waves(angle, rng, 0.35, 0.1, 0.15, 0.15, 0.1, 0.15, 0.15) * (1 + arcs)
        brightness = np.maximum(brightness, 0.08)
        radius = waves(angle, rng, 0.03, 0.04, 0.03)
        limb = ring(32, radius, rng.uniform(0.1, 0.16), brightness)
        behind = ring(14, 0.84, 0.34, np.interp(turn(14), angle, brightness))
        inside = rng.uniform(0.12, 0.22)
        patches = _patches(7, 0.75, (0.4, 0.7), rng)
        return (
            together(
                limb.of_flux(0.62 * (1 - inside)),
                behind.of_flux(0.38 * (1 - inside)),
                patches.of_flux(inside),
            )
            .flattened(rng.uniform(0.82, 1.0))
            .on_sky(size, rng)
        )


class FilledRemnant:
    """A filled remnant (plerion): brightest inside, lumpy, without a shell.

    As the Crab nebula (Weiler & Panagia 1978, A&A 70, 419; Gaensler & Slane 2006, ARA&A 44, 17).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        plateau = ring(9, 0.55, 0.75, waves(turn(9), rng, 0.2, 0.2)).of_flux(0.45)
        body = together(plateau, blob(0.2, rng.normal(0, 0.1), rng.normal(0, 0.1), 0.7))
        lumps = _patches(8, 0.75, (0.25, 0.5), rng).of_flux(0.28)
        angle = np.linspace(-0.6, 0.6, 7)
        wisps = [
            stroke(r * np.cos(angle), r * np.sin(angle), 0.12, np.cos(2 * angle)).turned(direction)
            for r, direction in zip(rng.uniform(0.3, 0.8, 4), rng.uniform(0, 7, 4), strict=True)
        ]
        whole = together(body, lumps, together(*wisps).of_flux(rng.uniform(0.05, 0.1)))
        return whole.flattened(rng.uniform(0.65, 0.9)).on_sky(size, rng)


class Bubble:
    """An HII bubble: a rim, bright where it runs into its cloud, filled with ionized gas.

    Two in five are broken (Churchwell et al. 2006, ApJ 649, 759); the inside shines at 20 cm, and
    compact HII regions sit on the rim (Deharveng et al. 2010, A&A 523, A6).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        angle = turn(30)
        brightness = waves(angle, rng, 0.1, 0.15, 0.15, 0.1)
        segment = rng.uniform(1.0, 2.5) * np.exp(-((angle - np.pi) ** 2) / rng.uniform(0.4, 1.2))
        broken = (rng.uniform() < 0.4) * rng.uniform(0.6, 0.9)
        gap = rng.uniform(0.5, 2 * np.pi - 0.5) * rng.choice((0.15, 0.9))
        brightness = (brightness + segment) * (1 - broken * np.exp(-((angle - gap) ** 2) / 0.25))
        radius = waves(angle, rng, 0.03, 0.07, 0.05)
        rim = ring(30, radius, rng.uniform(0.22, 0.32), brightness)
        inside = _patches(8, 0.75, (0.5, 0.8), rng)
        filling, knot = rng.uniform(0.3, 0.42), rng.uniform(0.02, 0.06) * (rng.uniform() < 0.5)
        place = rng.normal(np.pi, 0.4)
        compact = blob(knot, np.cos(place), np.sin(place), 0.12)
        return (
            together(rim.of_flux(1 - filling), inside.of_flux(filling), compact)
            .flattened(rng.uniform(0.75, 1.0))
            .on_sky(size, rng)
        )


@dataclass(frozen=True)
class PlanetaryNebula:
    """A planetary nebula: an elliptical ring, two lobes about a bright waist, or a filled ellipse.

    The round, elliptical and butterfly nebulae of Balick (1987, AJ 94, 671).
    """

    options: NebulaOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        form = self.options.form
        if form == "any":
            form = rng.choice(("ring", "bipolar", "filled"))
        forms = {"ring": self._ring, "bipolar": self._bipolar, "filled": self._filled}
        return forms[form](rng).on_sky(size, rng)

    @staticmethod
    def _ring(rng: np.random.Generator) -> GaussianSum:
        angle = turn(24)
        bright = waves(angle, rng, 0.15, 0.1) - rng.uniform(0.2, 0.45) * np.cos(2 * angle)
        inside = rng.uniform(0.2, 0.35)
        rim = ring(24, 1.0, rng.uniform(0.35, 0.5), bright).of_flux(1 - inside)
        return together(rim, blob(inside, 0.0, 0.0, 1.4)).flattened(rng.uniform(0.65, 0.95))

    @staticmethod
    def _bipolar(rng: np.random.Generator) -> GaussianSum:
        angle = turn(16)
        bright = (1.2 + np.cos(angle - np.pi)) * waves(angle, rng, 0.0, 0.1, 0.1)
        limb = ring(16, 0.42, 0.28, bright).of_flux(0.6)
        side = together(limb, blob(0.4, 0.0, 0.0, 0.6)).moved(0.5, 0.0)
        side = side.flattened(rng.uniform(0.75, 1.0))
        waist, flux = rng.uniform(0.12, 0.22), rng.uniform(0.85, 1.15)
        sides = together(side.of_flux(flux), side.turned(np.pi).of_flux(1 / flux))
        return together(sides.of_flux(1 - waist), blob(waist, 0.0, 0.0, 0.15, 0.45))

    @staticmethod
    def _filled(rng: np.random.Generator) -> GaussianSum:
        lumps = _patches(5, 0.6, (0.4, 0.7), rng).of_flux(rng.uniform(0.15, 0.3))
        disc = together(ring(10, 0.62, 0.75, 1.0).of_flux(0.55), blob(0.2, 0.0, 0.0, 0.8))
        return together(disc, lumps).flattened(rng.uniform(0.6, 0.95))


def _patches(
    number: int, reach: float, size: tuple[float, float], rng: np.random.Generator
) -> GaussianSum:
    """Return round patches scattered over a disc, one in each sector."""
    distance = reach * np.sqrt(rng.uniform(0, 1, number))
    direction = turn(number) + rng.normal(0, 0.4, number)
    return blob(
        rng.uniform(0.4, 1.0, number),
        distance * np.cos(direction),
        distance * np.sin(direction),
        rng.uniform(*size, number),
    )
