"""Conformance checks of tasks that work on features."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sciarada.hooks.tasks import TASKS

N, D, K = 60, 5, 4
Check = tuple[str, Callable[[], Any]]


def features(seed: int = 0) -> np.ndarray:
    """Return float32 features ``(60, 5)`` in three groups of 20, the last row far from all."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(N, D)) + 8.0 * np.eye(3, D)[np.repeat(np.arange(3), N // 3)]
    found[-1] = 40.0
    return found.astype(np.float32)


def labels() -> np.ndarray:
    """Return a class for each row of `features`; every fourth is unknown."""
    names = np.repeat(np.array(["compact", "double", "tail"]), N // 3)
    names[::4] = ""
    return names


def task_checks(kind: str, task: Any, again: Callable[[], Any]) -> Iterator[Check]:
    """Yield the checks of a task on features.

    Parameters
    ----------
    kind : str
        As in `sciarada.hooks.tasks.TASKS`.
    task : object
        What the factory made.
    again : callable
        Makes another, which has learned nothing.
    """
    yield f"has the methods of a task of kind {kind}", lambda: _check_methods(kind, task)
    if kind == "selector":
        yield "selects different rows that are not labelled", lambda: _check_selection(task)
        yield "selects the same rows for the same seed", lambda: _check_same_rows(task)
        yield "leaves what it is given alone", lambda: _check_selector_untouched(task)
        return
    yield "learns and answers in the right form", lambda: _answer(kind, task.fit(*_set()))
    yield "gives the same answer for the same seed", lambda: _check_same(kind, task, again())
    yield "leaves the features alone", lambda: _check_untouched(kind, task)
    yield "is restored from its state", lambda: _check_state(kind, task, again())
    yield "answers for one row", lambda: _check_few(kind, task)


def _set() -> tuple[np.ndarray, np.ndarray]:
    return features(), labels()


def _check_methods(kind: str, task: Any) -> None:
    needed = [name for name in dir(TASKS[kind]) if not name.startswith("_")]
    missing = [name for name in needed if not hasattr(type(task), name)]
    assert not missing, f"{type(task).__name__} lacks {', '.join(missing)}"


def _answer(kind: str, task: Any, rows: slice = slice(None)) -> np.ndarray:
    """Return the checked answer of a fitted task for some rows."""
    shown = features()[rows]
    n = len(shown)
    if kind == "classifier":
        answer = task.predict_proba(shown)
        assert set(task.classes) == {"compact", "double", "tail"}, f"classes are {task.classes}"
        _check_array(answer, (n, 3), "f")
        assert ((answer >= 0) & (answer <= 1)).all(), "a probability is not from 0 to 1"
        assert np.allclose(answer.sum(axis=1), 1.0), "a row of probabilities does not add up to 1"
        if n == N:
            _check_learned(np.array(task.classes)[answer.argmax(axis=1)])
    elif kind == "anomaly":
        answer = task.anomaly_score(shown)
        _check_array(answer, (n,), "f")
        if n == N:
            assert np.argmax(answer) == N - 1, "the row far from all others is not the strangest"
    elif kind == "clusterer":
        answer = task.predict(shown)
        _check_array(answer, (n,), "i")
        assert (answer >= -1).all(), "a cluster has a number below -1"
    else:
        found, distances = task.query(shown, K)
        _check_array(found, (n, K), "i")
        _check_array(distances, (n, K), "f")
        assert (np.diff(distances, axis=1) >= 0).all(), "a neighbour is nearer than the one before"
        assert ((found >= 0) & (found < N)).all(), "a neighbour is none of the fitted rows"
        assert (found[:, 0] == np.arange(N)[rows]).all(), "the nearest row to a row is another one"
        answer = found
    return answer


def _check_learned(predicted: np.ndarray) -> None:
    """Check that the rows of `features`, which lie far apart, get their own classes."""
    known = labels() != ""
    right = int((predicted == labels())[known].sum())
    assert right > 0.9 * known.sum(), f"only {right} of {known.sum()} rows get their own class"


def _check_array(array: Any, shape: tuple[int, ...], kind: str) -> None:
    assert isinstance(array, np.ndarray), f"it returned {type(array).__name__}, not an array"
    assert array.shape == shape, f"it returned shape {array.shape}, not {shape}"
    assert array.dtype.kind == kind, f"it returned {array.dtype}"
    assert np.isfinite(array).all(), "it returned a value that is not finite"


def _check_same(kind: str, one: Any, other: Any) -> None:
    first, second = (
        _answer(kind, task.fit(*_set(), groups=_groups(), seed=3)) for task in (one, other)
    )
    assert np.array_equal(first, second), "they differ"


def _groups() -> np.ndarray:
    """Return a group for each row: two rows of the same class."""
    return np.arange(N) // 2


def _check_untouched(kind: str, task: Any) -> None:
    shown, names = features(), labels()
    task.fit(shown, names)
    assert np.array_equal(shown, features()), "the features were changed"
    assert np.array_equal(names, labels()), "the labels were changed"


def _check_state(kind: str, task: Any, other: Any) -> None:
    task.fit(*_set())
    state = task.state()
    for name, array in state.items():
        plain = isinstance(array, np.ndarray) and array.dtype.kind in "biufU"
        assert plain, f"{name} of the state is not a plain array"
    assert np.array_equal(_answer(kind, task), _answer(kind, other.restore(state))), "they differ"


def _check_few(kind: str, task: Any) -> None:
    task.fit(*_set())
    _answer(kind, task, slice(0, 1))


TAKEN = np.arange(N) % 2 == 0


def _check_selection(task: Any) -> None:
    rows = _selected(task)
    assert not TAKEN[rows].any(), "a labelled row is selected"


def _check_same_rows(task: Any) -> None:
    assert np.array_equal(_selected(task), _selected(task)), "the same seed selects other rows"


def _check_selector_untouched(task: Any) -> None:
    shown, taken, chances = features(), TAKEN.copy(), _probabilities()
    task.select(shown, 10, probabilities=chances, labelled=taken, seed=1)
    assert np.array_equal(shown, features()), "the features were changed"
    assert np.array_equal(taken, TAKEN), "the mask of labelled rows was changed"
    assert np.array_equal(chances, _probabilities()), "the probabilities were changed"


def _probabilities() -> np.ndarray:
    """Return float64 probabilities ``(60, 3)``; each row sums to 1."""
    found = np.random.default_rng(2).random((N, 3))
    return found / found.sum(axis=1, keepdims=True)


def _selected(task: Any) -> np.ndarray:
    """Return ten selected rows, checked."""
    rows = task.select(features(), 10, probabilities=_probabilities(), labelled=TAKEN, seed=1)
    _check_array(rows, (10,), "i")
    assert ((rows >= 0) & (rows < N)).all(), "a selected row is none of those given"
    assert len(np.unique(rows)) == 10, "a row is selected twice"
    return rows
