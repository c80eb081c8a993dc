"""Calibration against a slow version, scikit-learn, and probabilities known to be right."""

import numpy as np
import pytest
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from sciarada.evaluation.calibration import class_probabilities, score_calibration


def draw(count, k, seed, sharpness=1.0, temper=1.0):
    """Return probabilities, tempered, and classes drawn from those before."""
    rng = np.random.default_rng(seed)
    logits = sharpness * rng.normal(size=(count, k))
    right = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    true = (right.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1).clip(max=k - 1)
    said = np.exp(temper * logits)
    return said / said.sum(axis=1, keepdims=True), true


def slow_ece(confidence, right, bins):
    """Go through the bins one by one."""
    total = 0.0
    for i in range(bins):
        last = i == bins - 1
        inside = (confidence >= i / bins) & ((confidence < (i + 1) / bins) | last)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return total


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 6), st.integers(1, 60))
def test_against_the_slow_way_and_scikit_learn(seed, k, count):
    p, true = draw(count, k, seed, 2.0)
    score = score_calibration(p, true, bins=10)
    top = p.argmax(axis=1)
    assert score.ece.value == pytest.approx(slow_ece(p.max(axis=1), top == true, 10))
    by_class = [slow_ece(p[:, c], true == c, 10) for c in range(k)]
    assert score.classwise_ece.value == pytest.approx(np.mean(by_class))
    names = np.arange(k)
    assert score.log_loss.value == pytest.approx(metrics.log_loss(true, p, labels=names))
    full = metrics.brier_score_loss(true, p, labels=names, scale_by_half=False)
    assert score.brier.value == pytest.approx(full)
    assert sum(row.share.count for row in score.diagram) == count
    assert 0 <= score.ece.value <= 1
    order = np.random.default_rng(seed).permutation(count)
    again = score_calibration(p[order], true[order], bins=10)
    assert again.ece.value == pytest.approx(score.ece.value)
    assert again.ece_by_mass.value == pytest.approx(score.ece_by_mass.value)


def test_probabilities_that_are_right():
    p, true = draw(20_000, 4, 1)
    score = score_calibration(p, true)
    assert score.ece.value == pytest.approx(score.ece_by_chance, rel=0.6)
    assert score.ece_by_mass.value < 0.02
    inside = [row.share.low <= row.confidence <= row.share.high for row in score.diagram]
    assert np.mean(inside) > 0.8


def test_what_chance_makes_of_right_probabilities():
    scores = [score_calibration(*draw(300, 3, seed)) for seed in range(40)]
    mean = np.mean([score.ece.value for score in scores])
    assert mean == pytest.approx(np.mean([s.ece_by_chance for s in scores]), rel=0.15)


def test_a_classifier_that_is_too_sure():
    score = score_calibration(*draw(5000, 4, 2, temper=3.0))
    assert score.ece.value > 10 * score.ece_by_chance
    assert score.ece.low < score.ece.value < score.ece.high
    assert all(row.share.value < row.confidence for row in score.diagram[8:])


def test_intervals_hold_the_truth_as_often_as_they_say():
    """The truth being the mean over a very large sample."""
    p, true = draw(200_000, 3, 3, temper=2.0)
    whole = score_calibration(p, true)
    held = np.zeros(3)
    for part in np.split(np.arange(24_000), 80):
        score = score_calibration(p[part], true[part])
        held += [
            getattr(score, name).low <= getattr(whole, name).value <= getattr(score, name).high
            for name in ("brier", "log_loss", "ece")
        ]
    assert np.all(held >= 0.88 * 80)


@pytest.mark.parametrize("temper", [1.0, 1.2])
def test_intervals_of_small_errors_hold_the_truth_as_often_as_they_say(temper):
    """Where chance is most of the error that is seen, and plain percentiles never hold it."""
    whole = score_calibration(*draw(100_000, 3, 5, temper=temper))
    truth = 0.0 if temper == 1 else whole.ece.value
    scores = [score_calibration(*draw(300, 3, 100 + seed, temper=temper)) for seed in range(60)]
    held = sum(score.ece.low <= truth <= score.ece.high for score in scores)
    assert held >= 52
    assert np.median([score.ece.value for score in scores]) > truth


def test_certainty_and_equal_probabilities():
    score = score_calibration(np.array([[1.0, 0.0]] * 4), np.array([0, 0, 0, 1]))
    assert score.ece.value == score.ece_by_mass.value == 0.25
    assert np.isfinite(score.log_loss.value)
    assert score.ece_by_chance == 0


def test_what_makes_no_sense():
    with pytest.raises(ValueError, match="add up to 1"):
        score_calibration(np.array([[0.5, 0.6]]), np.array([0]))
    with pytest.raises(ValueError, match="0 to 1"):
        score_calibration(np.array([[0.5, 0.5]]), np.array([2]))


def test_nothing_to_calibrate():
    score = score_calibration(np.empty((0, 3)), np.empty(0, int))
    assert np.isnan(score.ece.value)
    assert len(score.table()) == 0
    assert len(score.summary()) == 6


def test_probabilities_of_a_catalogue():
    table = Table({"p_fri": [0.25, 1.0], "ra": [1.0, 2.0], "p_frii": [0.75, 0.0]})
    classes, values = class_probabilities(table)
    assert classes == ("fri", "frii")
    assert values.tolist() == [[0.25, 0.75], [1.0, 0.0]]
    assert class_probabilities(table["ra",])[1].shape == (2, 0)
