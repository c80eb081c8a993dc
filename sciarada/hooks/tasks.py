"""What tasks can do that work on features of cutouts, and the kinds of tasks there are.

An object of these protocols never sees a file or a catalogue: it is given arrays, and SCIARADA does
the joining, the splitting and the writing of columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from sciarada.hooks.protocols import Detector

if TYPE_CHECKING:
    import numpy as np

    State = dict[str, np.ndarray]


@runtime_checkable
class Estimator(Protocol):
    """Learns from features; the base of the tasks below, after the manner of scikit-learn."""

    def fit(
        self,
        features: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn from float32 features ``(n, d)`` and return itself.

        ``labels`` are text ``(n,)``, empty where unknown. Rows of one of the ``groups`` ``(n,)``
        show the same part of the sky: they must not be on both sides of a split. The same seed
        gives the same result.
        """

    def state(self) -> State:
        """Return what was learned as arrays by name, to be kept without pickle."""

    def restore(self, state: State) -> Self:
        """Take up what `state` returned, and return itself."""


@runtime_checkable
class Classifier(Estimator, Protocol):
    """Gives each row a probability per class; a task of kind ``classifier`` makes one.

    Attributes
    ----------
    classes : tuple of str
        In the order of the columns of `predict_proba`; known once it is fitted.
    """

    classes: tuple[str, ...]

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Return float64 probabilities ``(n, len(classes))``; each row adds up to 1."""


@runtime_checkable
class AnomalyDetector(Estimator, Protocol):
    """Says how unusual each row is; a task of kind ``anomaly`` makes one."""

    def anomaly_score(self, features: np.ndarray) -> np.ndarray:
        """Return float64 scores ``(n,)``; the higher, the more unusual."""


@runtime_checkable
class Clusterer(Estimator, Protocol):
    """Groups rows that are alike; a task of kind ``clusterer`` makes one."""

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return int32 numbers of clusters ``(n,)`` from 0; -1 for a row that is in none."""


@runtime_checkable
class NeighbourIndex(Estimator, Protocol):
    """Finds the rows that are most alike; a task of kind ``index`` makes one."""

    def query(self, features: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return int64 rows that were fitted and float32 distances, ``(n, k)``, nearest first."""


@runtime_checkable
class Selector(Protocol):
    """Chooses rows, to curate a set or to be labelled next; a task of kind ``selector``."""

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
        ``(n,)`` are not chosen.
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
