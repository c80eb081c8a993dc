"""Straight radio galaxies: FR I, FR II and their kin.

Each is built of two sides (`sciarada_morphologies.arms`) and a core. What a class is called by
holds for every member: an FR I has its brightest spots within the inner half, an FR II in the
outer half (Fanaroff & Riley 1974, MNRAS 167, 31P).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.arms import lobe, plume
from sciarada_morphologies.options import (
    CoreOptions,
    DoubleDoubleOptions,
    LobeOptions,
    PlumeOptions,
)
from sciarada_morphologies.parts import Parts, blob, stroke, together, waves


@dataclass(frozen=True)
class FanaroffRiley1:
    """Two plumes, brightest near the core, that widen and fade; straight, S- or C-shaped.

    Laing & Bridle (2014, MNRAS 437, 3405); Parma et al. (1987, A&A 181, 244).
    """

    options: PlumeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        largest = np.radians(self.options.bend)
        bends = rng.uniform(-largest, largest, 2)
        return _two_sided(
            plume(rng, bends[0]), plume(rng, bends[1]), self.options.core, rng
        ).on_sky(size, rng)


@dataclass(frozen=True)
class FanaroffRiley2:
    """Hot spots at both ends, lobes that lead back from them, a bridge and a weak core.

    Mullin, Riley & Hardcastle (2008, MNRAS 390, 595) measured the 3CRR sources: core shares of
    a few thousandths to a few hundredths, arms of unequal length (ratio 0.75, on average).
    """

    options: LobeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        return _two_sided(*_pair_of_lobes(rng), self.options.core, rng).on_sky(size, rng)


class SymmetricDouble:
    """Two round lobes alike, without a core or hot spots that show: a distant FR II."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        width = rng.uniform(0.28, 0.4)
        ratio = rng.uniform(0.85, 1.18)
        length = width * rng.uniform(1.0, 1.4)
        place = 1 - length / 2
        return together(
            blob((1.0, ratio), (place, -place * rng.uniform(0.92, 1.0)), 0.0, length, width),
            blob(0.12, 0.0, 0.0, 1.1, 0.7 * width),
        ).on_sky(size, rng)


@dataclass(frozen=True)
class Hybrid:
    """A plume on one side and a lobe with a hot spot on the other (HyMoRS).

    Gopal-Krishna & Wiita (2000, A&A 363, 507).
    """

    options: LobeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        return _two_sided(plume(rng), lobe(rng), self.options.core, rng).on_sky(size, rng)


@dataclass(frozen=True)
class XShaped:
    """An FR II with a pair of fainter wings, at a large angle, that cross its middle.

    Wings are at least 0.8 as long as the active lobes (Cheung 2007, AJ 133, 2097).
    """

    options: LobeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        width = rng.uniform(0.2, 0.28)
        active = _two_sided(lobe(rng, width), lobe(rng, width), self.options.core, rng)
        along = np.linspace(0.08, 1.0, 8)
        length, angle = rng.uniform(0.85, 1.1), rng.uniform(np.radians(55), np.pi / 2)
        wings = []
        for direction in (angle, angle + np.pi + rng.normal(0, 0.08)):
            wing = stroke(along, 0 * along, 0.22 + 0.12 * along, np.exp(-along / 0.7))
            wings.append(wing.scaled(length * rng.uniform(0.9, 1.0)).turned(direction))
        share = rng.uniform(0.25, 0.4)
        return together(active.of_flux(1 - share), together(*wings).of_flux(share)).on_sky(
            size, rng
        )


@dataclass(frozen=True)
class ZShaped:
    """An FR II whose lobes turn aside, one to each side, into fainter wings.

    Wings start at the ends of the active lobes (Gopal-Krishna et al. 2003, ApJ 594, L103).
    """

    options: LobeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        width, angle = rng.uniform(0.2, 0.28), rng.uniform(np.radians(85), np.radians(125))
        along = np.linspace(0, 1, 8)
        sides = []
        for _ in range(2):
            length = rng.uniform(0.55, 0.8)
            wing = stroke(along, 0 * along, 0.2 + 0.14 * along, np.exp(-along / 0.6))
            wing = wing.scaled(length).turned(angle).moved(rng.uniform(0.75, 0.85), 0.0)
            share = rng.uniform(0.3, 0.42)
            active = lobe(rng, width)
            sides.append(together(active.of_flux(1 - share), wing.of_flux(share)))
        first, second = sides
        whole = together(first, second.turned(np.pi), blob(_draw(self.options.core, rng) * 2))
        return whole.on_sky(size, rng)


