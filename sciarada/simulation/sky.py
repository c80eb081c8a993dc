"""Draw the sources of a simulated field: positions, fluxes and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.core.shape import Shape
from sciarada.errors import OptionError
from sciarada.simulation.counts import SourceCounts, draw_fluxes, number_per_square_degree
from sciarada.simulation.generators import Generator, generators
from sciarada.simulation.populations import Diffuse, Population
from sciarada.simulation.sizes import LogUniform
from sciarada.simulation.sources import SkyGaussians, brightest, offset_position, project
from sciarada.simulation.survey import Survey

Place = Callable[[np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]

_PARTS = ("share", "east", "north", "major", "minor", "pa")
_ROUNDEST, _FLATTEST = 1.0, 0.4  # axis ratios of single Gaussians


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
    fr_class, structure : ndarray of str
        Classes of the morphology, empty where it has none.
    gaussians : SkyGaussians
        What they are made of; ``gaussians.source`` is the row of the source, in order.
    """

    ra: np.ndarray
    dec: np.ndarray
    flux: np.ndarray
    size: np.ndarray
    morphology: np.ndarray
    fr_class: np.ndarray
    structure: np.ndarray
    gaussians: SkyGaussians

    def __len__(self) -> int:
        return len(self.ra)

    def with_peaks(self, image: SkyImage, peaks: np.ndarray) -> SkySources:
        """Return the sources with fluxes scaled to give these peaks (Jy/beam) in an image."""
        factor = _fluxes_of_peaks(self.gaussians, image, 0, np.asarray(peaks))
        gaussians = self.gaussians
        brighter = replace(gaussians, flux=gaussians.flux * factor[gaussians.source])
        return replace(self, flux=self.flux * factor, gaussians=brighter)


@dataclass(frozen=True)
class _Share:
    """The part of the counts that some populations make up.

    Parameters
    ----------
    survey : Survey
        Whose counts.
    chosen : ndarray of bool
        Which populations.
    """

    survey: Survey
    chosen: np.ndarray

    def differential(self, flux: np.ndarray) -> np.ndarray:
        """Return dN/dS in Jy^-1 deg^-2 at ``flux`` in Jy."""
        share = self.survey.chances(flux)[..., self.chosen].sum(axis=-1)
        return self.survey.counts.differential(flux) * share


def draw_sky(
    survey: Survey,
    image: SkyImage,
    rng: np.random.Generator,
    n_sources: int | None = None,
    number: Mapping[str, int] | None = None,
    place: Place | None = None,
) -> SkySources:
    """Draw the sources of a field.

    Parameters
    ----------
    survey : Survey
        Counts, populations and diffuse sources.
    image : SkyImage
        Gives the WCS, the beam and the area; its pixels are not read.
    rng : numpy.random.Generator
        Random generator.
    n_sources : int, optional
        Number of sources that follow the counts, beside those of ``number``; by default
        Poisson about what the counts say for the area.
    number : mapping, optional
        Exact number of sources of some morphologies of the survey, in place of as many as
        there would be; by default ``survey.number``. Their fluxes and sizes are drawn as they
        otherwise would be.
    place : callable, optional
        Takes the radius of each source in pixels and the source of chance, and returns x and y
        of their centres. By default they are uniform over the image; diffuse ones lie whole in
        it where it is large enough for them.

    Returns
    -------
    SkySources
        First come those that follow the counts, then those of ``number``, then the diffuse
        ones.

    Raises
    ------
    OptionError
        ``number`` names a morphology that the survey does not have, or ``n_sources`` are
        wanted where it leaves none.
    ValueError
        The image has no beam.
    """
    number = dict(survey.number if number is None else number)
    _check_number(survey, number)
    area = image.area / 3600.0**2
    flux, population = _draw_counted(survey, area, rng, n_sources, number)
    diffuse = _draw_diffuse(survey, area, rng, number)

    kinds: tuple[Population | Diffuse, ...] = (*survey.populations, *survey.diffuse)
    kind = np.concatenate([population, diffuse + len(survey.populations)])
    n_counted = len(flux)
    low, high = np.array([kind.size for kind in kinds])[kind].T
    of_counts, of_diffuse = slice(None, n_counted), slice(n_counted, None)
    nothing = np.zeros(len(diffuse))
    sizes = np.concatenate(
        [
            survey.sizes.draw(survey.at_reference(flux), low[of_counts], high[of_counts], rng),
            LogUniform().draw(nothing, low[of_diffuse], high[of_diffuse], rng),
        ]
    )
    drawers = list(generators(kind.morphology for kind in kinds).values())
    names = np.array([drawer.name for drawer in drawers], dtype=np.str_)
    sizes[names[kind] == "point"] = 0.0

    radius = sizes / 2 / image.pixel_scale
    if place is None:
        margin = np.where(np.arange(len(kind)) < n_counted, 0.0, radius)
        x, y = (_within(length, margin, rng) for length in reversed(image.shape))
    else:
        x, y = place(radius, rng)
    ra, dec = image.pixel_to_sky(x, y)
    unit = _place(ra, dec, _parts(kind, sizes, drawers, rng))
    peaks = [survey.diffuse[i].brightness for i in diffuse]
    lowest, highest = np.reshape(peaks, (-1, 2)).T
    peak = LogUniform().draw(nothing, lowest, highest, rng)
    flux = np.concatenate([flux, _fluxes_of_peaks(unit, image, n_counted, peak * survey.rms)])
    return SkySources(
        ra,
        dec,
        flux,
        sizes,
        names[kind],
        np.array([drawer.fr_class or "" for drawer in drawers], dtype=np.str_)[kind],
        np.array([drawer.structure or "" for drawer in drawers], dtype=np.str_)[kind],
        replace(unit, flux=unit.flux * flux[unit.source]),
    )


