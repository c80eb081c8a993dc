"""One trial: a command and the damaged input that it is given, made from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

Damage = TypeVar("Damage", bound=Callable)


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes
    ----------
    arguments : tuple of str
        Arguments of ``sciarada``, which is run in the folder of the trial.
    names : tuple of str
        Files and options that were tampered with: a refusal has to name one of them.
    done : tuple of str
        What was done to them, in words.
    outputs : tuple of str
        What the command makes; after a refusal none of it may be there.
    must_refuse : bool
        The input is wrong in a way that cannot be overlooked: exit status 0 is a fault.
    """

    arguments: tuple[str, ...]
    names: tuple[str, ...]
    done: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    must_refuse: bool = False


class Steps:
    """The choices of a trial: a number of damaging steps, each with a random source of its own.

    Since each step draws from its own source, any of them can be left out without changing the
    others: so a failing trial is reduced to the steps that it needs.

    Parameters
    ----------
    seed : int
        Seed of the trial.
    left_out : set of int
        Steps that are not taken.

    Attributes
    ----------
    random : `numpy.random.Generator`
        For everything that is not a step: which command, which sound input.
    done : list of str
        Names of the steps that were taken.
    """

    def __init__(self, seed: int, left_out: frozenset[int] = frozenset()) -> None:
        self.random = np.random.default_rng([seed, 0])
        self.done: list[str] = []
        self.planned = 0
        self._seed, self._left_out = seed, left_out

    def choose(
        self, damages: Sequence[Damage], most: int = 2
    ) -> Iterator[tuple[Damage, np.random.Generator]]:
        """Yield from 1 to ``most`` of the functions, each with its random source."""
        for _ in range(int(self.random.integers(1, most + 1))):
            damage = damages[int(self.random.integers(len(damages)))]
            self.planned += 1
            if self.planned not in self._left_out:
                self.done.append(damage.__name__)
                yield damage, np.random.default_rng([self._seed, self.planned])


Kind = Callable[[Steps, Path, Path], Trial]
"""Makes a trial: (choices, folder of sound inputs, empty folder of the trial)."""
