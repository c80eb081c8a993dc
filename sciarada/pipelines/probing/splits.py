"""Which cutouts each training may learn from and is tested on: the same for all contenders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.errors import OptionError
from sciarada.nn.probes.folds import Amount, Split, draw_labelled, stratified_folds
from sciarada.pipelines.probing.labels import LabelledSet
from sciarada.pipelines.probing.settings import ProbeSettings


@dataclass(frozen=True, eq=False)
class Training:
    """One training: what is learned from, and what is tested on.

    Parameters
    ----------
    seed : int
        Of the draw, and of what the training leaves to chance.
    labelled : ndarray of int64
        Rows whose labels are learned from.
    split : Split
        All rows that may be looked at, and those that are tested on.
    """

    seed: int
    labelled: np.ndarray
    split: Split


@dataclass(frozen=True, eq=False)
class Protocol:
    """What every contender does alike.

    Parameters
    ----------
    classes : tuple of str
        All classes.
    test : ndarray of int64
        Rows that are tested on, sorted.
    splits : dict of int to tuple of Split
        Of each seed; the test rows of its splits are together ``test``.
    text : str
        The same in words.
    """

    classes: tuple[str, ...]
    test: np.ndarray
    splits: dict[int, tuple[Split, ...]]
    text: str

    def trainings(self, labels: np.ndarray, amount: Amount, seed: int) -> list[Training]:
        """Return the trainings of one seed with so many labels."""
        return [
            Training(seed, draw_labelled(labels, split.train, amount, seed), split)
            for split in self.splits[seed]
        ]


def build_protocol(cutouts: LabelledSet, settings: ProbeSettings) -> Protocol:
    """Return the protocol of a probe.

    Raises
    ------
    OptionError
        If there is nothing to learn from or to be tested on, or fewer than two classes.
    """
    classes = settings.classes or tuple(np.unique(cutouts.labels).tolist())
    seeds = range(1, settings.seeds + 1)
    if len(set(cutouts.labels)) < 2:
        raise OptionError(f"the cutouts that take part have one class, {cutouts.labels[0]}")
    if settings.split is None:
        splits = {s: tuple(stratified_folds(cutouts.labels, settings.folds, s)) for s in seeds}
        test = np.arange(len(cutouts.labels))
        text = f"{len(test)} cutouts in {settings.folds} folds, dealt anew for each seed"
        return Protocol(classes, test, splits, text)
    tested = settings.test_on or ("test" if (cutouts.part == "test").any() else "valid")
    split = Split(*(np.flatnonzero(cutouts.part == part) for part in ("train", tested)))
    for part, rows in zip(("train", tested), split, strict=True):
        if not len(rows):
            raise OptionError(f"no cutout is for {part} by the column {settings.split!r}")
    learned, asked = (set(cutouts.labels[rows].tolist()) for rows in split)
    missing = sorted(asked - learned)
    if missing:
        raise OptionError(f"the class {missing[0]!r} is tested on but never learned from")
    text = (
        f"learned from {len(split.train)} cutouts of train, tested on {len(split.test)} of {tested}"
    )
    return Protocol(classes, split.test, dict.fromkeys(seeds, (split,)), text)
