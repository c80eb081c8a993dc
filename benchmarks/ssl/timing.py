"""Ways to do something, timed in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Turns:
    """Seconds of several ways, in rounds in which each had its turn.

    Parameters
    ----------
    wall, cpu : dict of str to ndarray, shape (rounds,)
        By the clock, and of all cores.
    """

    wall: dict[str, np.ndarray]
    cpu: dict[str, np.ndarray]

    def ratio(self, way: str, to: str, clock: str = "wall") -> np.ndarray:
        """Return the time of one way over that of another, round by round."""
        seconds = getattr(self, clock)
        return seconds[way] / seconds[to]


def take_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> Turns:
    """Time every way in each round, after a first round that fills the caches."""
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, run in ways.items():
            start, busy = time.perf_counter(), time.process_time()
            run()
            if number:
                wall[name].append(time.perf_counter() - start)
                cpu[name].append(time.process_time() - busy)
    return Turns(
        *({name: np.array(each) for name, each in seconds.items()} for seconds in (wall, cpu))
    )


def spread(values: np.ndarray, digits: int = 2) -> str:
    """Return the median, and the lowest and highest in brackets."""
    return f"{np.median(values):.{digits}f} ({values.min():.{digits}f}–{values.max():.{digits}f})"
