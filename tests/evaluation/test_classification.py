"""Class scores against scikit-learn's, and their intervals against simulated truth."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from sciarada.evaluation.class_evaluation import confusion_table
from sciarada.evaluation.classification import score_classes
from sciarada.evaluation.probability_ranges import ProbabilityRange, score_by_probability

labels = st.lists(
    st.tuples(st.sampled_from(["fri", "frii", "ring"]), st.sampled_from(["fri", "frii", "x"])),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(labels)
def test_all_scores_are_scikit_learns(pairs):
    true, given_ = np.array(pairs).T
    score = score_classes(true, given_)
    names = list(score.classes)
    with warnings.catch_warnings():  # of classes that were given but do not occur
        warnings.simplefilter("ignore")
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            true, given_, labels=names, zero_division=np.nan
        )
        balanced = metrics.balanced_accuracy_score(true, given_)
        expected = metrics.confusion_matrix(true, given_, labels=names)
        macro = metrics.f1_score(true, given_, labels=names, average="macro", zero_division=0)
    np.testing.assert_allclose([e.value for e in score.precision], precision)
    np.testing.assert_allclose([e.value for e in score.recall], recall)
    np.testing.assert_allclose([e.value for e in score.f1], f1)
    assert score.macro_f1.value == pytest.approx(macro)
    assert score.balanced_accuracy.value == pytest.approx(balanced)
    assert score.accuracy.value == pytest.approx(metrics.accuracy_score(true, given_))
    assert np.array_equal(score.confusion[:, :-1], expected)


@settings(max_examples=40, deadline=None)
@given(labels, st.integers(0, 2**31))
def test_the_order_of_sources_does_not_matter(pairs, seed):
    true, given_ = np.array(pairs).T
    order = np.random.default_rng(seed).permutation(len(true))
    one, other = score_classes(true, given_), score_classes(true[order], given_[order])
    assert (one.macro_f1, one.f1) == (other.macro_f1, other.f1)
    for estimate in (one.accuracy, one.macro_f1, one.balanced_accuracy):
        assert 0 <= estimate.low <= estimate.high <= 1


def test_sources_without_a_class():
    score = score_classes(["a", "a", "b", ""], ["a", "", "b", "b"])
    assert score.confusion.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert score.recall[0].value == 0.5
    assert score.precision[0].value == 1.0
    assert score.accuracy.value == 2 / 3
    table = confusion_table(score)
    assert table.colnames == ["true_class", "given_a", "given_b", "no_class"]
    assert table["no_class"].tolist() == [1, 0]


def test_classes_in_the_order_wanted():
    score = score_classes(["b", "a"], ["b", "b"], classes=["b", "c", "a"])
    assert score.classes == ("b", "c", "a")
    assert score.confusion.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert score.table()["recall_n"].tolist() == [1, 0, 1]
    assert np.isnan(score.f1[1].value)
    with pytest.raises(ValueError, match="z is not among the classes a, b"):
        score_classes(["a"], ["z"], classes=["a", "b"])
    with pytest.raises(ValueError, match="do not fit"):
        score_classes(["a"], ["a", "b"])


def test_nothing_to_classify():
    score = score_classes([], [])
    assert np.isnan(score.macro_f1.value)
    assert len(score.table()) == 0
    assert len(score.summary()) == 3


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    joint = np.array([[0.4, 0.1, 0.02], [0.05, 0.2, 0.03], [0.01, 0.04, 0.15]])
    recall = np.diag(joint) / joint.sum(axis=1)
    f1 = 2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))
    held = np.zeros(3)
    for _ in range(200):
        cells = rng.choice(9, 400, p=joint.ravel())
        score = score_classes((cells // 3).astype(str), (cells % 3).astype(str))
        held += [
            score.macro_f1.low <= f1.mean() <= score.macro_f1.high,
            score.balanced_accuracy.low <= recall.mean() <= score.balanced_accuracy.high,
            score.f1[2].low <= f1[2] <= score.f1[2].high,
        ]
    assert np.all((held >= 180) & (held <= 199))


def test_f1_by_probability():
    true = np.array(["a", "a", "b", "b", "a", ""])
    given_ = np.array(["a", "b", "b", "a", "a", "a"])
    probability = np.array([0.995, 0.6, 0.99, 0.85, 0.9, 0.1])
    score = score_by_probability(true, given_, probability)
    assert [c.value for c in score.coverage] == [2 / 5, 1.0, 2 / 5]
    unsure, every, sure = score.scores
    assert [e.value for e in unsure.f1] == [0.0, 0.0]
    assert [e.value for e in sure.f1] == [1.0, 1.0]
    assert every.accuracy.value == 3 / 5
    assert len(score.table()) == 9
    assert score.table()["class"].tolist()[:3] == ["a", "b", "macro"]
    assert score.summary()["range"].tolist() == ["p <= 0.85", "all", "p >= 0.99"]


def test_ranges_of_ones_own():
    score = score_by_probability(
        ["a", "b"], ["a", "a"], np.array([0.2, np.nan]), ranges=[ProbabilityRange("low", 0.0, 0.5)]
    )
    assert score.coverage[0].value == 0.5
    assert score.scores[0].accuracy.count == 1
