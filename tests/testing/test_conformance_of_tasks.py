"""The conformance kit on every kind of task: who passes, and who fails which check."""

import numpy as np
import pytest

from sciarada.core.detections import Detection
from sciarada.geometry.windows import Window
from sciarada.hooks import TASKS, DetectorSpec, TaskSpec
from sciarada.testing import conformance

FORM = "learns and answers in the right form"
SEED = "gives the same answer for the same seed"
ALONE = "leaves the features alone"
STATE = "is restored from its state"
ONE = "answers for one row"
ROWS = "selects different rows that are not labelled"
SAME_ROWS = "selects the same rows for the same seed"
GIVEN = "leaves what it is given alone"


class Estimator:
    """Keeps the centre of each class, or of all rows, and the rows."""

    def fit(self, features, labels=None, *, groups=None, seed=0):
        labels = np.full(len(features), "all") if labels is None else labels
        self.classes = tuple(np.unique(labels[labels != ""]).tolist())
        self.centres = np.array([features[labels == name].mean(axis=0) for name in self.classes])
        self.rows = features.copy()
        return self

    def state(self):
        return {"centres": self.centres, "rows": self.rows, "classes": np.array(self.classes)}

    def restore(self, state):
        self.centres, self.rows = state["centres"], state["rows"]
        self.classes = tuple(state["classes"].tolist())
        return self

    def distances(self, features, others):
        return np.linalg.norm(features[:, None].astype(float) - others[None], axis=2)


class Classifier(Estimator):
    def predict_proba(self, features):
        likely = np.exp(-self.distances(features, self.centres))
        return likely / likely.sum(axis=1, keepdims=True)


class Anomaly(Estimator):
    def anomaly_score(self, features):
        return self.distances(features, self.rows.mean(axis=0)[None])[:, 0]


class Clusterer(Estimator):
    def predict(self, features):
        return self.distances(features, self.centres).argmin(axis=1).astype(np.int32)


class Index(Estimator):
    def query(self, features, k):
        distances = self.distances(features, self.rows)
        rows = np.argsort(distances, axis=1, kind="stable")[:, :k]
        return rows, np.take_along_axis(distances, rows, axis=1).astype(np.float32)


class Selector:
    def select(self, features, n, *, probabilities=None, labelled=None, seed=0):
        free = np.ones(len(features), bool) if labelled is None else ~labelled
        return np.random.default_rng(seed).permutation(np.flatnonzero(free))[:n]


class Detector:
    def halo(self, image):
        return 0

    def detect(self, view):
        if not np.isfinite(view.snr).any():
            return []
        y, x = np.unravel_index(np.nanargmax(view.snr), view.snr.shape)
        at = Window(y, y + 1, x, x + 1).shift(view.tile.window.y0, view.tile.window.x0)
        return [Detection(at, np.ones((1, 1), bool))]


GOOD = {
    "detector": Detector,
    "classifier": Classifier,
    "anomaly": Anomaly,
    "clusterer": Clusterer,
    "index": Index,
    "selector": Selector,
}


def checks_of(kind: str, made: type) -> list:
    given = {"name": "x", "summary": "An x", "factory": made}
    spec = DetectorSpec(**given) if kind == "detector" else TaskSpec(kind=kind, **given)
    return list(conformance(spec))


@pytest.mark.parametrize("kind", TASKS)
def test_a_good_task_of_every_kind_is_built_and_tried(kind):
    checks = checks_of(kind, GOOD[kind])
    assert [str(check) for check in checks if not check.passed] == []
    assert len(checks) >= 7


@pytest.mark.parametrize("kind", TASKS)
def test_an_object_without_the_methods_of_its_kind_fails(kind):
    failed = [check.name for check in checks_of(kind, list) if not check.passed]
    assert any(name.startswith("has ") for name in failed)


def method(kind: str, name: str, change) -> type:
    """Return the good class of a kind with the answer of one method changed."""
    good = GOOD[kind]

    def changed(self, *arguments, **named):
        return change(self, getattr(good, name)(self, *arguments, **named), *arguments)

    return type("Changed", (good,), {name: changed})


def random_answer(self, answer, *_):
    self.__class__.calls = getattr(self.__class__, "calls", 0) + 1
    return np.roll(answer, self.__class__.calls)


def spoil_features(self, answer, features, *_):
    features[:] = 0
    return answer


def spoil_labels(self, answer, features, labels=None):
    labels[:] = ""
    return answer


def no_label(self, answer, features, labels=None):
    self.classes = (*self.classes, "")
    self.centres = np.vstack([self.centres, self.centres[:1] + 100])
    return answer