def _check_number(survey: Survey, number: Mapping[str, int]) -> None:
    for name in number:
        if name not in survey.morphologies:
            raise OptionError(
                f"sources of morphology {name!r} are asked for, but the survey {survey.name} "
                f"has only {', '.join(survey.morphologies)}: add it to the survey's file"
            )


def _draw_counted(
    survey: Survey,
    area: float,
    rng: np.random.Generator,
    n_sources: int | None,
    number: Mapping[str, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the flux and the population of each source that follows the counts."""
    asked = np.array([kind.morphology in number for kind in survey.populations])
    counts: SourceCounts = _Share(survey, ~asked) if asked.any() else survey.counts
    limits = survey.faintest, survey.brightest
    density = survey.density * number_per_square_degree(counts, *limits)
    if n_sources is None:
        n_sources = int(rng.poisson(area * density))
    elif n_sources > 0 and density == 0:
        raise OptionError(
            f"{n_sources} sources are asked for beside those of a given number, but the survey "
            f"{survey.name} has no other population: ask for 0"
        )
    flux = draw_fluxes(counts, n_sources, *limits, rng) if n_sources else np.zeros(0)
    population = _choose(survey.chances(flux) * ~asked, rng)
    fluxes, populations = [flux], [population]
    for i in np.flatnonzero(asked):
        kind = survey.populations[i]
        if number[kind.morphology]:
            alone = _alone(survey, int(i))
            fluxes.append(draw_fluxes(alone, number[kind.morphology], *limits, rng))
            populations.append(np.full(number[kind.morphology], i))
    return np.concatenate(fluxes), np.concatenate(populations)


def _alone(survey: Survey, i: int) -> SourceCounts:
    """Return the counts of one population, as if it had a share where it has none."""
    kinds = list(survey.populations)
    if kinds[i].share == 0:
        kinds[i] = replace(kinds[i], share=1.0)
    return _Share(replace(survey, populations=tuple(kinds)), np.arange(len(kinds)) == i)


def _draw_diffuse(
    survey: Survey, area: float, rng: np.random.Generator, number: Mapping[str, int]
) -> np.ndarray:
    """Return which of the survey's diffuse kinds each diffuse source is."""
    times = [
        number.get(kind.morphology, rng.poisson(area * kind.per_square_degree))
        for kind in survey.diffuse
    ]
    return np.repeat(np.arange(len(times)), np.array(times, dtype=np.int64))


def _choose(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the column that each row of chances falls on."""
    reached = np.cumsum(chance, axis=1)
    place = rng.uniform(0, 1, len(chance)) * reached[:, -1]
    return (reached <= place[:, None]).sum(axis=1)


def _within(length: int, margin: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw pixel positions along an axis, no nearer to its ends than the margins."""
    margin = np.minimum(margin, length / 2)
    return rng.uniform(margin - 0.5, length - margin - 0.5)


def _parts(
    kind: np.ndarray,
    size: np.ndarray,
    drawers: Sequence[Generator],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return the parts of the shapes of all sources, and the source of each, in order.

    Points and single Gaussians, of which there are many, are drawn at once.
    """
    blocks: list[tuple[np.ndarray, np.ndarray]] = []
    for i, drawer in enumerate(drawers):
        rows = np.flatnonzero(kind == i)
        if drawer.name in ("point", "gaussian"):
            blocks.append((rows, _single_gaussians(size[rows], rng)))
        else:
            blocks += [
                (rows[j : j + 1], _stack(drawer.draw(float(size[row]), rng)))
                for j, row in enumerate(rows)
            ]
    source = np.concatenate([np.resize(rows, part.shape[1]) for rows, part in blocks])
    parts = np.concatenate([part for _, part in blocks], axis=1)
    order = np.argsort(source, kind="stable")
    return {"source": source[order], **dict(zip(_PARTS, parts[:, order], strict=True))}


def _single_gaussians(size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the parts of sources that are one Gaussian each, a point where the size is 0."""
    one, none = np.ones(len(size)), np.zeros(len(size))
    minor = size * rng.uniform(_FLATTEST, _ROUNDEST, len(size))
    return np.stack([one, none, none, size, minor, rng.uniform(0, 180, len(size))])


def _place(ra: np.ndarray, dec: np.ndarray, parts: Mapping[str, np.ndarray]) -> SkyGaussians:
    """Return the Gaussians of shapes at positions on the sky, each source with a flux of 1 Jy."""
    source = parts["source"]
    ra, dec = offset_position(ra[source], dec[source], parts["east"], parts["north"])
    return SkyGaussians(
        source, ra, dec, parts["share"], parts["major"], parts["minor"], parts["pa"]
    )


def _stack(shape: Shape) -> np.ndarray:
    return np.stack([getattr(shape, name) for name in _PARTS])


def _fluxes_of_peaks(
    unit: SkyGaussians, image: SkyImage, first: int, peaks: np.ndarray
) -> np.ndarray:
    """Return the fluxes that give the sources from row ``first`` on the wanted peaks."""
    rows = np.arange(first, first + len(peaks) + 1)
    start = np.searchsorted(unit.source, rows)
    drawn = project(unit.select(slice(start[0], None)), image)
    parts = [slice(a, b) for a, b in zip(start - start[0], start[1:] - start[0], strict=False)]
    return peaks / np.array([brightest(drawn.select(part)) for part in parts])
