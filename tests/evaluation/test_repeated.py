"""Scores over sources and trainings, against scikit-learn and against plain drawing."""

import numpy as np
import pytest
from sklearn import metrics

from sciarada.evaluation.classification import score_classes
from sciarada.evaluation.comparison import compare_classes
from sciarada.evaluation.estimates import Estimate
from sciarada.evaluation.repeated import compare_repeated, mean_estimate, score_repeated

NAMES = np.array(["a", "b", "c"])


def sources(n=200, right=(0.7, 0.9, 0.5), seed=1):
    """True classes, and those of trainings that are right so often."""
    rng = np.random.default_rng(seed)
    true = NAMES[rng.choice(3, n, p=[0.5, 0.3, 0.2])]
    given = [np.where(rng.random(n) < share, true, NAMES[rng.integers(3, size=n)])
             for share in right]  # fmt: skip
    return true, np.array(given)


def test_values_are_means_over_trainings():
    true, given = sources()
    score = score_repeated(true, given)
    for name, plain in (
        ("macro_f1", lambda g: metrics.f1_score(true, g, average="macro")),
        ("accuracy", lambda g: metrics.accuracy_score(true, g)),
        ("balanced_accuracy", lambda g: metrics.balanced_accuracy_score(true, g)),
    ):
        assert getattr(score, name).value == pytest.approx(np.mean([plain(g) for g in given]))
    each = [metrics.f1_score(true, g, average=None) for g in given]
    np.testing.assert_allclose([e.value for e in score.f1], np.mean(each, axis=0))
    np.testing.assert_array_equal(
        score.confusion[1][:, :3], metrics.confusion_matrix(true, given[1])
    )


def test_the_interval_is_that_of_plain_drawing():
    true, given = sources(120)
    score = score_repeated(true, given)
    rng = np.random.default_rng(7)
    samples = []
    for _ in range(1500):
        rows, runs = rng.integers(120, size=120), rng.integers(3, size=3)
        samples.append(np.mean(given[runs][:, rows] == true[rows]))
    low, high = np.quantile(samples, [0.025, 0.975])
    assert score.accuracy.low == pytest.approx(low, abs=0.02)
    assert score.accuracy.high == pytest.approx(high, abs=0.02)


def test_one_training_scores_as_any_classifier():
    true, given = sources()
    one, plain = score_repeated(true, given[:1]), score_classes(true, given[0])
    assert one.macro_f1.value == pytest.approx(plain.macro_f1.value)
    assert one.macro_f1.low == pytest.approx(plain.macro_f1.low, abs=0.02)


def test_trainings_that_differ_widen_the_interval():
    true, given = sources(2000, (0.5, 0.7, 0.9))
    wide = score_repeated(true, given).accuracy
    narrow = score_repeated(true, given[[1, 1, 1]]).accuracy
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_differences_are_drawn_together():
    true, given = sources(300, (0.8,))
    better = np.where(np.random.default_rng(2).random(300) < 0.2, true, given[0])[None]
    scores = [score_repeated(true, each) for each in (better, given)]
    row = compare_repeated(*scores)["accuracy"]
    plain = compare_classes(true, better[0], given[0])["accuracy"]
    assert row.difference.value == pytest.approx(plain.difference.value)
    assert row.difference.low == pytest.approx(plain.difference.low, abs=0.01)
    assert row.difference.low > 0
    assert row.first.low < row.second.high  # alone they could not be told apart
    with pytest.raises(ValueError, match="do not compare"):
        compare_repeated(scores[0], score_repeated(true[:9], given[:, :9]))


def test_classes_that_are_nowhere_are_no_trouble():
    true, given = sources(60)
    score = score_repeated(true, given, classes=["a", "b", "c", "none of them"])
    assert np.isnan(score.f1[3].value)
    assert score.macro_f1.value == pytest.approx(score_repeated(true, given).macro_f1.value)


def test_a_mean_estimate_is_no_more_certain_than_its_parts():
    made = mean_estimate([Estimate(0.1, 0.0, 0.3, 5), Estimate(0.3, 0.2, 0.5, 5)])
    assert (made.value, made.low, made.high, made.count) == pytest.approx((0.2, 0.1, 0.4, 5))
