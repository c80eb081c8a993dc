"""One number of the board."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Measurement:
    """A score of one contender.

    Parameters
    ----------
    task, measure : str
        What was asked, and how it is scored; higher is better unless ``is_count``.
    samples : ndarray of float64, shape (m,)
        The score, then that of sources (or draws) drawn again.
    is_count : bool
        Whether it is a number of cutouts, without scatter.
    """

    task: str
    measure: str
    samples: np.ndarray
    is_count: bool = False

    @property
    def value(self) -> float:
        """The score."""
        return float(self.samples[0])

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of 95 %."""
        return _interval(self.samples[1:])

    def less(self, other: Measurement) -> tuple[float, float, float]:
        """Return how far it leads another contender, and the interval of 95 %; paired."""
        if self.samples.shape != other.samples.shape:
            return self.value - other.value, np.nan, np.nan
        low, high = _interval((self.samples - other.samples)[1:])
        return self.value - other.value, low, high


def _interval(samples: np.ndarray) -> tuple[float, float]:
    known = samples[np.isfinite(samples)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)
