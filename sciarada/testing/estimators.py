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
        assert np.allclose(answer.sum(axis=1), 1.0), "a row of probabilities does not add up to 1"
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
        answer = found
    return answer


def _check_array(array: Any, shape: tuple[int, ...], kind: str) -> None:
    assert isinstance(array, np.ndarray), f"it returned {type(array).__name__}, not an array"
    assert array.shape == shape, f"it returned shape {array.shape}, not {shape}"
    assert array.dtype.kind == kind, f"it returned {array.dtype}"
    assert np.isfinite(array).all(), "it returned a value that is not finite"


def _check_same(kind: str, one: Any, other: Any) -> None:
    first = _answer(kind, one.fit(*_set(), seed=3))
    assert np.array_equal(first, _answer(kind, other.fit(*_set(), seed=3))), "they differ"


def _check_untouched(kind: str, task: Any) -> None:
    shown, before = features(), features()
    task.fit(shown, labels())
    assert np.array_equal(shown, before), "the features were changed"


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


def _check_selection(task: Any) -> None:
    taken = np.arange(N) % 2 == 0
    rows = task.select(features(), 10, labelled=taken, seed=1)
    _check_array(rows, (10,), "i")
    assert len(np.unique(rows)) == 10, "a row is selected twice"
    assert not taken[rows].any(), "a labelled row is selected"
    again = task.select(features(), 10, labelled=taken, seed=1)
    assert np.array_equal(rows, again), "the same seed selects other rows"
