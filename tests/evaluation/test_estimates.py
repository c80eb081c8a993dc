"""Numbers with confidence intervals."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from sciarada.evaluation.estimates import (
    deviation,
    f1_score,
    median,
    percentiles,
    proportion,
    robust_scatter,
    share_of,
)


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


def test_the_plain_deviation_does_not_ignore_outliers():
    values = np.random.default_rng(1).normal(3.0, 2.0, 1000)
    estimate = deviation(np.append(values, np.nan), np.random.default_rng(2))
    assert (estimate.value, estimate.count) == (pytest.approx(values.std(ddof=1)), 1000)
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * 2 / math.sqrt(2000), rel=0.2)
    values[0] = 1e3
    assert deviation(values, np.random.default_rng(2)).value > 30
    assert math.isnan(deviation(values[:1], np.random.default_rng(2)).value)


@pytest.mark.parametrize(
    ("statistic", "truth"), [(median, math.log(2)), (deviation, 1.0), (robust_scatter, 0.81444)]
)
def test_bootstrap_intervals_hold_the_truth_as_often_as_they_say(statistic, truth):
    """Of exponential values, which are skewed; log(3) / 1.349 is between their quartiles."""
    rng = np.random.default_rng(7)
    estimates = [statistic(rng.exponential(size=400), rng) for _ in range(200)]
    held = sum(estimate.low <= truth <= estimate.high for estimate in estimates)
    assert 178 <= held <= 200


def test_shares_and_percentiles():
    assert share_of(np.array([True, False])) == proportion(1, 2)
    samples = np.append(np.arange(101.0), np.nan)
    estimate = percentiles(50.0, samples, 7, confidence=0.9)
    assert (estimate.low, estimate.high, estimate.count) == (pytest.approx(5), pytest.approx(95), 7)
    assert math.isnan(percentiles(1.0, samples[-1:], 7).low)


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
    elsewhere = f1_score(60, 0, 20, 10, np.random.default_rng(1), recovered_elsewhere=20)
    assert elsewhere.value == pytest.approx(2 / (1 / 0.8 + 7 / 6))


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


def test_the_interval_of_a_share_holds_it_to_the_last_bit():
    for trials in range(1, 300):
        for successes in (0, trials // 3, trials - 1, trials):
            found = proportion(successes, trials)
            assert 0 <= found.low <= found.value <= found.high <= 1
