"""Estimators of scikit-learn as tasks, so that a plugin need not write a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from sciarada.errors import PluginError

if TYPE_CHECKING:
    import numpy as np
    from sklearn.base import BaseEstimator

    from sciarada.hooks.tasks import State

MODEL = "model"


def from_sklearn(
    kind: str, make: Callable[[int], BaseEstimator], *, trusted: Sequence[str] = ()
) -> SklearnTask:
    """Return a task that uses an estimator of scikit-learn.

    Parameters
    ----------
    kind : {'classifier', 'anomaly', 'clusterer', 'index'}
        As in `sciarada.hooks.tasks.TASKS`. A classifier needs ``predict_proba``, an anomaly
        detector ``score_samples`` (the lower, the more unusual), a clusterer ``predict``, an index
        ``kneighbors``.
    make : callable
        Returns the estimator for a seed.
    trusted : sequence of str
        Types that the estimator contains besides those that skops trusts, with their modules,
        such as ``"sklearn.tree._tree.Tree"``. No other type is loaded when its state is restored.

    Raises
    ------
    ValueError
        If the kind is not one of these.

    See Also
    --------
    TaskSpec : Declares a task.
    Classifier, AnomalyDetector, Clusterer, NeighbourIndex : What the task can do.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import IsolationForest
    >>> task = from_sklearn(
    ...     "anomaly",
    ...     lambda seed: IsolationForest(n_estimators=50, random_state=seed),
    ...     trusted=["sklearn.tree._tree.Tree"],
    ... )
    >>> features = np.random.default_rng(1).normal(size=(200, 3))
    >>> features[7] = 9
    >>> int(task.fit(features).anomaly_score(features).argmax())
    7
    """
    if kind not in _KINDS:
        raise ValueError(f"kind is one of {', '.join(_KINDS)}, not {kind!r}")
    return _KINDS[kind](make, tuple(trusted))


class SklearnTask:
    """Fits an estimator of scikit-learn and stores it with skops, never as a pickle.

    Parameters
    ----------
    make : callable
        Returns the estimator for a seed.
    trusted : tuple of str
        Types that its state may hold besides those that skops trusts.
    """

    def __init__(self, make: Callable[[int], BaseEstimator], trusted: tuple[str, ...]) -> None:
        self.make, self.trusted = make, trusted
        self.model: BaseEstimator | None = None

    def fit(
        self,
        features: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> Self:
        """Fit a new estimator; see `sciarada.hooks.tasks.Estimator`."""
        self.model = self.make(seed).fit(features)
        return self

    def state(self) -> State:
        """Return the fitted estimator as the bytes of a skops file."""
        import numpy as np
        import skops.io

        return {MODEL: np.frombuffer(skops.io.dumps(self.fitted), np.uint8)}

    def restore(self, state: State) -> Self:
        """Restore a fitted estimator.

        Raises
        ------
        PluginError
            If the state is damaged or holds a type that is not trusted.
        """
        import skops.io
        from skops.io.exceptions import UntrustedTypesFoundException

        try:
            self.model = skops.io.loads(state[MODEL].tobytes(), trusted=list(self.trusted))
        except UntrustedTypesFoundException as error:
            raise PluginError(
                "the state of a model holds types that its plugin does not list as trusted: fit it "
                "again, and do not load it if you do not know who made it"
            ) from error
        except Exception as error:  # skops raises whatever zip, json and numpy raise
            raise PluginError("the state of a model is damaged: fit it again") from error
        return self

    @property
    def fitted(self) -> Any:
        """The estimator, once it was fitted or restored.

        Raises
        ------
        PluginError
            If it was not.
        """
        if self.model is None:
            raise PluginError("a model is asked for before it was fitted or restored")
        return self.model


class SklearnClassifier(SklearnTask):
    """A classifier of scikit-learn; only rows with a label are learned from."""

    def fit(
        self,
        features: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        groups: np.ndarray | None = None,
        seed: int = 0,
    ) -> Self:
        """Fit a new estimator to the rows that have a label."""
        if labels is None or not (known := labels != "").any():
            raise PluginError("a classifier cannot learn without labels: give some with --labels")
        self.model = self.make(seed).fit(features[known], labels[known])
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the columns of `predict_proba`."""
        return tuple(map(str, self.fitted.classes_))

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Return probabilities ``(n, len(classes))``."""
        return self.fitted.predict_proba(features)


class SklearnAnomaly(SklearnTask):
    """An anomaly detector of scikit-learn, with the sign of its scores reversed."""

    def anomaly_score(self, features: np.ndarray) -> np.ndarray:
        """Return scores ``(n,)``; the higher, the more unusual."""
        return -self.fitted.score_samples(features)


class SklearnClusterer(SklearnTask):
    """A clusterer of scikit-learn."""

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return int32 numbers of clusters ``(n,)``."""
        return self.fitted.predict(features).astype("int32")


class SklearnIndex(SklearnTask):
    """The nearest neighbours of scikit-learn."""

    def query(self, features: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and distances ``(n, k)``, nearest first."""
        distances, rows = self.fitted.kneighbors(features, k)
        return rows.astype("int64"), distances.astype("float32")


_KINDS: dict[str, type[SklearnTask]] = {
    "classifier": SklearnClassifier,
    "anomaly": SklearnAnomaly,
    "clusterer": SklearnClusterer,
    "index": SklearnIndex,
}
