"""Numbers with confidence intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sciarada.evaluation.resampling import resample_counts, resample_quantiles, resample_sums

CONFIDENCE = 0.95
_QUARTILES_TO_SIGMA = 1 / (2 * float(ndtri(0.75)))  # for Gaussian values


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


UNMEASURED = Estimate(math.nan, math.nan, math.nan, 0)


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
        return UNMEASURED
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    half /= 1 + z2 / trials
    # The interval holds the share, and ends in it at 0 and 1: without rounding.
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(share, min(low, share), max(high, share), trials)


def share_of(outcome: np.ndarray) -> Estimate:
    """Return the share of True in a boolean array, with Wilson's interval."""
    return proportion(int(np.count_nonzero(outcome)), len(outcome))


def percentiles(
    value: float, samples: np.ndarray, count: int, confidence: float = CONFIDENCE
) -> Estimate:
    """Return an estimate with the central interval of its bootstrap samples.

    Parameters
    ----------
    value : float
        The estimate.
    samples : ndarray
        The same of bootstrap samples; those that are not finite are omitted.
    count : int
        Number of sources that it rests on.
    confidence : float
        Probability content of the interval.
    """
    samples = samples[np.isfinite(samples)]
    if math.isnan(value) or not len(samples):
        return Estimate(value, math.nan, math.nan, count)
    tail = (1 - confidence) / 2
    low, high = np.quantile(samples, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high), count)


def median(
    values: np.ndarray, rng: np.random.Generator, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a median with a percentile bootstrap interval; NaN values are omitted."""
    values = _finite(values)
    if not len(values):
        return UNMEASURED
    samples = resample_quantiles(values, [0.5], rng)[:, 0]
    return percentiles(float(np.median(values)), samples, len(values), confidence)


def robust_scatter(
    values: np.ndarray, rng: np.random.Generator, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a standard deviation from the distance between the quartiles.

    With a percentile bootstrap interval; NaN values are omitted. Up to a quarter of the
    values may be outliers.
    """
    values = _finite(values)
    if not len(values):
        return UNMEASURED
    low, high = np.quantile(values, [0.25, 0.75])
    again = resample_quantiles(values, [0.25, 0.75], rng)
    samples = _QUARTILES_TO_SIGMA * (again[:, 1] - again[:, 0])
    return percentiles(_QUARTILES_TO_SIGMA * (high - low), samples, len(values), confidence)


def deviation(
    values: np.ndarray, rng: np.random.Generator, confidence: float = CONFIDENCE
) -> Estimate:
    """Return a plain standard deviation with a percentile bootstrap interval.

    NaN values are omitted; outliers are not.
    """
    values = _finite(values)
    if len(values) < 2:
        return UNMEASURED
    centred = values - values.mean()
    sums = resample_sums(np.stack([np.ones(len(values)), centred, centred**2], axis=1), rng)
    count, first, second = sums.T
    variance = np.maximum(second / count - (first / count) ** 2, 0.0)
    samples = np.sqrt(variance * len(values) / (len(values) - 1))
    return percentiles(float(values.std(ddof=1)), samples, len(values), confidence)


def f1_score(
    pairs: int,
    extra_pairs: int,
    missed: int,
    false: int,
    rng: np.random.Generator,
    confidence: float = CONFIDENCE,
    *,
    recovered_elsewhere: int = 0,
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
    recovered_elsewhere : int
        Sources that had to be found and were, by a detection that is not looked at, such as
        one in another bin.
    """
    outcomes = np.array([pairs, extra_pairs, missed, false, recovered_elsewhere])
    total = int(outcomes.sum())
    value = float(_harmonic(outcomes[None, :])[0])
    if math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, total)
    return percentiles(value, _harmonic(resample_counts(outcomes, rng)), total, confidence)


def _harmonic(outcomes: np.ndarray) -> np.ndarray:
    """Return F1 of rows of outcomes as in `f1_score`, NaN where it has no meaning."""
    pairs, extra, missed, false, elsewhere = outcomes.T.astype(float)
    return harmonic_mean(
        divide(pairs + elsewhere, pairs + elsewhere + missed),
        divide(pairs + extra, pairs + extra + false),
    )


def harmonic_mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the harmonic mean of two shares; 0 where both are, NaN where one is."""
    return np.where(first + second == 0, 0.0, divide(2 * first * second, first + second))


def divide(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """Return part / whole, NaN if the whole is 0."""
    above, below = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below != 0)


def _finite(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return values[np.isfinite(values)]
