"""Which sources lie in a simulated field, where, how bright and of what shape."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.core.shape import Shape
from sciarada.simulate.counts import draw_fluxes, number_per_square_degree
from sciarada.simulate.generators import generators
from sciarada.simulate.sources import SkyGaussians, brightest, offset_position, project
from sciarada.simulate.survey import Population, Survey


@dataclass(frozen=True, eq=False)
class SkySources:
    """The sources of a field.

    Parameters
    ----------
    ra, dec : ndarray
        ICRS centre of flux in degrees.
    flux : ndarray
        Integrated flux in Jy.
    size : ndarray
        Largest angular size in arcsec; 0 for a point.
    morphology : ndarray of str
        Name of the generator.
    gaussians : SkyGaussians
        What they are made of; ``gaussians.source`` is the row of the source, in order.
    """

    ra: np.ndarray
    dec: np.ndarray
    flux: np.ndarray
    size: np.ndarray
    morphology: np.ndarray
    gaussians: SkyGaussians

    def __len__(self) -> int:
        return len(self.ra)


def draw_sky(
    survey: Survey, image: SkyImage, rng: np.random.Generator, n_sources: int | None = None
) -> SkySources:
    """Draw the sources of a field.

    Parameters
    ----------
    survey : Survey
        Counts, populations and diffuse sources.
    image : SkyImage
        Gives the WCS, the beam and the area; its pixels are not read.
    rng : numpy.random.Generator
        Source of chance.
    n_sources : int, optional
        Number of sources that follow the counts; by default Poisson about what the counts
        say for the area.

    Returns
    -------
    SkySources
        Positions are uniform over the pixels. Diffuse sources come last and lie whole in the
        image where it is large enough for them.

    Raises
    ------
    ValueError
        The image has no beam.
    """
    area = image.pixel_area * image.window.size / 3600.0**2
    if n_sources is None:
        density = number_per_square_degree(survey.counts, survey.faintest, survey.brightest)
        n_sources = int(rng.poisson(area * density))
    flux = draw_fluxes(survey.counts, n_sources, survey.faintest, survey.brightest, rng)
    counted = _choose(survey.populations, flux / survey.rms, rng)
    diffuse = [
        kind for kind in survey.diffuse for _ in range(rng.poisson(area * kind.per_square_degree))
    ]
    kinds = counted + diffuse
    size = np.array([_log_uniform(kind.size, rng) for kind in kinds])
    drawers = generators(kind.morphology for kind in kinds)
    shapes = [
        drawers[kind.morphology].draw(extent, rng) for kind, extent in zip(kinds, size, strict=True)
    ]
    margin = np.where(np.arange(len(kinds)) < n_sources, 0.0, size / 2 / image.pixel_scale)
    x, y = (_within(length, margin, rng) for length in reversed(image.shape))
    ra, dec = image.pixel_to_sky(x, y)
    unit = _place(ra, dec, shapes)
    peaks = [_log_uniform(kind.brightness, rng) * survey.rms for kind in diffuse]
    flux = np.concatenate([flux, _fluxes_of_peaks(unit, image, n_sources, peaks)])
    gaussians = replace(unit, flux=unit.flux * flux[unit.source])
    names = np.array([kind.morphology for kind in kinds], dtype=np.str_)
    return SkySources(ra, dec, flux, size, names, gaussians)


def _choose(
    populations: tuple[Population, ...], snr: np.ndarray, rng: np.random.Generator
) -> list[Population]:
    """Return the population of each source, by weight among those it is bright enough for."""
    share = np.array([population.share for population in populations])
    above = np.array([population.above for population in populations])
    weights = np.cumsum(share * (snr[:, None] >= above), axis=1)
    place = rng.uniform(0, weights[:, -1])
    return [populations[i] for i in (weights <= place[:, None]).sum(axis=1)]


def _log_uniform(limits: tuple[float, float], rng: np.random.Generator) -> float:
    """Draw evenly in the logarithm; limits of 0 and 0 give 0."""
    low, high = limits
    return math.exp(rng.uniform(math.log(low), math.log(high))) if low > 0 else 0.0


def _within(length: int, margin: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw pixel positions along an axis, no nearer to its ends than the margins."""
    margin = np.minimum(margin, length / 2)
    return rng.uniform(margin - 0.5, length - margin - 0.5)


def _place(ra: np.ndarray, dec: np.ndarray, shapes: list[Shape]) -> SkyGaussians:
    """Return the Gaussians of shapes at positions on the sky, each source with a flux of 1 Jy."""
    source = np.repeat(np.arange(len(shapes)), [len(shape) for shape in shapes])
    part = {
        name: np.concatenate([np.zeros(0), *(getattr(shape, name) for shape in shapes)])
        for name in ("share", "east", "north", "major", "minor", "pa")
    }
    ra, dec = offset_position(ra[source], dec[source], part["east"], part["north"])
    return SkyGaussians(source, ra, dec, part["share"], part["major"], part["minor"], part["pa"])


def _fluxes_of_peaks(
    unit: SkyGaussians, image: SkyImage, first: int, peaks: list[float]
) -> list[float]:
    """Return the fluxes that give the sources from row ``first`` on the wanted peaks."""
    drawn = project(unit, image)
    parts = [drawn.select(unit.source == first + i) for i in range(len(peaks))]
    return [peak / brightest(part) for peak, part in zip(peaks, parts, strict=True)]
