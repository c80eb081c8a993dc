"""Scores of a classifier that was trained again and again, such as on other labels each time.

Its scores scatter because the tested sources are a sample, and because the trainings are. The
bootstrap draws both: sources, the same for all trainings, and trainings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.evaluation.classification import (
    accuracy,
    balanced_accuracy,
    class_codes,
    class_f1,
    class_names,
    macro_f1,
)
from sciarada.evaluation.comparison import Comparison, Difference
from sciarada.evaluation.estimates import Estimate, percentiles
from sciarada.evaluation.resampling import RESAMPLINGS, draw_blocks, draw_weights

MEASURES = {"accuracy": accuracy, "balanced_accuracy": balanced_accuracy, "macro_f1": macro_f1}


@dataclass(frozen=True, eq=False)
class RepeatedScore:
    """Mean scores over trainings.

    Parameters
    ----------
    classes : tuple of str, length k
        Names of the classes.
    confusion : ndarray of int, shape (r, k, k + 1)
        Of each training, as in `~sciarada.evaluation.classification.ClassScore`.
    f1 : tuple of Estimate
        Of each class.
    accuracy, balanced_accuracy, macro_f1 : Estimate
        Of all classes.
    samples : dict of str to ndarray, shape (1 + RESAMPLINGS,)
        The last three, of all sources and trainings, then of those drawn.
    """

    classes: tuple[str, ...]
    confusion: np.ndarray
    f1: tuple[Estimate, ...]
    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_f1: Estimate
    samples: dict[str, np.ndarray]


def score_repeated(
    true: np.ndarray,
    given: np.ndarray,
    *,
    classes: Sequence[str] | None = None,
    seed: int = 0,
) -> RepeatedScore:
    """Score the classes that several trainings gave to the same sources.

    Parameters
    ----------
    true : ndarray of str, shape (n,)
        True classes, none empty.
    given : ndarray of str, shape (r, n)
        Those that each training gave.
    classes : sequence of str, optional
        All classes in the order wanted; those that occur, sorted, by default.
    seed : int
        Of the bootstrap. With the same seed, and as many sources and trainings, the same are
        drawn.

    Returns
    -------
    RepeatedScore
        Intervals are 95 % intervals. Few trainings tell little about how trainings scatter: of a
        single one the interval is that of the sources alone.
    """
    true, given = np.asarray(true, dtype=str), np.atleast_2d(np.asarray(given, dtype=str))
    names = class_names(true, given.ravel()) if classes is None else tuple(classes)
    k, (runs, count) = len(names), given.shape
    rng = np.random.default_rng(seed)
    block = draw_blocks(count, rng)
    blocks = int(block.max()) + 1
    weights = np.vstack([np.ones(blocks), draw_weights(blocks, rng)])
    drawn = np.vstack([np.arange(runs), rng.integers(runs, size=(RESAMPLINGS, runs))])
    place = block * k * (k + 1) + class_codes(true, names) * (k + 1)
    tables = []
    for codes in (class_codes(each, names) for each in given):
        cells = np.bincount(place + codes, minlength=blocks * k * (k + 1)).reshape(blocks, -1)
        tables.append((weights @ cells).reshape(-1, k, k + 1))

    def of_drawn(score: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Return the mean score of the trainings of each sample."""
        each = np.stack([score(table) for table in tables])  # trainings, samples, ...
        return each[drawn.T, np.arange(len(drawn))].mean(axis=0)

    f1 = of_drawn(class_f1)
    of_class = tables[0][0].sum(axis=1).astype(int)
    samples = {name: of_drawn(score) for name, score in MEASURES.items()}
    return RepeatedScore(
        classes=names,
        confusion=np.stack([table[0] for table in tables]).astype(np.int64),
        f1=tuple(percentiles(f1[0, i], f1[1:, i], int(of_class[i])) for i in range(k)),
        samples=samples,
        **{name: percentiles(each[0], each[1:], count) for name, each in samples.items()},
    )


def compare_repeated(first: RepeatedScore, second: RepeatedScore) -> Comparison:
    """Compare the trainings of two classifiers, scored on the same sources.

    Parameters
    ----------
    first, second : RepeatedScore
        Of the same sources and as many trainings, drawn by the same seed; the trainings of each
        pair have the same labels to learn from.

    Returns
    -------
    Comparison
        ``accuracy``, ``balanced_accuracy`` and ``macro_f1``.

    Raises
    ------
    ValueError
        The numbers of sources or trainings differ.
    """
    shapes = [(len(each.confusion), each.accuracy.count) for each in (first, second)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"(trainings, sources) {shapes[0]} do not compare with {shapes[1]}")
    rows = []
    for name in MEASURES:
        between = first.samples[name] - second.samples[name]
        difference = percentiles(between[0], between[1:], shapes[0][1])
        rows.append(Difference(name, getattr(first, name), getattr(second, name), difference))
    return Comparison(tuple(rows))


def mean_estimate(estimates: Sequence[Estimate]) -> Estimate:
    """Return the mean of estimates that rest on the same sources, and of the ends of them.

    Such estimates go up and down together, so a mean is hardly more certain than one of them.
    """
    parts = np.mean([(each.value, each.low, each.high) for each in estimates], axis=0)
    value, low, high = parts.tolist()
    return Estimate(value, low, high, estimates[0].count)
