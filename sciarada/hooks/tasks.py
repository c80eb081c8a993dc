"""Tasks that work on the features of cutouts, and the kinds of tasks.

An object of these protocols never sees a file or a catalogue: it is given arrays, and SCIARADA
joins, splits and writes columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from sciarada.hooks.protocols import Detector

if TYPE_CHECKING:
    import numpy as np

    State = dict[str, np.ndarray]


@runtime_checkable
class Estimator(Protocol):
    """Learns from features; the base of the other tasks, in the style of scikit-learn.

    See Also
    --------
    Classifier, AnomalyDetector, Clusterer, NeighbourIndex : What estimators can do.
    from_sklearn : Makes one of an estimator of scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sciarada.hooks import from_sklearn
    >>> task = from_sklearn("clusterer", lambda seed: KMeans(2, random_state=seed))
    >>> isinstance(task.fit(np.eye(4, dtype=np.float32)), Estimator)
    True
    """

    def fit(
        self,
        features: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn from float32 features ``(n, d)`` and return the estimator.

        ``labels`` are text ``(n,)``, empty where unknown. Rows of the same one of the ``groups``
        ``(n,)`` show the same part of the sky and must not be on both sides of a split. The same
        seed gives the same result.
        """

    def state(self) -> State:
        """Return the fitted parameters as named arrays, which are stored without pickle."""

    def restore(self, state: State) -> Self:
        """Restore the result of `state`, and return the estimator."""


@runtime_checkable
class Classifier(Estimator, Protocol):
    """Predicts a probability for each class; made by a task of kind ``classifier``.

    Attributes
    ----------
    classes : tuple of str
        Classes in the order of the columns of `predict_proba`; known after `fit`.

    See Also
    --------
    from_sklearn : Makes one of a classifier of scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sciarada.hooks import from_sklearn
    >>> task = from_sklearn("classifier", lambda seed: LogisticRegression())
    >>> features = np.array([[0.0], [0.1], [1.0], [1.1]], np.float32)
    >>> task = task.fit(features, np.array(["point", "point", "double", "double"]))
    >>> task.classes
    ('double', 'point')
    >>> task.predict_proba(features).shape
    (4, 2)
    """

    classes: tuple[str, ...]

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Return float64 probabilities ``(n, len(classes))``; each row sums to 1."""


@runtime_checkable
class AnomalyDetector(Estimator, Protocol):
    """Scores how unusual each row is; made by a task of kind ``anomaly``.

    See Also
    --------
    from_sklearn : Makes one of an outlier detector of scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import LocalOutlierFactor
    >>> from sciarada.hooks import from_sklearn
    >>> task = from_sklearn("anomaly", lambda seed: LocalOutlierFactor(3, novelty=True))
    >>> features = np.array([[0.0], [0.1], [0.2], [0.3], [5.0]], np.float32)
    >>> int(task.fit(features).anomaly_score(features).argmax())
    4
    """

    def anomaly_score(self, features: np.ndarray) -> np.ndarray:
        """Return float64 scores ``(n,)``; higher is more unusual."""


@runtime_checkable
class Clusterer(Estimator, Protocol):
    """Groups similar rows; made by a task of kind ``clusterer``.

    See Also
    --------
    from_sklearn : Makes one of a clusterer of scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.cluster import KMeans
    >>> from sciarada.hooks import from_sklearn
    >>> task = from_sklearn("clusterer", lambda seed: KMeans(2, random_state=seed))
    >>> features = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    >>> a, b, c, d = task.fit(features).predict(features)
    >>> bool(a == b != c == d)
    True
    """

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return int32 cluster numbers ``(n,)`` from 0; -1 for a row outside all clusters."""


@runtime_checkable
class NeighbourIndex(Estimator, Protocol):
    """Finds the most similar rows; made by a task of kind ``index``.

    See Also
    --------
    from_sklearn : Makes one of ``NearestNeighbors`` of scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import NearestNeighbors
    >>> from sciarada.hooks import from_sklearn
    >>> task = from_sklearn("index", lambda seed: NearestNeighbors())
    >>> features = np.array([[0.0], [1.0], [3.0]], np.float32)
    >>> rows, distances = task.fit(features).query(np.array([[0.9]], np.float32), 2)
    >>> rows.tolist()
    [[1, 0]]
    """

    def query(self, features: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return int64 fitted rows and float32 distances, both ``(n, k)``, nearest first."""


@runtime_checkable
class Selector(Protocol):
    """Selects rows, to curate a set or to be labelled next; made by a task of kind ``selector``.

    See Also
    --------
    Classifier : Predicts the probabilities that a selector may use.

    Examples
    --------
    >>> import numpy as np
    >>> class First:
    ...     def select(self, features, n, *, probabilities=None, labelled=None, seed=0):
    ...         free = np.ones(len(features), bool) if labelled is None else ~labelled
    ...         return np.flatnonzero(free)[:n]
    >>> isinstance(First(), Selector)
    True
    """

    def select(
        self,
        features: np.ndarray,
        n: int,
        *,
        probabilities: np.ndarray | None = None,
        labelled: np.ndarray | None = None,
        seed: int = 0,
    ) -> np.ndarray:
        """Return ``n`` different rows, int64, the most useful first.

        ``probabilities`` ``(n, k)`` are those of a classifier; rows of the mask ``labelled``
        ``(n,)`` are not selected.
        """


TASKS: dict[str, type[Any]] = {
    "detector": Detector,
    "classifier": Classifier,
    "anomaly": AnomalyDetector,
    "clusterer": Clusterer,
    "index": NeighbourIndex,
    "selector": Selector,
}
"""What the factory of a `TaskSpec` makes, by the kind of the task."""
