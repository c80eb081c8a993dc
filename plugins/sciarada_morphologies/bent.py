"""Bent radio galaxies: tails swept back by the gas that their galaxy moves through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.gaussian_sum import GaussianSum, blob, curve, stroke, together, waves
from sciarada_morphologies.options import NarrowTailOptions, WideTailOptions


@dataclass(frozen=True)
class WideAngleTail:
    """Two straight jets that flare at bright spots into wide tails, bent like a C.

    Owen & Rudnick (1976, ApJ 205, L1); O'Donoghue, Eilek & Owen (1993, ApJ 408, 428). The tails'
    ends are seen from the core at an angle of more than 90 degrees.
    """

    options: WideTailOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        half = np.radians(rng.uniform(*self.options.opening)) / 2
        turn, flare = rng.uniform(0.5, 1.1), rng.uniform(0.22, 0.36)
        sides = [_jet_and_tail(rng, half, turn, flare) for _ in range(2)]
        return _swept(sides, rng.uniform(*self.options.core), rng).on_sky(size, rng)


@dataclass(frozen=True)
class NarrowAngleTail:
    """A bright head from which two jets turn back into a pair of tails, nearly parallel.

    Ryle & Windram (1968, MNRAS 138, 1); NGC 1265: O'Dea & Owen (1986, ApJ 301, 841). The tails'
    ends are seen from the head at an angle of less than 90 degrees.
    """

    options: NarrowTailOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        half = np.radians(rng.uniform(*self.options.opening)) / 2
        turn, fade = rng.uniform(1.0, 1.4), rng.uniform(0.4, 0.6)
        sides = []
        for _ in range(2):
            bend = (0.0, rng.uniform(0.35, 0.5))
            along, x, y = _path(rng, 20, -turn * rng.uniform(0.85, 1.15), bend, half)
            width = 0.045 + rng.uniform(0.08, 0.15) * along
            brightness = np.exp(-along / fade) * waves(6 * along, rng, 0.0, 0.1, 0.1)
            sides.append(stroke(x, y, width, brightness))
        return _swept(sides, rng.uniform(*self.options.core), rng).on_sky(size, rng)


class HeadTail:
    """A bright head and one tail, curved, that widens and fades: its two jets are not resolved.

    Miley et al. (1972, Nature 237, 269); Mueller et al. (2021, A&A 652, A114).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        along, x, y = _path(rng, 24, rng.uniform(-1.0, 1.0), (0.0, 1.2), 0.0)
        width = 0.06 + rng.uniform(0.12, 0.22) * along
        brightness = np.exp(-along / rng.uniform(0.35, 0.55))
        band = stroke(x, y, width, brightness * waves(6 * along, rng, 0.0, 0.1, 0.1))
        head = rng.uniform(0.06, 0.15)
        return together(blob(head, 0.0, 0.0, 0.03), band.of_flux(1 - head)).on_sky(size, rng)


def _path(
    rng: np.random.Generator, number: int, turn: float, bend: tuple[float, float], chord: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a tail's path of length 1 from the core, and the length along it.

    Its heading turns by ``turn`` radians between the two places of ``bend`` and wanders a
    little; its end is at the angle ``chord`` from the x axis, as seen from the core.
    """
    along = np.linspace(0, 1, number)
    done = np.clip((along - bend[0]) / (bend[1] - bend[0]), 0, 1)
    wander = 0.15 * (waves(3 * along, rng, 0.0, 1.0) - 1) * along
    x, y = curve(turn * done**2 * (3 - 2 * done) + wander)
    back = chord - np.arctan2(y[-1], x[-1])
    cosine, sine = np.cos(back), np.sin(back)
    return along, x * cosine - y * sine, x * sine + y * cosine


def _jet_and_tail(rng: np.random.Generator, half: float, turn: float, flare: float) -> GaussianSum:
    """Return one side of a wide-angle tail, bright where the jet becomes the tail."""
    turn *= -rng.uniform(0.8, 1.2)
    along, x, y = _path(rng, 19, turn, (flare, flare + 0.35), half)
    jet, spot = along < flare, np.searchsorted(along, flare)
    brightness = np.where(jet, 1.2, 1.0) * np.exp(-along / rng.uniform(0.45, 0.7))
    width = np.where(jet, 0.05, 0.06 + 0.26 * along)
    band = stroke(x, y, width, brightness * waves(6 * along, rng, 0.0, 0.1, 0.1))
    return together(band.of_flux(1.0), blob(rng.uniform(0.12, 0.25), x[spot], y[spot], 0.07))


def _swept(sides: list[GaussianSum], core: float, rng: np.random.Generator) -> GaussianSum:
    """Return two tails, one on each side of the x axis, and the core that they come from."""
    first, second = sides
    flux, shorter = np.exp(rng.normal(0, 0.2)), rng.uniform(0.8, 1.0)
    second = second.of_flux(1 / flux).scaled(shorter).mirrored()
    tails = together(first.of_flux(flux), second)
    return together(blob(core), tails.of_flux(1 - core))
