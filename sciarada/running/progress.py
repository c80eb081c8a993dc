"""Progress of a pipeline, and the durations of its stages."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

logger = logging.getLogger(__name__)


class Progress(Protocol):
    """Shows how far a stage has come."""

    def __call__(self, items: Iterable[Any], stage: str, total: int) -> Iterable[Any]:
        """Return the items, showing each that is taken."""


def silent(items: Iterable[Any], stage: str, total: int) -> Iterable[Any]:
    """Show no progress."""
    return items


class Stopwatch:
    """Wall-clock seconds of each stage, in the order in which they began."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            logger.debug("%s took %.3f s", stage, spent)
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + spent, 3)
