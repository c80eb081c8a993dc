"""Run work on tiles by an executor.

A stage gives a pure, picklable function and its items to a `concurrent.futures.Executor`,
whatever processes or machines that uses. With Dask it is ``Client.get_executor()``.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from sciarada.running.one_thread import one_thread

__all__ = ["Serial", "in_order", "submit"]


class Serial(Executor):
    """Runs everything at once in this process."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Call the function and return its finished future."""
        future: Future = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def in_order(
    executor: Executor, function: Callable[[Any], Any], items: Iterable[Any], ahead: int = 8
) -> Iterator[Any]:
    """Yield ``function(item)`` for each item, in order, a bounded number of them ahead.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    function : callable
        Pure and picklable.
    items : iterable
        Consumed as results are taken.
    ahead : int
        How many items may wait or run at a time; it bounds the memory of results.
    """
    step = _shipped(executor, function)
    remaining = iter(items)
    waiting = deque(executor.submit(step, item) for item in islice(remaining, ahead))
    try:
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(executor.submit(step, item) for item in islice(remaining, 1))
            yield result
    finally:
        for future in waiting:
            future.cancel()


def submit(executor: Executor, function: Callable[..., Any], *args: Any) -> Future:
    """Start one call, its arguments pickled here and now.

    A pool pickles in a thread of its own, when this one may be using the same objects.
    """
    return executor.submit(_call, _shipped(executor, partial(function, *args)))


def _shipped(executor: Executor, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function in a form that is pickled once, at once, if it must be.

    Wherever it is called, linear algebra has one thread, so that its results are the same.
    """
    stays_here = isinstance(executor, Serial | ThreadPoolExecutor)
    if stays_here:
        return partial(_with_one_thread, function)
    return _Shipped(function, pickle.dumps(function))


def _with_one_thread(function: Callable[..., Any], *args: Any) -> Any:
    with one_thread():
        return function(*args)


def _call(function: Callable[[], Any]) -> Any:
    return function()


class _Shipped:
    """A function that is pickled once, however many items it is sent along with.

    A process that gets it unpacks it once too, and keeps the last few.
    """

    def __init__(self, function: Callable[..., Any], payload: bytes) -> None:
        self._function = function
        self._payload = payload

    def __call__(self, *args: Any) -> Any:
        return _with_one_thread(self._function, *args)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[bytes]]:
        return _unpacked, (self._payload,)


@lru_cache(maxsize=8)
def _unpacked(payload: bytes) -> _Shipped:
    return _Shipped(pickle.loads(payload), payload)
