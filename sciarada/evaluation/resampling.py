"""Bootstrap samples of the components of scores, without drawing every source again.

A thousand samples of a hundred thousand sources are a hundred million draws. Counts, sums and
quantiles do not need them: their bootstrap distributions can be drawn from directly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLINGS = 1000
BLOCKS = 2000


def resample_counts(counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how often each outcome occurs in bootstrap samples.

    Parameters
    ----------
    counts : ndarray of int, shape (k,)
        How many sources had each outcome.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of int, shape (RESAMPLINGS, k)
        Each row adds up to the number of sources: samples of sources drawn with replacement
        have multinomial counts.
    """
    counts = np.asarray(counts)
    total = int(counts.sum())
    if not total:
        return np.zeros((RESAMPLINGS, len(counts)), dtype=np.int64)
    return rng.multinomial(total, counts / total, size=RESAMPLINGS)


def resample_quantiles(
    values: np.ndarray, shares: Sequence[float], rng: np.random.Generator
) -> np.ndarray:
    """Return quantiles of bootstrap samples.

    The order statistics of a sample drawn with replacement from n values are those values at
    n times the order statistics of n uniform numbers, and the latter are partial sums of
    gamma variates (Devroye 1986, Non-Uniform Random Variate Generation, V.3). So this is
    what drawing every value would give, not an approximation.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, at least one.
    shares : sequence of float
        Which quantiles, 0 to 1, interpolated as `numpy.quantile` does.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (RESAMPLINGS, len(shares))
    """
    values = np.sort(values)
    count = len(values)
    place = np.asarray(shares) * (count - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, count - 1)
    ranks = np.unique(np.concatenate([below, above])) + 1
    steps = rng.standard_gamma(
        np.diff(np.concatenate([[0], ranks, [count + 1]])).astype(float),
        size=(RESAMPLINGS, len(ranks) + 1),
    )
    uniform = np.cumsum(steps, axis=1)
    uniform = uniform[:, :-1] / uniform[:, -1:]
    drawn = values[np.minimum((uniform * count).astype(np.int64), count - 1)]
    low = drawn[:, np.searchsorted(ranks, below + 1)]
    high = drawn[:, np.searchsorted(ranks, above + 1)]
    return low + (place - below) * (high - low)


def draw_blocks(count: int, rng: np.random.Generator) -> np.ndarray:
    """Deal sources into blocks that are then drawn as wholes.

    Blocks of sources taken at random vary among each other as much as sources do, so that
    sums over drawn blocks scatter like sums over drawn sources (as in the bag of little
    bootstraps; Kleiner et al. 2014, JRSS B 76, 795). Up to `BLOCKS` sources are a block each.

    Parameters
    ----------
    count : int
        Number of sources.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of int, shape (count,)
        Block of each source, from 0.
    """
    if count <= BLOCKS:
        return np.arange(count)
    return rng.permutation(count) % BLOCKS


def draw_weights(blocks: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each block occurs in bootstrap samples, shape (RESAMPLINGS, blocks)."""
    drawn = rng.integers(blocks, size=(RESAMPLINGS, blocks))
    drawn += blocks * np.arange(RESAMPLINGS)[:, None]
    return np.bincount(drawn.ravel(), minlength=RESAMPLINGS * blocks).reshape(-1, blocks) * 1.0


def resample_sums(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return sums over bootstrap samples.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        What each of at least one source adds to each sum.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (RESAMPLINGS, k)
    """
    block = draw_blocks(len(values), rng)
    count = int(block.max()) + 1
    sums = np.stack([np.bincount(block, column, minlength=count) for column in values.T], axis=1)
    return draw_weights(count, rng) @ sums
