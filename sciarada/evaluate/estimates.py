"""Numbers with confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

CONFIDENCE = 0.95
RESAMPLINGS = 1000
_DRAWS_AT_ONCE = 1_000_000
_MAD_TO_SIGMA = 1.482602218505602  # for Gaussian values: 1 / (quantile function of 3/4)


@dataclass(frozen=True)
class Estimate:
    """A value and its confidence interval; NaN where it could not be measured.

    Parameters
    ----------
    value : float
        The estimate.
    low, high : float
        Ends of the interval.
    count : int
        Number of sources that it rests on.
    """

    value: float
    low: float
    high: float
    count: int

    def __format__(self, spec: str) -> str:
        """Return ``value (low to high)``, each in the given format."""
        if math.isnan(self.value):
            return "not measured"
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


def proportion(successes: int, trials: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return a proportion with Wilson's score interval (1927, JASA 22, 209).

    Parameters
    ----------
    successes, trials : int
        How many of how many; no trials give NaN.
    confidence : float
        Probability content of the interval.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes do not fit {trials} trials")
    if not trials:
        return Estimate(math.nan, math.nan, math.nan, 0)
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    half /= 1 + z2 / trials
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), trials)


def median(
    values: np.ndarray, rng: np.random.Generator, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a median with a percentile bootstrap interval; NaN values are left out."""
    return _bootstrap(_median, values, rng, confidence)


def robust_scatter(
    values: np.ndarray, rng: np.random.Generator, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a standard deviation from the median absolute deviation, with a bootstrap interval.

    NaN values are left out.
    """
    return _bootstrap(_scaled_mad, values, rng, confidence)


def f1_score(
    pairs: int,
    extra_pairs: int,
    missed: int,
    false: int,
    rng: np.random.Generator,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the harmonic mean of completeness and reliability with a bootstrap interval.

    Parameters
    ----------
    pairs : int
        Detections that are true sources which had to be found.
    extra_pairs : int
        Detections that are true sources which did not have to be found.
    missed : int
        Sources that had to be found and were not.
    false : int
        Detections that are no source.
    rng : numpy.random.Generator
        Source of chance of the resampling.
    confidence : float
        Probability content of the interval.
    """
    outcomes = np.array([pairs, extra_pairs, missed, false])
    total = int(outcomes.sum())
    value = float(_harmonic(outcomes[None, :])[0])
    if math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, total)
    again = _harmonic(rng.multinomial(total, outcomes / total, size=RESAMPLINGS))
    return Estimate(value, *_interval(again[np.isfinite(again)], confidence), total)


def _harmonic(outcomes: np.ndarray) -> np.ndarray:
    """Return F1 of rows of (pairs, extra pairs, missed, false), NaN where it has no meaning."""
    pairs, extra, missed, false = outcomes.T.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        completeness = pairs / (pairs + missed)
        reliability = (pairs + extra) / (pairs + extra + false)
        both = 2 * completeness * reliability / (completeness + reliability)
    return np.where(completeness + reliability == 0, 0.0, both)


def _bootstrap(
    statistic: Callable[[np.ndarray], np.ndarray],
    values: np.ndarray,
    rng: np.random.Generator,
    confidence: float,
) -> Estimate:
    """Estimate a statistic that works along the last axis."""
    values = np.asarray(values, dtype=np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return Estimate(math.nan, math.nan, math.nan, 0)
    at_once = max(1, _DRAWS_AT_ONCE // len(values))
    again = [
        statistic(rng.choice(values, (min(at_once, RESAMPLINGS - done), len(values))))
        for done in range(0, RESAMPLINGS, at_once)
    ]
    interval = _interval(np.concatenate(again), confidence)
    return Estimate(float(statistic(values)), *interval, len(values))


def _interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def _median(values: np.ndarray) -> np.ndarray:
    return np.median(values, axis=-1)


def _scaled_mad(values: np.ndarray) -> np.ndarray:
    middle = np.median(values, axis=-1, keepdims=True)
    return _MAD_TO_SIGMA * np.median(np.abs(values - middle), axis=-1)