def forget(self, answer, *_):
    self.rows, self.centres = self.rows[:1], self.centres[::-1]
    return answer


def add_object(self, answer):
    return answer | {"object": np.array([self])}


def repeat(self, answer, *_):
    return np.repeat(answer[:1], len(answer))


def one_less(self, answer, *_):
    return answer[:-1]


WRONG = [
    ("classifier", "predict_proba", lambda self, a, *_: a * 2, FORM, "not from 0 to 1"),
    ("classifier", "predict_proba", lambda self, a, *_: a / 2, FORM, "add up to 1"),
    ("classifier", "predict_proba", lambda self, a, *_: a[:, ::-1].copy(), FORM, "their own class"),
    ("classifier", "predict_proba", lambda self, a, *_: a[:, :2], FORM, "shape (60, 2)"),
    ("classifier", "predict_proba", lambda self, a, *_: a * np.nan, FORM, "not finite"),
    ("classifier", "predict_proba", lambda self, a, *_: a.tolist(), FORM, "returned list"),
    ("classifier", "predict_proba", lambda self, a, *_: a.squeeze(), ONE, "shape (3,)"),
    ("classifier", "fit", no_label, FORM, "classes are"),
    ("classifier", "fit", lambda self, a, *_: None, FORM, "NoneType"),
    ("classifier", "fit", spoil_features, ALONE, "the features were changed"),
    ("classifier", "fit", spoil_labels, ALONE, "the labels were changed"),
    ("classifier", "restore", forget, STATE, "their own class"),
    (
        "classifier",
        "state",
        lambda self, a: a | {"x": np.array([self])},
        STATE,
        "not a plain array",
    ),
    ("anomaly", "anomaly_score", lambda self, a, *_: -a, FORM, "is not the strangest"),
    ("anomaly", "anomaly_score", lambda self, a, *_: a.astype(int), FORM, "returned int64"),
    ("anomaly", "anomaly_score", one_less, FORM, "shape (59,)"),
    ("anomaly", "restore", forget, STATE, ""),
    ("clusterer", "predict", lambda self, a, *_: a - 2, FORM, "a number below -1"),
    ("clusterer", "predict", lambda self, a, *_: a.astype(float), FORM, "returned float64"),
    ("clusterer", "predict", random_answer, SEED, "they differ"),
    ("clusterer", "fit", spoil_features, ALONE, "the features were changed"),
    ("clusterer", "restore", forget, STATE, "they differ"),
    ("index", "query", lambda self, a, *_: (a[0][:, ::-1], a[1][:, ::-1]), FORM, "is nearer than"),
    ("index", "query", lambda self, a, *_: (a[0] + 60, a[1]), FORM, "none of the fitted rows"),
    ("index", "query", lambda self, a, *_: (a[0][::-1], a[1]), FORM, "is another one"),
    ("index", "query", lambda self, a, *_: (a[0].astype(float), a[1]), FORM, "returned float64"),
    ("index", "restore", forget, STATE, "shape (60, 1)"),
    ("selector", "select", repeat, ROWS, "a row is selected twice"),
    ("selector", "select", lambda self, a, *_: np.arange(len(a)), ROWS, "labelled row is selected"),
    ("selector", "select", lambda self, a, *_: a + 60, ROWS, "is none of those given"),
    ("selector", "select", one_less, ROWS, "shape (9,)"),
    ("selector", "select", random_answer, SAME_ROWS, "selects other rows"),
    ("selector", "select", spoil_features, GIVEN, "the features were changed"),
    ("detector", "halo", lambda self, a, *_: None, "asks for a halo of whole pixels", "None"),
    ("detector", "detect", lambda self, a, *_: a[0], "copes with noise alone", "not a list"),
]


@pytest.mark.parametrize(("kind", "name", "change", "check", "detail"), WRONG)
def test_a_wrong_task_fails_its_check(kind, name, change, check, detail):
    failed = {c.name: c.detail for c in checks_of(kind, method(kind, name, change)) if not c.passed}
    assert detail in failed[check]


def test_a_wrong_task_of_every_kind_is_tried_and_every_check_is_failed_by_one():
    assert {kind for kind, *_ in WRONG} == set(TASKS)
    asked = {
        check.name for kind in TASKS if kind != "detector" for check in checks_of(kind, GOOD[kind])
    }
    failed = {check for *_, check, _ in WRONG}
    declared = ("has ", "builds ")
    assert {name for name in asked if not name.startswith(declared)} <= failed
