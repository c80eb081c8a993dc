"""Differences of two competitors and their intervals."""

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.evaluation.association import associate
from sciarada.evaluation.classification import score_classes
from sciarada.evaluation.comparison import compare_classes, compare_detections
from sciarada.evaluation.detection import score_association

RADIUS = 5.0


def field(seed, count=300):
    """Return a truth, and two lists that find most of the same sources and make mistakes."""
    rng = np.random.default_rng(seed)
    truth = Table({"ra": rng.uniform(0, 5, count), "dec": rng.uniform(-5, 0, count)})
    truth["class_name"] = rng.choice(["compact", "flagged", "spurious"], count, p=[0.8, 0.1, 0.1])
    ease = rng.random(count)
    noise = Table({"ra": rng.uniform(0, 5, 40), "dec": rng.uniform(1, 5, 40)})
    lists = []
    for threshold in (0.2, 0.3):
        parts = truth[ease > threshold], noise[rng.random(40) < 0.6]
        lists.append(
            Table({name: np.concatenate([p[name] for p in parts]) for name in ("ra", "dec")})
        )
    return truth, tuple(lists)


def compared(truth, lists, seed=0):
    associations = tuple(associate(found, truth, RADIUS) for found in lists)
    return compare_detections(lists, associations, RADIUS, seed=seed), associations


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_values_are_those_of_each_alone_and_turn_their_sign(seed):
    truth, lists = field(seed, 60)
    comparison, associations = compared(truth, lists)
    back, _ = compared(truth, lists[::-1])
    for row, name in zip(comparison.rows, ("completeness", "reliability", "f1"), strict=True):
        assert row.name == name
        for association, estimate in zip(associations, (row.first, row.second), strict=True):
            alone = getattr(score_association(association), name)
            assert estimate.value == pytest.approx(alone.value)
        assert row.difference.value == pytest.approx(row.first.value - row.second.value)
        assert back[name].difference.value == pytest.approx(-row.difference.value)


def test_a_list_does_not_differ_from_itself():
    truth, (found, _) = field(1)
    comparison, _ = compared(truth, (found, found))
    for row in comparison.rows:
        assert row.difference.value == row.difference.low == row.difference.high == 0


def test_pairs_drawn_together_tell_more_than_two_intervals():
    comparison, _ = compared(*field(2))
    row = comparison["completeness"]
    assert row.difference.low > 0
    assert row.first.low < row.second.high  # which the two intervals alone would not show
    table = comparison.table()
    assert table["score"].tolist() == ["completeness", "reliability", "f1"]


def test_the_interval_holds_the_true_difference():
    held = 0
    for seed in range(100):
        difference = compared(*field(seed, 150))[0]["completeness"].difference
        held += difference.low <= 0.1 <= difference.high
    assert held >= 88


def test_truths_that_differ():
    truth, lists = field(3)
    associations = associate(lists[0], truth, RADIUS), associate(lists[1], truth[:-1], RADIUS)
    with pytest.raises(ValueError, match="same truth"):
        compare_detections(lists, associations, RADIUS)


def test_two_classifiers():
    rng = np.random.default_rng(4)
    true = rng.choice(["a", "b", "c"], 500)
    first, second = (np.where(rng.random(500) < p, true, "a") for p in (0.9, 0.7))
    second[:5] = ""
    comparison = compare_classes(true, first, second)
    for name in ("accuracy", "balanced_accuracy", "macro_f1"):
        row = comparison[name]
        assert row.first.value == pytest.approx(getattr(score_classes(true, first), name).value)
        assert row.second.value == pytest.approx(getattr(score_classes(true, second), name).value)
        assert 0 < row.difference.low < row.difference.value < row.difference.high
    same = compare_classes(true, first, first)["macro_f1"].difference
    assert same.low == same.high == 0
