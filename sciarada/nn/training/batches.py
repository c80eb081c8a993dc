"""The cutouts of each step of a training: a function of the seed and the step alone.

A checkpoint needs no state of them, and the batch of a step does not depend on how many
processes share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sciarada.errors import OptionError


@dataclass(frozen=True)
class BatchPlan:
    """Batches that go through a set again and again, each time in another order.

    Parameters
    ----------
    length : int
        Number of cutouts in the set.
    batch : int
        Cutouts in a step, of all processes together; what is left over of an epoch is dropped.
    epochs : int
        How often the set is gone through.
    seed : int
        Of the orders.

    Raises
    ------
    OptionError
        If the set is smaller than a batch, or a number is not positive.
    """

    length: int
    batch: int
    epochs: int
    seed: int

    def __post_init__(self) -> None:
        if min(self.batch, self.epochs) < 1:
            raise OptionError("a training needs at least one epoch and one cutout per batch")
        if self.length < self.batch:
            raise OptionError(
                f"the set has {self.length} cutouts, fewer than one batch: give --batch "
                f"{max(2, self.length // 2)} or less"
            )

    @property
    def epoch_steps(self) -> int:
        """Steps in an epoch."""
        return self.length // self.batch

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.epochs * self.epoch_steps

    def rows(self, step: int, rank: int = 0, processes: int = 1) -> np.ndarray:
        """Return the cutouts that one process takes in one step.

        Parameters
        ----------
        step : int
            Zero-based.
        rank, processes : int
            Which process of how many; the parts of all of them, in the order of their ranks,
            make up the batch.
        """
        epoch, number = divmod(step, self.epoch_steps)
        order = _order(self.length, self.seed, epoch)
        whole = order[number * self.batch : (number + 1) * self.batch]
        return np.array_split(whole, processes)[rank]

    def remaining(self, first: int = 0) -> Iterator[int]:
        """Yield the steps from ``first`` to the last."""
        return iter(range(first, self.steps))


@lru_cache(maxsize=2)  # all steps of an epoch use the same order
def _order(length: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(length)
