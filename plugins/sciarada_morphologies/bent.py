"""Bent radio galaxies: tails swept back by the gas that their galaxy moves through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.arms import tail
from sciarada_morphologies.options import NarrowTailOptions, WideTailOptions
from sciarada_morphologies.parts import Parts, blob, together


@dataclass(frozen=True)
class WideAngleTail:
    """Two straight jets that flare at bright spots into wide tails, bent like a C.

    Owen & Rudnick (1976, ApJ 205, L1); O'Donoghue, Eilek & Owen (1993, ApJ 408, 428). The tails'
    ends are seen from the core at an angle of more than 90 degrees.
    """

    options: WideTailOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        half, core = (
            np.radians(rng.uniform(*self.options.opening)) / 2,
            rng.uniform(*self.options.core),
        )
        turns, flare = rng.uniform(0.5, 1.1), rng.uniform(0.22, 0.36)
        sides = [self._side(rng, half, turns, flare) for _ in range(2)]
        return _swept(sides, core, rng).on_sky(size, rng)

    @staticmethod
    def _side(rng: np.random.Generator, half: float, turns: float, flare: float) -> Parts:
        band = tail(
            rng,
            number=19,
            turns=-turns * rng.uniform(0.8, 1.2),
            bend=(flare, flare + 0.35),
            chord=half,
            width=(0.03, 0.3),
            fade=rng.uniform(0.45, 0.7),
        )
        place = np.arange(len(band)) / (len(band) - 1)
        jet = place < flare
        faint = np.where(jet, 0.35, 1.0)
        narrow = np.where(jet, 0.05, band.width)
        band = Parts(
            band.flux * faint, band.x, band.y, np.where(jet, 0.1, band.length), narrow, band.angle
        )
        spot = int(np.searchsorted(place, flare))
        hot = blob(rng.uniform(0.12, 0.25), band.x[spot], band.y[spot], 0.07)
        return together(band.of_flux(1.0), hot)


@dataclass(frozen=True)
class NarrowAngleTail:
    """A bright head from which two jets turn back into a pair of tails, nearly parallel.

    Ryle & Windram (1968, MNRAS 138, 1); NGC 1265: O'Dea & Owen (1986, ApJ 301, 841). The tails'
    ends are seen from the head at an angle of less than 90 degrees.
    """

    options: NarrowTailOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        opening = np.radians(rng.uniform(*self.options.opening))
        core = rng.uniform(*self.options.core)
        turns, fade = rng.uniform(1.0, 1.4), rng.uniform(0.4, 0.6)
        sides = [
            tail(
                rng,
                number=20,
                turns=-turns * rng.uniform(0.85, 1.15),
                bend=(0.0, rng.uniform(0.35, 0.5)),
                chord=opening / 2,
                width=(0.045, rng.uniform(0.13, 0.2)),
                fade=fade,
            )
            for _ in range(2)
        ]
        return _swept(sides, core, rng).on_sky(size, rng)


class HeadTail:
    """A bright head and one tail, curved, that widens and fades: its two jets are not resolved.

    Miley et al. (1972, Nature 237, 269); Mueller et al. (2021, A&A 652, A114) for a long one.
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        band = tail(
            rng,
            number=24,
            turns=rng.uniform(-1.0, 1.0),
            bend=(0.0, 1.2),
            chord=0.0,
            width=(0.06, rng.uniform(0.18, 0.28)),
            fade=rng.uniform(0.35, 0.55),
        )
        head = rng.uniform(0.06, 0.15)
        return together(blob(head, 0.0, 0.0, 0.03), band.of_flux(1 - head)).on_sky(size, rng)


def _swept(sides: list[Parts], core: float, rng: np.random.Generator) -> Parts:
    """Return two tails, one on each side of the x axis, and the core that they come from."""
    first, second = sides
    flux, shorter = np.exp(rng.normal(0, 0.2)), rng.uniform(0.8, 1.0)
    second = second.of_flux(1 / flux).scaled(shorter).mirrored().turned(np.pi)
    return together(blob(core), together(first.of_flux(flux), second).of_flux(1 - core))
