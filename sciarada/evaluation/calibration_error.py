"""Calibration error of probabilities, with an interval that accounts for chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.evaluation.estimates import CONFIDENCE, Estimate, percentiles
from sciarada.evaluation.resampling import RESAMPLINGS, draw_blocks, draw_weights


@dataclass(frozen=True, eq=False)
class Draws:
    """Bootstrap samples of sources, the same for every score.

    Parameters
    ----------
    block : ndarray of int, shape (n,)
        Block of each source.
    weights : ndarray, shape (1 + RESAMPLINGS, blocks)
        How often each block occurs: once each, then as drawn.
    sizes : ndarray, shape (1 + RESAMPLINGS,)
        Number of sources drawn.
    rng : numpy.random.Generator
        For what else is left to chance.
    """

    block: np.ndarray
    weights: np.ndarray
    sizes: np.ndarray
    rng: np.random.Generator

    @classmethod
    def of(cls, count: int, seed: int) -> Draws:
        """Draw from at least one source."""
        rng = np.random.default_rng(seed)
        block = draw_blocks(count, rng)
        blocks = int(block.max()) + 1
        weights = np.vstack([np.ones(blocks), draw_weights(blocks, rng)])
        return cls(block, weights, weights @ np.bincount(block, minlength=blocks), rng)

    def mean(self, values: np.ndarray) -> Estimate:
        """Return the mean of values (n,)."""
        samples = self.weights @ np.bincount(self.block, values) / self.sizes
        return percentiles(samples[0], samples[1:], len(values))


@dataclass(frozen=True, eq=False)
class Claims:
    """Probabilities, outcomes, and the bins in which they are compared.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        0 to 1.
    outcome : ndarray, shape (n,)
        1 where it came true, else 0.
    bin : ndarray of int, shape (n,)
        From 0.
    bins : int
        Number of bins.
    """

    probability: np.ndarray
    outcome: np.ndarray
    bin: np.ndarray
    bins: int

    def error(self, draws: Draws) -> np.ndarray:
        """Return the calibration error of all sources, then of each sample."""
        blocks = draws.weights.shape[1]
        sums = np.bincount(
            draws.block * self.bins + self.bin,
            self.probability - self.outcome,
            minlength=blocks * self.bins,
        ).reshape(blocks, self.bins)
        return np.abs(draws.weights @ sums).sum(axis=1) / draws.sizes

    def deviations(self) -> np.ndarray:
        """Return by how much each bin would add to the error if all probabilities were right.

        The sum of outcomes less probabilities of a bin is then nearly Gaussian about 0, with
        the summed variance of the outcomes; given is its standard deviation, per source.
        """
        variance = self.probability * (1 - self.probability)
        return np.sqrt(np.bincount(self.bin, variance, minlength=self.bins)) / len(self.bin)

    def error_by_chance(self) -> float:
        """Return the mean calibration error if all probabilities were right."""
        return float(math.sqrt(2 / math.pi) * self.deviations().sum())


def calibration_error(claims: Sequence[Claims], draws: Draws) -> Estimate:
    """Return the mean calibration error of one or more sets of claims about the same sources.

    Parameters
    ----------
    claims : sequence of Claims
        For example one per class.
    draws : Draws
        Of these sources.

    Returns
    -------
    Estimate
        An error is a sum of distances, so chance adds to it, and in a bootstrap sample once
        more. The lower end is therefore the percentile less twice what the samples lie above
        the estimate, and 0 where probabilities that are all right would reach the estimate
        by chance; the upper end is the percentile less once that.
    """
    errors = np.mean([claim.error(draws) for claim in claims], axis=0)
    value, count = float(errors[0]), len(draws.block)
    raw = percentiles(value, errors[1:], count)
    excess = max(float(errors[1:].mean()) - value, 0.0)
    scatter = np.concatenate([claim.deviations() for claim in claims]) / len(claims)
    chance = np.abs(draws.rng.normal(size=(RESAMPLINGS, len(scatter)))) @ scatter
    explained = value <= np.quantile(chance, (1 + CONFIDENCE) / 2)
    low = 0.0 if explained else max(0.0, min(value, raw.low - 2 * excess))
    return Estimate(value, low, max(value, raw.high - excess), count)
