"""Average precision against scikit-learn's and against the slow, greedy way."""

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from sciarada.evaluation.average_precision import (
    score_class_probabilities,
    score_class_rankings,
    score_ranking,
)
from sciarada.evaluation.matching import pairs_within
from sciarada.evaluation.truth_status import Limits


def line(arcsec, **columns) -> Table:
    dec = np.asarray(arcsec, dtype=float) / 3600
    return Table({"ra": np.zeros(len(dec)), "dec": dec} | columns)


def slow(truth, found, radius):
    """Let detections choose in the order of their scores; walk down the list."""
    pairs = list(
        zip(
            *pairs_within(truth["ra"], truth["dec"], found["ra"], found["dec"], radius), strict=True
        )
    )
    taken, right = set(), np.zeros(len(found), bool)
    for j in np.argsort(-np.asarray(found["det_score"]), kind="stable"):
        free = [(d, i) for i, second, d in pairs if second == j and i not in taken]
        if free:
            taken.add(min(free)[1])
            right[j] = True
    area, recall = 0.0, 0.0
    for threshold in sorted(set(found["det_score"].tolist()), reverse=True):
        above = np.asarray(found["det_score"]) >= threshold
        hits = right[above].sum()
        area += (hits / len(truth) - recall) * hits / above.sum()
        recall = hits / len(truth)
    return area, right


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31))
def test_against_the_slow_way(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 12), rng.integers(0, 15)
    truth = line(rng.uniform(0, 60, n))
    found = line(rng.uniform(0, 60, m), det_score=rng.integers(0, 8, m) / 8)
    curve = score_ranking(found, truth, 4.0)
    area, right = slow(truth, found, 4.0)
    estimate = curve.average_precision
    assert estimate.value == pytest.approx(area)
    assert 0 <= estimate.low <= estimate.high <= 1
    assert np.all(np.diff(curve.recall) >= 0)
    if right.sum() == n:  # nothing missed: the same as for a ranked list
        assert area == pytest.approx(average_precision_score(right, found["det_score"]))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31))
def test_only_the_order_of_scores_matters(seed):
    rng = np.random.default_rng(seed)
    truth, found = line(rng.uniform(0, 90, 10)), line(rng.uniform(0, 90, 12))
    found["det_score"] = rng.permutation(12) / 12
    first = score_ranking(found, truth, 5.0)
    found["det_score"] = np.exp(7 * found["det_score"])
    shuffled = found[rng.permutation(12)]
    assert score_ranking(shuffled, truth, 5.0).average_precision == first.average_precision


def test_perfect_and_hopeless_detectors():
    truth = line([0, 100, 200])
    found = line([0, 100, 200, 300], det_score=[0.9, 0.8, 0.7, 0.1])
    assert score_ranking(found, truth, 5.0).average_precision.value == 1.0
    found["det_score"] = [0.1, 0.2, 0.3, 0.9]
    assert score_ranking(found, truth, 5.0).average_precision.value == pytest.approx(
        (1 / 2 + 2 / 3 + 3 / 4) / 3
    )
    assert score_ranking(found[3:], truth, 5.0).average_precision.value == 0.0
    assert score_ranking(found[:0], truth, 5.0).average_precision.value == 0.0
    assert np.isnan(score_ranking(found, truth[:0], 5.0).average_precision.value)


def test_a_second_detection_of_one_source_is_false():
    curve = score_ranking(line([0, 1], det_score=[0.5, 0.9]), line([0]), 5.0)
    assert curve.score.tolist() == [0.9, 0.5]
    assert curve.precision.tolist() == [1.0, 0.5]
    assert curve.recall.tolist() == [1.0, 1.0]


def test_faint_sources_and_their_detections_are_left_out():
    truth = line([0, 100], snr=[9.0, 2.0])
    found = line([100, 0], det_score=[0.9, 0.5])
    assert score_ranking(found, truth, 5.0, limits=Limits(snr=5)).precision.tolist() == [1.0]


def test_scores_that_are_missing():
    found = line([0, 100], det_score=[0.5, np.nan])
    assert score_ranking(found, line([0]), 5.0).precision.tolist() == [1.0]


def test_class_by_class():
    truth = line([0, 100, 200], class_name=["compact", "spurious", "extended"])
    found = line(
        [0, 100, 200], det_score=[0.9, 0.8, 0.7], class_name=["compact", "spurious", "compact"]
    )
    score = score_class_rankings(found, truth, 5.0)
    assert [c.name for c in score.curves] == ["compact", "extended", "spurious"]
    assert [c.average_precision.value for c in score.curves] == [1.0, 0.0, 1.0]
    assert score.mean.value == pytest.approx(2 / 3)
    assert score.table()["class"].tolist() == ["compact", "extended", "spurious", "mean"]
    assert score.curves[0].table()["recall"].tolist() == [1.0, 1.0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 5), st.integers(2, 80))
def test_probabilities_of_classes_against_scikit_learn(seed, k, count):
    rng = np.random.default_rng(seed)
    names = np.array([f"c{i}" for i in range(k)])
    true = rng.choice(names, count)
    p = rng.integers(0, 9, (count, k)) / 8  # with ties
    score = score_class_probabilities(true, p, names)
    expected = {
        name: average_precision_score(true == name, column)
        for name, column in zip(names, p.T, strict=True)
        if (true == name).any()
    }
    assert [curve.name for curve in score.curves] == list(names)
    for curve in score.curves:
        area = curve.average_precision
        assert area.count == (true == curve.name).sum()
        assert area.value == pytest.approx(expected.get(curve.name, np.nan), nan_ok=True)
    assert score.mean.value == pytest.approx(np.mean(list(expected.values())))
    assert score.mean.low <= score.mean.value <= score.mean.high


def test_sources_without_probabilities_are_not_found():
    p = np.array([[0.9, 0.1], [np.nan, np.nan], [0.2, 0.8]])
    score = score_class_probabilities(["a", "a", "b"], p, ("a", "b"))
    assert [c.average_precision.value for c in score.curves] == [0.5, 1.0]


def test_many_detections_and_the_width_of_the_interval():
    """The bootstrap of many scores in groups is as wide as that of drawing every source."""
    rng = np.random.default_rng(1)
    count = 6000
    truth = line(np.arange(count) * 60.0 % 80_000, ra=1.0 + np.arange(count) // 1000)
    score = rng.normal(size=count)
    keep = rng.random(count) < 0.8
    found = truth[keep]
    found["det_score"] = score[keep] + 1
    false = line(np.arange(2000) * 30, ra=np.full(2000, 200.0), det_score=rng.normal(size=2000))
    found = Table({n: np.concatenate([found[n], false[n]]) for n in ("ra", "dec", "det_score")})
    estimate = score_ranking(found, truth, 5.0).average_precision
    right = np.arange(len(found)) < keep.sum()
    order = np.argsort(-np.asarray(found["det_score"]))

    def area(weight, missed):
        hit, every = (np.cumsum((weight * x)[order]) for x in (right, np.ones(len(right))))
        gain = (weight * right)[order]
        return (gain * hit / np.maximum(every, 1)).sum() / (hit[-1] + missed)

    assert estimate.value == pytest.approx(area(np.ones(len(right)), (~keep).sum()))
    total = len(right) + (~keep).sum()
    slowly = []
    for _ in range(300):
        drawn = np.bincount(rng.integers(total, size=total), minlength=total)
        slowly.append(area(drawn[: len(right)], drawn[len(right) :].sum()))
    width = np.diff(np.quantile(slowly, [0.025, 0.975]))[0]
    assert estimate.high - estimate.low == pytest.approx(width, rel=0.2)
