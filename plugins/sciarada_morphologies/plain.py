"""Sources without jets: a point, a Gaussian, a disc of star formation, a spiral galaxy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada_morphologies.gaussian_sum import GaussianSum, blob, stroke, together, waves
from sciarada_morphologies.options import DiscOptions, GaussianOptions

SIZE_IN_SCALE_LENGTHS = 6.4  # the isophote of 25 mag of a disc of Freeman (1970, ApJ 160, 811)


class Point:
    """An unresolved source."""

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return a point, for any size."""
        return Shape.of(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Gaussian:
    """One elliptical Gaussian; its size is the FWHM of its major axis."""

    options: GaussianOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        ratio = rng.uniform(*self.options.axis_ratio)
        return blob(1.0, 0.0, 0.0, 1.0, ratio).on_sky(size, rng)


@dataclass(frozen=True)
class StarFormingDisc:
    """An exponential disc, inclined at random, with a finite thickness.

    Synchrotron discs of spiral galaxies are exponential with about the scale length of the
    starlight (Condon 1992, ARA&A 30, 575). The size is 6.4 scale lengths; the profile follows
    the exponential within 3 % from 0.25 to 3.5 scale lengths, is finite in the middle and is
    cut off farther out, as the discs of galaxies are (van der Kruit 1979, A&AS 38, 15).
    """

    options: DiscOptions

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        low, high = np.radians(self.options.inclination)
        cosine = rng.uniform(np.cos(high), np.cos(low))
        ratio = np.hypot(cosine, self.options.thickness * np.sqrt(1 - cosine**2))
        return exponential_disc().flattened(ratio).on_sky(size, rng)


class SpiralGalaxy:
    """A spiral galaxy seen from above: disc, nucleus and two logarithmic arms.

    Arms have pitch angles of 10 to 25 degrees (Kennicutt 1981, AJ 86, 1847) and carry about half
    of the light, as in the radio maps of M51 (Fletcher et al. 2011, MNRAS 412, 2396).
    """

    def draw(self, size: float, rng: np.random.Generator) -> Shape:
        """Return one of largest angular size ``size`` (arcsec)."""
        pitch = np.radians(rng.uniform(13, 25))
        radius = np.geomspace(0.22, 1.0, 20)
        angle = np.log(radius / radius[0]) / np.tan(pitch)
        arms = []
        for start in (0.0, np.pi + rng.normal(0, 0.15)):
            knots = waves(angle * 2 * np.pi / angle[-1], rng, 0.1, 0.2, 0.2, 0.2)
            brightness = np.exp(-radius / rng.uniform(0.6, 0.9)) * knots
            x, y = radius * np.cos(angle + start), radius * np.sin(angle + start)
            arms.append(stroke(x, y, 0.09 + 0.07 * radius, brightness))
        arm_share, nucleus = rng.uniform(0.42, 0.52), rng.uniform(0.03, 0.08)
        return (
            together(
                together(*arms).of_flux(arm_share),
                exponential_disc().of_flux(1 - arm_share - nucleus),
                blob(nucleus, 0.0, 0.0, 0.12),
            )
            .flattened(rng.uniform(0.65, 1.0))
            .on_sky(size, rng)
        )


def exponential_disc(number: int = 6) -> GaussianSum:
    """Return a round exponential disc of 6.4 scale lengths across, 2 in diameter.

    An exponential is a mixture of Gaussians whose variances, in scale lengths squared, follow
    the chi-square distribution of three degrees of freedom; here it is sampled evenly in the
    logarithm (a multi-Gaussian expansion; Cappellari 2002, MNRAS 333, 400, fits one instead).
    """
    widest = SIZE_IN_SCALE_LENGTHS / FWHM_PER_SIGMA
    sigma = np.geomspace(0.25, widest, number)
    flux = sigma**3 * np.exp(-(sigma**2) / 2)
    fwhm = sigma * FWHM_PER_SIGMA * 2 / SIZE_IN_SCALE_LENGTHS
    return blob(flux / flux.sum(), 0.0, 0.0, fwhm)
