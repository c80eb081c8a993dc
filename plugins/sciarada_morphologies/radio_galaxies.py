"""Straight radio galaxies: FR I, FR II and related types.

Each is built of two sides (`sciarada_morphologies.arms`) and a core. What a class is called by
holds for every member: an FR I has its brightest spots within the inner half, an FR II in the
outer half (Fanaroff & Riley 1974, MNRAS 167, 31P).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.arms import lobe, plume
from sciarada_morphologies.gaussian_sum import GaussianSum, blob, stroke, together, waves
from sciarada_morphologies.options import (
    CoreOptions,
    DoubleDoubleOptions,
    LobeOptions,
    PlumeOptions,
)


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
    """Two equal round lobes, without visible core or hot spots: a distant FR II."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        width = rng.uniform(0.28, 0.4)
        ratio = rng.uniform(0.85, 1.18)
        length = width * rng.uniform(1.0, 1.4)
        place = 1 - length / 2
        return together(
            blob(0.12, 0.0, 0.0, 1.1, 0.7 * width),
            blob((1.0, ratio), (place, -place * rng.uniform(0.92, 1.0)), 0.0, length, width),
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
        active = together(*_opposite(lobe(rng, width), lobe(rng, width), rng))
        along = np.linspace(0.08, 1.0, 8)
        length, angle = rng.uniform(0.85, 1.1), rng.uniform(np.radians(55), np.pi / 2)
        wings = []
        for direction in (angle, angle + np.pi + rng.normal(0, 0.08)):
            wing = stroke(along, 0 * along, 0.22 + 0.12 * along, np.exp(-along / 0.7))
            wings.append(wing.scaled(length * rng.uniform(0.95, 1.0)).turned(direction))
        share = rng.uniform(0.25, 0.4)
        whole = together(active.of_flux(1 - share), together(*wings).of_flux(share))
        return _with_core(whole, self.options.core, rng).on_sky(size, rng)


@dataclass(frozen=True)
class ZShaped:
    """An FR II with lobes that bend to opposite sides into fainter wings.

    Wings start at the ends of the active lobes (Gopal-Krishna et al. 2003, ApJ 594, L103).
    """

    options: LobeOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        width, angle = rng.uniform(0.2, 0.28), rng.uniform(np.radians(85), np.radians(125))
        along = np.linspace(0, 1, 8)
        sides = []
        for _ in range(2):
            length = rng.uniform(0.6, 0.85)
            wing = stroke(along, 0 * along, 0.16 + 0.14 * along, np.exp(-along / 0.8))
            wing = wing.scaled(length).turned(angle).moved(rng.uniform(0.75, 0.85), 0.0)
            share = rng.uniform(0.4, 0.5)
            active = lobe(rng, width)
            sides.append(together(active.of_flux(1 - share), wing.of_flux(share)))
        first, second = sides
        whole = together(first, second.turned(np.pi))
        return _with_core(whole, self.options.core, rng).on_sky(size, rng)


@dataclass(frozen=True)
class DoubleDouble:
    """Two pairs of lobes on one axis with a common core: activity that has started again.

    Schoenmakers et al. (2000, MNRAS 315, 371); Nandi & Saikia (2012, BASI 40, 121). The inner
    pair is aligned with the outer to 10 degrees, and never brighter at its ends.
    """

    options: DoubleDoubleOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        outer = _opposite(*_pair_of_lobes(rng, bridge=False), rng)
        inner = together(*_opposite(*_pair_of_lobes(rng, bridge=False), rng))
        inner = inner.scaled(rng.uniform(*self.options.inner)).turned(rng.uniform(-0.17, 0.17))
        brightness = rng.uniform(0.7, 1.0) * min(side.peak for side in outer) / inner.peak
        flux = inner.flux * min(brightness, 0.4 / inner.flux)
        pairs = together(*outer, inner.of_flux(flux))
        return _with_core(pairs, self.options.core, rng).on_sky(size, rng)


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
        along = np.linspace(0.04, 0.75, 10)
        bend = rng.uniform(-0.5, 0.5)
        knots = np.exp(-along / 0.3) * waves(8 * along, rng, 0.0, 0.2, 0.2)
        jet = stroke(along, bend * along**2, 0.03 + 0.06 * along, knots).of_flux(1.0)
        near = blob(rng.uniform(0.3, 0.8), 0.78, 0.6 * bend, rng.uniform(0.25, 0.45))
        far = blob(rng.uniform(0.2, 0.8), rng.uniform(-0.7, -0.4), 0.0, rng.uniform(0.25, 0.45))
        around = blob(rng.uniform(0.3, 0.8), 0.1, 0.0, 1.0, rng.uniform(0.3, 0.5))
        extended = together(jet, near, far, around)
        return _with_core(extended, self.options.core, rng).on_sky(size, rng)


def _pair_of_lobes(
    rng: np.random.Generator, *, bridge: bool = True
) -> tuple[GaussianSum, GaussianSum]:
    """Return two lobes of about the same width."""
    width, ratio = rng.uniform(0.2, 0.38), rng.uniform(0.85, 1.15)
    return lobe(rng, width, bridge=bridge), lobe(rng, width * ratio, bridge=bridge)


def _opposite(
    first: GaussianSum, second: GaussianSum, rng: np.random.Generator
) -> tuple[GaussianSum, GaussianSum]:
    """Return two sides nearly on one line, of unequal lengths and fluxes; 2 in all, on average."""
    flux = np.exp(min(max(rng.normal(0, 0.2), -0.3), 0.3))
    away = np.pi + rng.normal(0, 0.06)
    shorter = min(max(rng.normal(0.85, 0.1), 0.6), 1.0)
    return first.of_flux(flux), second.of_flux(1 / flux).scaled(shorter).turned(away)


def _with_core(
    parts: GaussianSum, core: tuple[float, float], rng: np.random.Generator
) -> GaussianSum:
    """Return parts about a core, the first of them, that has its share of the flux."""
    share = rng.uniform(*core)
    return together(blob(share), parts.of_flux(1 - share))


def _two_sided(
    first: GaussianSum, second: GaussianSum, core: tuple[float, float], rng: np.random.Generator
) -> GaussianSum:
    """Return two sides about a core."""
    return _with_core(together(*_opposite(first, second, rng)), core, rng)
