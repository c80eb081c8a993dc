"""Estimators of scikit-learn as tasks: they conform, and their state runs no code."""

import os
import pickle

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from sciarada.errors import PluginError
from sciarada.hooks import TaskSpec, from_sklearn
from sciarada.testing import conformance
from sciarada.testing.estimators import features, labels

MAKERS = {
    "classifier": (lambda seed: LogisticRegression(random_state=seed), ()),
    "anomaly": (
        lambda seed: IsolationForest(n_estimators=50, random_state=seed),
        ("sklearn.tree._tree.Tree",),
    ),
    "clusterer": (lambda seed: KMeans(3, random_state=seed), ()),
    "index": (
        lambda seed: NearestNeighbors(algorithm="brute"),
        ("sklearn.metrics._dist_metrics.EuclideanDistance64",),
    ),
}


def make(kind: str):
    maker, trusted = MAKERS[kind]
    return from_sklearn(kind, maker, trusted=trusted)


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_conforms(kind):
    spec = TaskSpec(kind=kind, name="x", summary="An x", factory=lambda: make(kind))
    checks = list(conformance(spec))
    assert len(checks) >= 9
    assert [check for check in checks if not check.passed] == []


def test_a_classifier_learns_from_labelled_rows_alone():
    task = make("classifier").fit(features(), labels())
    expected = LogisticRegression().fit(features()[labels() != ""], labels()[labels() != ""])
    assert np.allclose(task.predict_proba(features()), expected.predict_proba(features()))


def test_a_classifier_without_labels_is_refused():
    with pytest.raises(PluginError, match="without labels"):
        make("classifier").fit(features(), np.full(60, ""))


def test_what_was_not_fitted_is_refused():
    with pytest.raises(PluginError, match="before it was fitted"):
        make("anomaly").anomaly_score(features())


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind is one of classifier, anomaly"):
        from_sklearn("detector", list)


def test_a_type_that_is_not_trusted_is_not_loaded():
    state = make("anomaly").fit(features()).state()
    task = from_sklearn("anomaly", MAKERS["anomaly"][0])
    with pytest.raises(PluginError, match="does not list as trusted"):
        task.restore(state)


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_as_state_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    harmful = np.frombuffer(pickle.dumps(Harmful()), np.uint8)
    with pytest.raises(PluginError, match="damaged"):
        make("anomaly").restore({"model": harmful})
    assert not (tmp_path / "harm").exists()
