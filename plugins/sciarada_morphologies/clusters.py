"""Diffuse sources: halos and relics of clusters, odd radio circles, filaments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada_morphologies.gaussian_sum import blob, curve, ring, stroke, together, turn, waves
from sciarada_morphologies.options import CircleOptions
from sciarada_morphologies.plain import exponential_disc


class Halo:
    """A giant radio halo: round, without edges, with patches.

    Brightness falls exponentially from the middle (Murgia et al. 2009, A&A 499, 679).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        number = 8
        distance, direction = 0.5 * np.sqrt(rng.uniform(0, 1, number)), turn(number)
        direction += rng.normal(0, 0.4, number)
        length = rng.uniform(0.35, 0.7, number)
        patches = blob(
            rng.uniform(0.3, 1.0, number),
            distance * np.cos(direction),
            distance * np.sin(direction),
            length,
            length * rng.uniform(0.6, 1.0, number),
            rng.uniform(0, np.pi, number),
        )
        smooth = exponential_disc().of_flux(0.5)
        whole = together(smooth, patches.of_flux(rng.uniform(0.3, 0.5)))
        return whole.flattened(rng.uniform(0.75, 1.0)).on_sky(size, rng)


class Relic:
    """A radio relic: an arc with a sharp outer edge that fades inwards, where the shock has been.

    The arc lies across the direction to the cluster's middle and is three to eight times longer
    than thick (van Weeren et al. 2019, SSRv 215, 16; the "Sausage": van Weeren et al. 2010,
    Science 330, 347). The cluster is on the concave side.
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        opening = np.radians(rng.uniform(45, 100))
        thick = 2 * np.sin(opening / 2) * rng.uniform(0.14, 0.22)
        layers = []
        for number, behind, width, bright in (
            (22, 0.0, 0.16, 1.0),
            (16, 0.25, 0.4, 0.5),
            (12, 0.6, 0.8, 0.22),
        ):
            place = np.linspace(-0.5, 0.5, number)
            angle = opening * place * (1 - 0.15 * behind)
            radius = 1 - thick * behind
            radius = radius + 0.12 * thick * (waves(8 * place, rng, 0.0, 1.0) - 1)
            taper = np.cos(0.92 * np.pi * place) ** 0.6
            layers.append(
                stroke(
                    radius * np.cos(angle),
                    radius * np.sin(angle),
                    width * thick,
                    bright * taper * waves(8 * place, rng, 0.3, 0.2, 0.2),
                )
            )
        return together(*layers).on_sky(size, rng)


@dataclass(frozen=True)
class OddRadioCircle:
    """An odd radio circle: a thin, faint, round ring, often with a galaxy in its middle.

    Norris et al. (2021, PASA 38, e003; 2022, MNRAS 513, 1300).
    """

    options: CircleOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        number, width = 36, rng.uniform(0.16, 0.26)
        angle = turn(number)
        radius = waves(angle, rng, 0.0, 0.03, 0.02)
        rim = ring(number, radius, width, waves(angle, rng, 0.2, 0.15, 0.1, 0.1))
        inside, host = rng.uniform(0.12, 0.25), rng.uniform(0.006, 0.018)
        host *= rng.uniform() < self.options.host
        whole = together(rim.of_flux(1 - inside - host), blob(inside, 0.0, 0.0, 1.2), blob(host))
        return whole.flattened(rng.uniform(0.9, 1.0)).on_sky(size, rng)


class Filament:
    """Thin threads of emission, gently curved, side by side.

    As the threads of ESO 137-006 (Ramatsoku et al. 2020, A&A 636, L1) and of the Galactic Centre
    (Heywood et al. 2022, ApJ 925, 165), 10 to 50 times longer than wide.
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        number = int(rng.integers(1, 4))
        beads = 54 // (number + 1)
        width, bend = rng.uniform(0.02, 0.04), rng.uniform(-0.7, 0.7)
        threads = []
        for i in range(number):
            along = np.linspace(0, 1, beads)
            wander = 0.25 * (waves(5 * along, rng, 0.0, 1.0) - 1)
            length = 1.0 if i == 0 else rng.uniform(0.4, 0.85)
            x, y = curve(bend * (along - 0.5) * 2 * length + wander, length)
            taper = np.sin(np.pi * (0.06 + 0.88 * along)) ** 0.7
            bright = taper * waves(6 * along, rng, 0.2, 0.2, 0.2, 0.2)
            thread = stroke(x - x.mean(), y - y.mean(), width * rng.uniform(0.8, 1.3), bright)
            offset = 0.07 * (i - (number - 1) / 2) + rng.normal(0, 0.01)
            shift = rng.uniform(-0.5, 0.5) * (1 - length)
            threads.append(thread.turned(rng.normal(0, 0.05)).moved(shift, offset))
        return together(*threads).on_sky(size, rng)
