"""Splits of labelled cutouts, and random draws of labelled sub-samples, determined by seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from sciarada.errors import OptionError
from sciarada.evaluation.classification import class_names


class Split(NamedTuple):
    """Rows to learn from and rows to be tested on, int64."""

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Amount:
    """The number of labels for a probe: a share of them, or a number per class.

    Parameters
    ----------
    fraction : float
        Above 0, at most 1; at least one label of each class is drawn.
    per_class : int or None
        Labels of each class, or all of it where it has fewer; takes the place of the fraction.
    """

    fraction: float = 1.0
    per_class: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1:
            raise OptionError(
                f"a share of {self.fraction:g} of the labels cannot be drawn: give --fractions "
                "above 0 and up to 1"
            )
        if self.per_class is not None and self.per_class < 1:
            raise OptionError("a class needs at least one label: give --per-class 1 or more")

    @property
    def name(self) -> str:
        """Its name in tables and figures, such as ``10 %`` or ``5 per class``."""
        if self.per_class is not None:
            return f"{self.per_class} per class"
        return "all" if self.fraction == 1 else f"{100 * self.fraction:g} %"

    def of(self, count: int) -> int:
        """Return how many labels are drawn of a class that has ``count``."""
        wanted = self.per_class or round(self.fraction * count)
        return min(count, max(1, wanted))


def draw_labelled(labels: np.ndarray, rows: np.ndarray, amount: Amount, seed: int) -> np.ndarray:
    """Draw the rows with labels to learn from.

    Parameters
    ----------
    labels : ndarray of str, shape (n,)
        Of all cutouts.
    rows : ndarray of int64
        Rows to learn from, all of them with a label.
    amount : Amount
        How many.
    seed : int
        Of the draw. A smaller amount draws some of what a larger one draws.

    Returns
    -------
    ndarray of int64
        Sorted.
    """
    rng = np.random.default_rng([seed, 0])
    drawn = []
    for name in class_names(labels[rows]):
        of_class = rng.permutation(rows[labels[rows] == name])
        drawn.append(of_class[: amount.of(len(of_class))])
    return np.sort(np.concatenate(drawn))


def stratified_folds(
    labels: np.ndarray, folds: int, seed: int, groups: np.ndarray | None = None
) -> Iterator[Split]:
    """Yield splits in which each labelled row is tested on once.

    Parameters
    ----------
    labels : ndarray of str, shape (n,)
        Rows with an empty label are ignored.
    folds : int
        How many splits, 2 or more; each has its share of every class.
    seed : int
        Of the deal.
    groups : ndarray of int, shape (n,), optional
        Rows of one group are in one fold; the shares of the classes are as even as that allows.

    Raises
    ------
    OptionError
        If a class has fewer cutouts than there are folds, or there are fewer groups.
    """
    for name in class_names(labels):
        count = np.count_nonzero(labels == name)
        if count < folds:
            raise OptionError(
                f"the class {name!r} has {count} cutout(s), fewer than {folds} folds: "
                "give fewer --folds, or leave the class out with --classes"
            )
    if groups is not None and len(np.unique(groups[labels != ""])) < folds:
        raise OptionError(f"the cutouts are in fewer groups than {folds} folds: give fewer --folds")
    fold = _dealt(labels, folds, seed) if groups is None else _grouped(labels, folds, seed, groups)
    for number in range(folds):
        yield Split(np.flatnonzero((fold >= 0) & (fold != number)), np.flatnonzero(fold == number))


def _dealt(labels: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Return the fold of each row, -1 without a label."""
    rng = np.random.default_rng([seed, 1])
    fold = np.full(len(labels), -1)
    first = 0
    for name in class_names(labels):
        of_class = rng.permutation(np.flatnonzero(labels == name))
        fold[of_class] = (first + np.arange(len(of_class))) % folds
        first += len(of_class)
    return fold


def _grouped(labels: np.ndarray, folds: int, seed: int, groups: np.ndarray) -> np.ndarray:
    """Return the fold of each row, the same in each group; -1 without a label."""
    rows = np.flatnonzero(labels != "")
    fold = np.full(len(labels), -1)
    deal = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for number, (_, tested) in enumerate(deal.split(rows, labels[rows], groups[rows])):
        fold[rows[tested]] = number
    return fold