@dataclass(frozen=True)
class DoubleDouble:
    """Two pairs of lobes on one axis with a common core: activity that has started again.

    Schoenmakers et al. (2000, MNRAS 315, 371); Nandi & Saikia (2012, BASI 40, 121). The inner
    pair is aligned with the outer to 10 degrees, narrower, and nearly as bright at its ends.
    """

    options: DoubleDoubleOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        inner_size, share = _draw(self.options.inner, rng), rng.uniform(0.1, 0.25)
        outer = _two_sided(*_pair_of_lobes(rng), (0.0, 0.0), rng)
        inner = _two_sided(lobe(rng, 0.16), lobe(rng, 0.16), self.options.core, rng)
        inner = inner.scaled(inner_size).turned(rng.uniform(-0.17, 0.17))
        return together(outer.of_flux(1 - share), inner.of_flux(share)).on_sky(size, rng)


class OneSided:
    """A core with a knotty jet to one side that ends in a lobe; nothing on the other side.

    Doppler boosting hides the receding side (Bridle & Perley 1984, ARA&A 22, 319).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        along = np.linspace(0.06, 0.72, 9)
        bend = rng.uniform(-0.2, 0.2)
        knots = waves(8 * along, rng, 0.0, 0.3, 0.3)
        jet = stroke(along, bend * along**2, 0.03 + 0.06 * along, knots)
        end = lobe(rng).scaled(0.45).moved(0.55, 0.55**2 * bend)
        core, in_lobe = rng.uniform(0.08, 0.25), rng.uniform(0.45, 0.65)
        return together(blob(core), jet.of_flux(1 - core - in_lobe), end.of_flux(in_lobe)).on_sky(
            size, rng
        )


@dataclass(frozen=True)
class CoreDominated:
    """A bright core in faint extended emission: a jet pointed at us.

    Murphy, Browne & Perley (1993, MNRAS 264, 298): one-sided structure or a faint halo.
    """

    options: CoreOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        core, halo = _draw(self.options.core, rng), rng.uniform(0.3, 0.6)
        boost = rng.uniform(1.5, 6.0)
        near = plume(rng, rng.uniform(-0.4, 0.4)).of_flux(boost)
        far = plume(rng).mirrored().scaled(rng.uniform(0.5, 0.9))
        around = blob(halo, 0.1, 0.0, rng.uniform(0.8, 1.2), rng.uniform(0.5, 0.7))
        jets = together(near, far).of_flux(1 - halo)
        return together(blob(core), together(jets, around).of_flux(1 - core)).on_sky(size, rng)


def _pair_of_lobes(rng: np.random.Generator) -> tuple[Parts, Parts]:
    """Return two lobes of about the same width."""
    width = rng.uniform(0.2, 0.38)
    return lobe(rng, width), lobe(rng, width * rng.uniform(0.85, 1.15))


def _two_sided(
    first: Parts, second: Parts, core: tuple[float, float], rng: np.random.Generator
) -> Parts:
    """Return two sides about a core, of unequal lengths and fluxes, nearly on one line."""
    flux = np.exp(rng.normal(0, 0.25))
    shorter = np.clip(rng.normal(0.85, 0.1), 0.6, 1.0)
    away = np.pi + rng.normal(0, 0.06)
    sides = together(first.of_flux(flux), second.of_flux(1 / flux).scaled(shorter).turned(away))
    share = _draw(core, rng)
    return together(blob(share), sides.of_flux(1 - share))


def _draw(limits: tuple[float, float], rng: np.random.Generator) -> float:
    """Draw evenly between two limits."""
    return rng.uniform(*limits)
