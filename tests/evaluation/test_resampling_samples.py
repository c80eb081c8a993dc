"""Bootstrap distributions drawn directly against those of drawing every source again."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from sciarada.evaluation import resampling
from sciarada.evaluation.resampling import (
    draw_blocks,
    resample_counts,
    resample_quantiles,
    resample_sums,
)


def plainly(values, statistic, rng, resamplings=1000):
    """Draw all values again, as often as asked."""
    return np.array([statistic(rng.choice(values, len(values))) for _ in range(resamplings)])


@pytest.mark.parametrize("count", [1, 2, 7, 40, 301])
@pytest.mark.parametrize("share", [0.5, 0.25, 0.9])
def test_quantiles(count, share):
    rng = np.random.default_rng(count)
    values = rng.normal(size=count).round(1)
    drawn = resample_quantiles(values, [share], rng)[:, 0]
    slow = plainly(values, lambda sample: np.quantile(sample, share), rng)
    assert ks_2samp(drawn.round(9), slow.round(9)).pvalue > 1e-3


def test_quantiles_of_one_sample_belong_together():
    rng = np.random.default_rng(2)
    values = rng.exponential(size=60)
    low, high = resample_quantiles(values, [0.25, 0.75], rng).T
    slow = plainly(values, lambda sample: np.diff(np.quantile(sample, [0.25, 0.75]))[0], rng)
    assert np.all(low <= high)
    assert ks_2samp(high - low, slow).pvalue > 1e-3


def test_counts_scatter_as_binomials_do():
    drawn = resample_counts(np.array([30, 70]), np.random.default_rng(3))
    assert np.all(drawn.sum(axis=1) == 100)
    assert drawn[:, 0].mean() == pytest.approx(30, abs=0.6)
    assert drawn[:, 0].std() == pytest.approx(np.sqrt(21), rel=0.1)


@pytest.mark.parametrize("count", [50, 20_000])
def test_sums_of_sources_and_of_blocks(count):
    rng = np.random.default_rng(4)
    values = np.stack([np.ones(count), rng.exponential(size=count)], axis=1)
    drawn = resample_sums(values, rng)
    np.testing.assert_allclose(drawn[:, 0], count, rtol=1e-12)
    error = values[:, 1].std() * np.sqrt(count)
    assert drawn[:, 1].mean() == pytest.approx(values[:, 1].sum(), abs=0.15 * error)
    assert drawn[:, 1].std() == pytest.approx(error, rel=0.1)


def test_blocks_are_of_one_size():
    sizes = np.bincount(draw_blocks(10 * resampling.BLOCKS + 7, np.random.default_rng(5)))
    assert len(sizes) == resampling.BLOCKS
    assert set(sizes) == {10, 11}
