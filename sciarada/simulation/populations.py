"""The mix of morphologies of sources of one flux."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sciarada.simulation.sizes import Sizes

Host = Literal["any", "active", "star_forming"]


@dataclass(frozen=True)
class Population:
    """A population: a share of the sources drawn from the source counts.

    Parameters
    ----------
    morphology : str
        Name of a morphology that a plugin offers.
    share : float
        Weight among the populations of the same host that a source is bright enough for; 0
        for one that is only drawn if its number is set.
    size : tuple of float
        Smallest and largest angular size in arcsec.
    above : float
        Least flux of a member, in units of the median rms.
    host : str
        Whether it is an ``active`` galaxy, a ``star_forming`` one, or ``any``.
    beams : tuple of float
        Smallest and largest angular size in units of the beam's major axis, beside ``size``.
    """

    morphology: str
    share: float
    size: tuple[float, float] = (0.0, 0.0)
    above: float = 0.0
    host: Host = "any"
    beams: tuple[float, float] = (0.0, math.inf)

    def __post_init__(self) -> None:
        _check_size(self.morphology, self.size)
        if self.share < 0 or self.above < 0:
            raise ValueError(f"{self.morphology} needs a share and a limit of 0 or more")

    def seen_with(self, beam: float) -> Population:
        """Return the population within the sizes that a beam (arcsec) resolves."""
        low, high = max(self.size[0], self.beams[0] * beam), min(self.size[1], self.beams[1] * beam)
        return replace(self, size=(min(low, high), high))


@dataclass(frozen=True)
class Diffuse:
    """Sources drawn by their number on the sky and their surface brightness.

    Parameters
    ----------
    morphology : str
        Name of a morphology that a plugin offers.
    per_square_degree : float
        Mean number; 0 for one that is only drawn if its number is set.
    size : tuple of float
        Smallest and largest angular size in arcsec, drawn evenly in the logarithm.
    brightness : tuple of float
        Lowest and highest peak in units of the median rms, drawn evenly in the logarithm.
    """

    morphology: str
    per_square_degree: float
    size: tuple[float, float]
    brightness: tuple[float, float]

    def __post_init__(self) -> None:
        _check_size(self.morphology, self.size)
        if self.size[0] == 0:
            raise ValueError(f"{self.morphology} needs 0 < smallest <= largest size")
        if self.per_square_degree < 0:
            raise ValueError(f"{self.morphology} needs a number of 0 or more per square degree")
        if not 0 < self.brightness[0] <= self.brightness[1]:
            raise ValueError(f"{self.morphology} needs 0 < lowest <= highest brightness")


@dataclass(frozen=True)
class Mix:
    """The share of star-forming galaxies among the sources of a flux; the others are AGN.

    Their share is ``1 / (1 + (S / equal)^slope)``.

    Parameters
    ----------
    equal : float
        Flux in Jy at 1.4 GHz at which both are as many.
    slope : float
        How fast the shares change with the flux.
    """

    equal: float
    slope: float

    def __post_init__(self) -> None:
        if not (self.equal > 0 and self.slope > 0):
            raise ValueError("mix.equal and mix.slope must be positive")

    def star_forming(self, flux: np.ndarray) -> np.ndarray:
        """Return the share of star-forming galaxies at a flux in Jy at 1.4 GHz."""
        return 1.0 / (1.0 + (np.asarray(flux) / self.equal) ** self.slope)


def chances(
    populations: tuple[Population, ...],
    mix: Mix | None,
    sizes: Sizes,
    flux: np.ndarray,
    snr: np.ndarray,
) -> np.ndarray:
    """Return how likely a source belongs to each population.

    A population weighs as much as its share, times the share of the sources of this flux that
    are of its sizes; nothing if the source is too faint for it. The weights of those that a
    host can be are made to add up to the share of that host.

    Parameters
    ----------
    populations : tuple of Population
        At least one open to sources of every flux, for each host.
    mix : Mix or None
        Shares of the hosts; None for one kind of host.
    sizes : Sizes
        How large the sources of a flux are.
    flux : ndarray
        Jy at 1.4 GHz.
    snr : ndarray
        Flux in units of the median rms, at the survey's own frequency.

    Returns
    -------
    ndarray, shape (sources, populations)
        Each row adds up to 1.
    """
    weight = np.stack(
        [
            kind.share * sizes.fraction(flux, *kind.size) * (snr >= kind.above)
            for kind in populations
        ],
        axis=-1,
    )
    if mix is None:
        return weight / weight.sum(axis=-1, keepdims=True)
    star_forming = mix.star_forming(flux)[..., None]
    return sum(
        part * open_to / open_to.sum(axis=-1, keepdims=True)
        for part, open_to in (
            (star_forming, weight * _open_to(populations, "star_forming")),
            (1 - star_forming, weight * _open_to(populations, "active")),
        )
    )


def _open_to(populations: tuple[Population, ...], host: str) -> np.ndarray:
    return np.array([kind.host in (host, "any") for kind in populations], dtype=np.float64)


def _check_size(morphology: str, size: tuple[float, float]) -> None:
    if not 0 <= size[0] <= size[1]:
        raise ValueError(f"{morphology} needs 0 <= smallest <= largest size, not {size}")
