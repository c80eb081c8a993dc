"""The one seam through which work on tiles is run.

A stage hands a pure, picklable function and its items to a `concurrent.futures.Executor`;
how many processes or machines stand behind it is nobody else's business. Dask fits in as
``Client.get_executor()``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Any


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
    remaining = iter(items)
    waiting = deque(executor.submit(function, item) for item in islice(remaining, ahead))
    try:
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(executor.submit(function, item) for item in islice(remaining, 1))
            yield result
    finally:
        for future in waiting:
            future.cancel()
