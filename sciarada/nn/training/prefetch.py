"""Reading ahead: the next item is fetched while one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def prefetched(
    fetch: Callable[[Item], Result], items: Iterable[Item], ahead: int = 2
) -> Iterator[Result]:
    """Yield ``fetch(item)`` for each item, fetched in advance by a thread.

    Parameters
    ----------
    fetch : callable
        Called in one other thread, for one item after the other.
    items : iterable
    ahead : int
        How many results may wait at most.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as thread:
        waiting: deque = deque()
        try:
            for item in items:
                waiting.append(thread.submit(fetch, item))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
