"""Numbers with confidence intervals."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from sciarada.evaluate.estimates import f1_score, median, proportion, robust_scatter


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (1, 3), (40, 50), (999, 1000)])
@pytest.mark.parametrize("confidence", [0.68, 0.95])
def test_wilson_intervals_are_scipys(k, n, confidence):
    expected = binomtest(k, n).proportion_ci(confidence, method="wilson")
    share = proportion(k, n, confidence)
    assert (share.value, share.count) == (k / n, n)
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_to_count():
    share = proportion(0, 0)
    assert math.isnan(share.value)
    assert share.count == 0
    assert f"{share:.2f}" == "not measured"


@pytest.mark.parametrize(("k", "n"), [(-1, 4), (5, 4)])
def test_impossible_counts(k, n):
    with pytest.raises(ValueError, match="do not fit"):
        proportion(k, n)


def test_medians_of_gaussian_values_have_the_known_error():
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    estimate = median(np.append(values, np.nan), np.random.default_rng(2))
    assert estimate.value == np.median(values)
    error = math.sqrt(math.pi / 2) * 2.0 / 20
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * error, rel=0.3)
    assert estimate.low < 3.0 < estimate.high


def test_the_scatter_ignores_outliers():
    values = np.random.default_rng(1).normal(3.0, 2.0, 1000)
    values[:20] = 1e6
    estimate = robust_scatter(values, np.random.default_rng(2))
    assert estimate.value == pytest.approx(2.0, rel=0.1)
    assert estimate.low < 2.0 < estimate.high


def test_the_bootstrap_of_many_values_in_parts():
    values = np.random.default_rng(1).normal(size=30_000)
    estimate = median(values, np.random.default_rng(2))
    error = math.sqrt(math.pi / 2 / 30_000)
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * error, rel=0.2)


def test_intervals_can_be_repeated():
    values = np.arange(50.0)
    first, second = (median(values, np.random.default_rng(4)) for _ in range(2))
    assert first == second


def test_f1_is_the_harmonic_mean():
    estimate = f1_score(80, 0, 20, 10, np.random.default_rng(1))
    assert estimate.value == pytest.approx(2 * 80 / (2 * 80 + 20 + 10))
    assert estimate.low < estimate.value < estimate.high
    with_extra = f1_score(80, 10, 20, 10, np.random.default_rng(1))
    assert with_extra.value == pytest.approx(2 / (1 / 0.8 + 1 / 0.9))


def test_the_interval_of_f1_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(5)
    shares = np.array([0.7, 0.0, 0.2, 0.1])
    truth = 2 * 0.7 / (2 * 0.7 + 0.3)
    hits = 0
    for _ in range(200):
        estimate = f1_score(*rng.multinomial(150, shares).tolist(), rng)
        hits += estimate.low <= truth <= estimate.high
    assert 180 <= hits <= 200


@pytest.mark.parametrize(
    ("outcomes", "value"), [((0, 0, 5, 5), 0.0), ((0, 0, 5, 0), math.nan), ((0, 0, 0, 0), math.nan)]
)
def test_f1_of_hopeless_cases(outcomes, value):
    estimate = f1_score(*outcomes, np.random.default_rng(1))
    assert estimate.value == pytest.approx(value, nan_ok=True)
