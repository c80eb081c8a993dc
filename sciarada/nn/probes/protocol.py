"""Training and test cutouts of each training: the same for all encoders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sciarada.cutouts.overlap import overlap_groups, overlaps_any
from sciarada.errors import OptionError
from sciarada.nn.probes.folds import Amount, Split, draw_labelled, stratified_folds
from sciarada.nn.probes.labelled_set import LabelledSet
from sciarada.nn.probes.settings import ProbeSettings


@dataclass(frozen=True, eq=False)
class Training:
    """One training: its labelled rows and its split.

    Parameters
    ----------
    seed : int
        Seed of the draw of labels and of the training.
    labelled : ndarray of int64
        Rows with labels used for training.
    split : Split
        All training rows, and the held-out test rows.
    """

    seed: int
    labelled: np.ndarray
    split: Split


@dataclass(frozen=True, eq=False)
class ProbeProtocol:
    """The training and test cutouts common to all encoders.

    Parameters
    ----------
    classes : tuple of str
        All classes.
    test : ndarray of int64
        Held-out test rows, sorted.
    splits : dict of int to tuple of Split
        Splits of each seed; their test rows together are ``test``.
    text : str
        Description of the protocol.
    notes : tuple of str
        Notes on overlap of test and training cutouts.
    """

    classes: tuple[str, ...]
    test: np.ndarray
    splits: dict[int, tuple[Split, ...]]
    text: str
    notes: tuple[str, ...] = ()

    def trainings(self, labels: np.ndarray, amount: Amount, seed: int) -> list[Training]:
        """Return the trainings of one seed with this amount of labels."""
        return [
            Training(seed, draw_labelled(labels, split.train, amount, seed), split)
            for split in self.splits[seed]
        ]


def build_protocol(cutouts: LabelledSet, settings: ProbeSettings) -> ProbeProtocol:
    """Return the protocol of a probe.

    Raises
    ------
    OptionError
        If there are no training or test rows, or fewer than two classes.
    """
    classes = settings.classes or tuple(np.unique(cutouts.labels).tolist())
    seeds = range(1, settings.seeds + 1)
    if len(set(cutouts.labels)) < 2:
        raise OptionError(
            f"the cutouts that take part have one class, {cutouts.labels[0]}, in the column "
            f"{cutouts.column!r} of {settings.labels}: a probe needs two or more, so ask for less "
            "with --where and --classes, or name another column with --labels or --column"
        )
    if settings.split is None:
        return _folds(cutouts, classes, seeds, settings.folds)
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
    splits: dict[int, tuple[Split, ...]] = dict.fromkeys(seeds, (split,))
    return ProbeProtocol(classes, split.test, splits, text, _shared(cutouts, split))


def _folds(
    cutouts: LabelledSet, classes: tuple[str, ...], seeds: Iterable[int], folds: int
) -> ProbeProtocol:
    """Return the protocol of folds; overlapping cutouts are in the same fold, if possible."""
    labels, test = cutouts.labels, np.arange(len(cutouts.labels))
    text = f"{len(test)} cutouts in {folds} folds, drawn again for each seed"
    dealt = {seed: tuple(stratified_folds(labels, folds, seed)) for seed in seeds}
    groups = overlap_groups(cutouts.cover)
    if groups.max() + 1 == len(groups):
        return ProbeProtocol(classes, test, dealt, text)
    if groups.max() + 1 >= folds:
        grouped = {seed: tuple(stratified_folds(labels, folds, seed, groups)) for seed in seeds}
        if all(_is_even(labels, split, folds) for splits in grouped.values() for split in splits):
            return ProbeProtocol(classes, test, grouped, f"{text}, overlapping ones together")
    return ProbeProtocol(classes, test, dealt, text, _shared(cutouts, *dealt[1]))


def _is_even(labels: np.ndarray, split: Split, folds: int) -> bool:
    """Return whether there are test rows, and half of the expected training rows."""
    names, counts = np.unique(labels, return_counts=True)
    learned = [np.count_nonzero(labels[split.train] == name) for name in names]
    least = 0.5 * counts * (folds - 1) / folds
    return len(split.test) > 0 and bool(np.all(learned >= least))


def _shared(cutouts: LabelledSet, *splits: Split) -> tuple[str, ...]:
    """Return a note if test cutouts overlap on the sky with training cutouts."""
    cover = cutouts.cover
    rows = np.concatenate([test[overlaps_any(cover[test], cover[train])] for train, test in splits])
    if not len(rows):
        return ()
    tested = sum(len(split.test) for split in splits)
    return (
        f"{len(rows)} of the {tested} tested cutouts, first {cutouts.source.ids[rows.min()]}, show "
        "sky that is also in a cutout learned from: the scores may be too high",
    )
