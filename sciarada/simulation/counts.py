"""Differential source counts: the number of sources as a function of flux."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

_GRID = 4096
_SQUARE_DEGREES_PER_STERADIAN = math.degrees(1.0) ** 2


# log10(S^2.5 dN/dS / (Jy^1.5 sr^-1)) of log10(S / mJy), and the range it was fitted over
_POLYNOMIAL = np.polynomial.Polynomial((0.859, 0.508, 0.376, -0.049, -0.121, 0.057, -0.008))
_LOG_RANGE = (math.log10(0.05), 3.0)
_FAINT_SLOPE = 2.5 - 1.7


class SourceCounts(Protocol):
    """Differential source counts dN/dS."""

    def differential(self, flux: np.ndarray) -> np.ndarray:
        """Return dN/dS in Jy^-1 deg^-2 at ``flux`` in Jy."""
        ...


@dataclass(frozen=True)
class Hopkins2003:
    """Counts at 1.4 GHz by Hopkins et al. (2003, AJ 125, 465), at any frequency.

    The sixth-order polynomial of their equation for ``log10(S^2.5 dN/dS)`` was fitted to sources
    of 0.05 mJy to 1 Jy. Fainter ones continue as ``dN/dS ~ S^-1.7``, the slope that Vernstrom et
    al. (2014, MNRAS 440, 2791) found near 10 microjansky, brighter ones with the slope of the
    polynomial's end. All sources share one spectral index.

    Parameters
    ----------
    frequency : float
        Hz.
    spectral_index : float
        ``alpha`` in ``S ~ frequency^alpha``.
    """

    frequency: float = 1.4e9
    spectral_index: float = -0.7

    def differential(self, flux: np.ndarray) -> np.ndarray:
        """Return dN/dS in Jy^-1 deg^-2 at ``flux`` in Jy."""
        scale = (1.4e9 / self.frequency) ** self.spectral_index
        reference = np.asarray(flux, dtype=np.float64) * scale
        log = np.log10(reference * 1e3)
        inside = np.clip(log, *_LOG_RANGE)
        slope = np.where(log < inside, _FAINT_SLOPE, _POLYNOMIAL.deriv()(inside))
        euclidean = _POLYNOMIAL(inside) + slope * (log - inside)
        return 10**euclidean * reference**-2.5 * scale / _SQUARE_DEGREES_PER_STERADIAN


@dataclass(frozen=True)
class PowerLaw:
    """Counts ``dN/dS = amplitude (S / 1 mJy)^-slope``.

    Parameters
    ----------
    slope : float
        2.5 in a static Euclidean universe; the real sky is flatter below about 100 mJy.
    amplitude : float
        Sources per Jy and square degree at 1 mJy.
    """

    slope: float
    amplitude: float

    def differential(self, flux: np.ndarray) -> np.ndarray:
        """Return dN/dS in Jy^-1 deg^-2 at ``flux`` in Jy."""
        return self.amplitude * (np.asarray(flux, dtype=np.float64) / 1e-3) ** -self.slope


def number_per_square_degree(counts: SourceCounts, faintest: float, brightest: float) -> float:
    """Return the number of sources per square degree between two fluxes in Jy."""
    return float(_cumulative(counts, faintest, brightest)[1][-1])


def draw_fluxes(
    counts: SourceCounts,
    number: int,
    faintest: float,
    brightest: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw fluxes that follow the counts.

    Parameters
    ----------
    counts : SourceCounts
        The law.
    number : int
        How many.
    faintest, brightest : float
        Range in Jy.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    ndarray of float64
        Jy, in no order.
    """
    log_flux, cumulative = _cumulative(counts, faintest, brightest)
    return np.exp(np.interp(rng.uniform(0, cumulative[-1], number), cumulative, log_flux))


def _cumulative(
    counts: SourceCounts, faintest: float, brightest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a grid of ln S and the number per square degree between ``faintest`` and S."""
    if not 0 < faintest < brightest:
        raise ValueError(f"fluxes need 0 < faintest < brightest, not {faintest} and {brightest}")
    log_flux = np.linspace(math.log(faintest), math.log(brightest), _GRID)
    per_log = counts.differential(np.exp(log_flux)) * np.exp(log_flux)
    steps = 0.5 * (per_log[1:] + per_log[:-1]) * np.diff(log_flux)
    return log_flux, np.concatenate([[0.0], np.cumsum(steps)])
