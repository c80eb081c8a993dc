"""Probes of features, against scikit-learn as it comes and against slow versions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from sciarada.errors import OptionError
from sciarada.nn.probes.features import probe_features
from sciarada.nn.probes.folds import Amount, draw_labelled, stratified_folds
from sciarada.nn.probes.linear import STRENGTHS
from sciarada.nn.probes.neighbours import NEIGHBOURS
from sciarada.nn.probes.scaling import standardised

CLASSES = np.array(["bent", "compact", "double"])


def clouds(n=150, d=8, apart=2.0, seed=1):
    """Features in a Gaussian cloud a class, and their labels."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n) % 3
    features = rng.normal(size=(n, d)) * np.linspace(0.5, 5, d) + 7
    features += apart * np.linspace(0.5, 5, d) * rng.normal(size=(3, d))[codes] / np.sqrt(d)
    return features.astype(np.float32), CLASSES[codes]


def halves(n):
    order = np.random.default_rng(5).permutation(n)
    return np.sort(order[: n // 2]), np.sort(order[n // 2 :])


@pytest.mark.parametrize(("n", "d"), [(150, 8), (60, 200)])  # more features than rows, too
def test_the_linear_probe_is_logistic_regression_at_one_of_the_strengths(n, d):
    features, labels = clouds(n, d)
    train, test = halves(n)
    made = probe_features(features, labels, train, test, "linear")
    assert made.chosen["C"] in STRENGTHS
    scaled = standardised(features, train)
    plain = LogisticRegression(C=made.chosen["C"], max_iter=5000, tol=1e-8)
    plain.fit(scaled[train], labels[train])
    np.testing.assert_allclose(made.probabilities, plain.predict_proba(scaled[test]), atol=2e-3)
    assert (made.given == plain.predict(scaled[test])).mean() > 0.98


def test_the_knn_probe_lets_the_nearest_vote():
    features, labels = clouds(90, 5, 1.0)
    train, test = halves(90)
    made = probe_features(features, labels, train, test, "knn")
    scaled = standardised(features, train)
    scaled /= np.linalg.norm(scaled, axis=1, keepdims=True)

    def told(row, by, k):
        nearest = sorted(by, key=lambda other: -(scaled[row] @ scaled[other]))[:k]
        votes = np.array([np.sum(labels[nearest] == name) for name in CLASSES])
        shares = np.array([np.mean(labels[train] == name) for name in CLASSES])
        return (votes + shares) / (k + 1)

    losses = {}
    for k in [k for k in NEIGHBOURS if k < len(train)]:
        right = [
            told(row, [other for other in train if other != row], k)[labels[row] == CLASSES][0]
            for row in train
        ]
        losses[k] = -np.sum(np.log(right))
    best = min(losses, key=losses.get)
    assert made.chosen == {"neighbours": best}
    slow = [told(row, train, best) for row in test]
    np.testing.assert_allclose(made.probabilities, slow, atol=1e-12)


@pytest.mark.parametrize("kind", ["linear", "knn"])
def test_labels_of_test_rows_are_never_read(kind):
    features, labels = clouds()
    train, test = halves(150)
    hidden = labels.copy()
    hidden[test] = "bent"
    first, second = (probe_features(features, each, train, test, kind) for each in (labels, hidden))
    np.testing.assert_array_equal(first.probabilities, second.probabilities)
    assert (first.given == labels[test]).mean() > 0.6


@pytest.mark.parametrize("kind", ["linear", "knn"])
def test_features_that_mean_nothing_score_as_chance_does(kind):
    features, labels = clouds(600, 6, apart=0.0)
    train, test = halves(600)
    made = probe_features(features, labels, train, test, kind)
    assert abs((made.given == labels[test]).mean() - 1 / 3) < 0.12
    assert made.probabilities.max() < 0.7  # and it knows


@pytest.mark.parametrize("kind", ["linear", "knn"])
def test_a_balanced_probe_does_not_neglect_a_rare_class(kind):
    features, labels = clouds(400, 4, apart=1.2)
    rare = labels == "double"
    kept = np.flatnonzero(~rare | (np.cumsum(rare) <= 12))
    train, test = np.split(np.random.default_rng(3).permutation(kept), [len(kept) // 2])
    plain, balanced = (
        probe_features(features, labels, train, test, kind, balanced=each).given == "double"
        for each in (False, True)
    )
    assert balanced.sum() > plain.sum()


@pytest.mark.parametrize("kind", ["linear", "knn"])
def test_classes_without_a_label_to_learn_from_get_nothing(kind):
    features, labels = clouds()
    train = np.array([0, 1])  # one label of each of two classes
    made = probe_features(features, labels, train, np.arange(2, 20), kind, classes=CLASSES)
    assert made.classes == tuple(CLASSES)
    assert (made.probabilities[:, 2] == 0).all()
    np.testing.assert_allclose(made.probabilities.sum(axis=1), 1.0)


def test_one_class_is_nothing_to_tell_apart():
    features, labels = clouds()
    with pytest.raises(OptionError, match="labels of two classes or more, and finds 1"):
        probe_features(features, labels, np.array([0, 3]), np.array([1]))
    with pytest.raises(OptionError, match="no probe of kind 'oracle'"):
        probe_features(features, labels, np.arange(10), np.array([11]), "oracle")


def test_features_that_do_not_vary_are_no_trouble():
    features, labels = clouds()
    features[:, 2] = 4.0
    train, test = halves(150)
    assert np.isfinite(standardised(features, train)).all()
    assert np.isfinite(probe_features(features, labels, train, test).probabilities).all()


@given(
    counts=st.lists(st.integers(1, 30), min_size=2, max_size=4),
    fraction=st.floats(0.01, 1.0),
    seed=st.integers(0, 99),
)
def test_draws_have_their_share_of_every_class_and_are_nested(counts, fraction, seed):
    labels = np.repeat([f"c{i}" for i in range(len(counts))], counts)
    rows = np.random.default_rng(seed).permutation(len(labels))
    drawn = draw_labelled(labels, rows, Amount(fraction), seed)
    for number, count in enumerate(counts):
        assert (labels[drawn] == f"c{number}").sum() == max(1, round(fraction * count))
    more = draw_labelled(labels, rows, Amount(min(1.0, 2 * fraction)), seed)
    assert set(drawn) <= set(more)
    some = draw_labelled(labels, rows, Amount(per_class=5), seed)
    assert len(some) == sum(min(5, count) for count in counts)
    np.testing.assert_array_equal(draw_labelled(labels, rows, Amount(), seed), np.sort(rows))


def test_another_seed_draws_others():
    _, labels = clouds()
    draws = [draw_labelled(labels, np.arange(150), Amount(0.1), seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert set(draws[0]) != set(draws[2])


@given(folds=st.integers(2, 5), seed=st.integers(0, 99))
def test_each_row_is_tested_on_once_and_never_learned_from_there(folds, seed):
    labels = np.repeat(["a", "b", ""], [17, 8, 5])
    splits = list(stratified_folds(labels, folds, seed))
    together = np.concatenate([split.test for split in splits])
    np.testing.assert_array_equal(np.sort(together), np.flatnonzero(labels != ""))
    for split in splits:
        assert not set(split.train) & set(split.test)
        assert len(split.train) + len(split.test) == 25
        assert abs((labels[split.test] == "a").sum() - 17 / folds) < 1


@given(folds=st.integers(2, 4), seed=st.integers(0, 99))
def test_rows_of_a_group_are_in_one_fold(folds, seed):
    labels = np.repeat(["a", "b", ""], [18, 9, 6])
    groups = np.arange(33) // 3
    splits = list(stratified_folds(labels, folds, seed, groups))
    together = np.concatenate([split.test for split in splits])
    np.testing.assert_array_equal(np.sort(together), np.flatnonzero(labels != ""))
    for split in splits:
        assert not set(groups[split.train]) & set(groups[split.test])
        assert len(split.train) + len(split.test) == 27


def test_too_few_groups_for_the_folds_are_said_so():
    with pytest.raises(OptionError, match="in fewer groups than 4 folds"):
        list(stratified_folds(np.repeat(["a", "b"], 9), 4, 1, np.arange(18) // 6))


def test_a_class_too_rare_for_the_folds_is_said_so():
    with pytest.raises(OptionError, match="the class 'b' has 3 cutout"):
        list(stratified_folds(np.repeat(["a", "b"], [9, 3]), 5, 1))


@pytest.mark.parametrize("wrong", [{"fraction": 0.0}, {"fraction": 1.5}, {"per_class": 0}])
def test_amounts_that_cannot_be_drawn(wrong):
    with pytest.raises(OptionError, match="give --"):
        Amount(**wrong)
