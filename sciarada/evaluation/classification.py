"""Scores of a classification, per class and overall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.association import NONE, Association
from sciarada.evaluation.columns import compared_classes
from sciarada.evaluation.estimates import (
    Estimate,
    divide,
    percentiles,
    proportion,
)
from sciarada.evaluation.resampling import resample_counts
from sciarada.evaluation.tables import Meaning, make_table


@dataclass(frozen=True, eq=False)
class ClassScore:
    """Scores of a classification.

    Parameters
    ----------
    classes : tuple of str, length k
        Names of the classes.
    confusion : ndarray of int, shape (k, k + 1)
        Number of sources of each true class (rows) that were given each class (columns); the
        last column counts those that were given none.
    precision, recall, f1 : tuple of Estimate
        Of each class.
    accuracy : Estimate
        Share of the sources that were given their true class.
    balanced_accuracy : Estimate
        Mean recall of the classes that occur in the truth.
    macro_f1 : Estimate
        Mean F1 of the classes that occur in the truth or were given.
    """

    classes: tuple[str, ...]
    confusion: np.ndarray
    precision: tuple[Estimate, ...]
    recall: tuple[Estimate, ...]
    f1: tuple[Estimate, ...]
    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_f1: Estimate

    def table(self) -> Table:
        """Return one row per class."""
        meanings = {
            "class": Meaning("Class", str),
            "precision": Meaning("Share of the sources given this class that are of it"),
            "recall": Meaning("Share of the sources of this class that were given it"),
            "f1": Meaning("Harmonic mean of precision and recall"),
        }
        columns = (self.classes, self.precision, self.recall, self.f1)
        rows = [dict(zip(meanings, row, strict=True)) for row in zip(*columns, strict=True)]
        return make_table(meanings, rows)

    def summary(self) -> Table:
        """Return one row per score of all classes together."""
        meanings = {"score": Meaning("Name of the score", str), "value": Meaning("Its value")}
        names = ("accuracy", "balanced_accuracy", "macro_f1")
        return make_table(
            meanings, [{"score": name, "value": getattr(self, name)} for name in names]
        )


def score_classes(
    true: Sequence[str] | np.ndarray,
    given: Sequence[str] | np.ndarray,
    *,
    classes: Sequence[str] | None = None,
    seed: int = 0,
) -> ClassScore:
    """Score classes that were given to sources.

    Parameters
    ----------
    true, given : array_like of str, shape (n,)
        Classes of each source. Sources with an empty true class are omitted; sources
        that were given none are counted as wrong.
    classes : sequence of str, optional
        All classes in the order wanted; those that occur, sorted, by default.
    seed : int
        Of the bootstrap, which draws sources.

    Returns
    -------
    ClassScore
        Intervals are 95 % intervals: Wilson's for precision, recall and accuracy, a percentile
        bootstrap for F1 and means over classes.

    Raises
    ------
    ValueError
        The arrays differ in length, or hold a class that is not among ``classes``.
    """
    true, given = np.asarray(true, dtype=str), np.asarray(given, dtype=str)
    if true.shape != given.shape:
        raise ValueError(f"{len(true)} true classes do not fit {len(given)} given ones")
    known = true != ""
    names = class_names(true, given) if classes is None else tuple(classes)
    k = len(names)
    confusion = np.bincount(
        class_codes(true[known], names) * (k + 1) + class_codes(given[known], names),
        minlength=k * (k + 1),
    ).reshape(k, k + 1)
    again = resample_counts(confusion.ravel(), np.random.default_rng(seed))
    again = again.reshape(len(again), k, k + 1)
    right, total = np.diagonal(confusion).tolist(), int(confusion.sum())
    of_class = confusion.sum(axis=1)
    called = confusion[:, :k].sum(axis=0)
    f1, f1_again = class_f1(confusion), class_f1(again)
    return ClassScore(
        classes=names,
        confusion=confusion,
        precision=tuple(proportion(*pair) for pair in zip(right, called.tolist(), strict=True)),
        recall=tuple(proportion(*pair) for pair in zip(right, of_class.tolist(), strict=True)),
        f1=tuple(percentiles(f1[i], f1_again[:, i], int(of_class[i])) for i in range(k)),
        accuracy=proportion(sum(right), total),
        balanced_accuracy=percentiles(
            float(balanced_accuracy(confusion)), balanced_accuracy(again), total
        ),
        macro_f1=percentiles(float(macro_f1(confusion)), macro_f1(again), total),
    )


def matched_classes(
    found: Table, truth: Table, association: Association, column: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the true and the given class of each detection that belongs to a row of the truth.

    Rows that the detector calls spurious, and artefacts of the truth, are among them.

    Parameters
    ----------
    found, truth : Table
        The tables that were associated.
    association : Association
        What became of each row.
    column : str, optional
        Column of classes in both; see `~sciarada.evaluation.columns.compared_classes`.

    Returns
    -------
    true, given : ndarray of str
        What `score_classes` takes.
    """
    rows = np.flatnonzero(association.found_of != NONE)
    given, true = compared_classes(found, truth, column)
    return true[rows], given[association.found_of[rows]]


def class_names(*labels: np.ndarray) -> tuple[str, ...]:
    """Return the classes that occur, sorted, without empty text."""
    return tuple(str(name) for name in np.unique(np.concatenate(labels)) if name != "")


def class_codes(labels: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return each label's place among the names; empty text comes after the last.

    Raises
    ------
    ValueError
        A label is not among the names.
    """
    order = np.argsort(names) if len(names) else np.empty(0, np.int64)
    ordered = np.append(np.asarray(names, dtype=str)[order], "")
    place = np.searchsorted(ordered[:-1], labels)
    empty = labels == ""
    unknown = (ordered[place] != labels) & ~empty
    if unknown.any():
        raise ValueError(f"{labels[unknown][0]} is not among the classes {', '.join(names)}")
    return np.where(empty, len(names), np.append(order, len(names))[place])


def class_f1(confusion: np.ndarray) -> np.ndarray:
    """Return F1 of each class (..., k) of confusion matrices (..., k, k + 1).

    NaN for a class that neither occurs nor was given.
    """
    k = confusion.shape[-2]
    right = np.diagonal(confusion[..., :k], axis1=-2, axis2=-1)
    total = confusion.sum(axis=-1) + confusion[..., :k].sum(axis=-2)
    return divide(2 * right, total)


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes that occur or were given."""
    return _mean_of_known(class_f1(confusion))


def balanced_accuracy(confusion: np.ndarray) -> np.ndarray:
    """Return the mean recall of the classes that occur."""
    k = confusion.shape[-2]
    right = np.diagonal(confusion[..., :k], axis1=-2, axis2=-1)
    return _mean_of_known(divide(right, confusion.sum(axis=-1)))


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Return the share of sources on the diagonal."""
    k = confusion.shape[-2]
    right = np.diagonal(confusion[..., :k], axis1=-2, axis2=-1).sum(axis=-1)
    return divide(right, confusion.sum(axis=(-2, -1)))


def _mean_of_known(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    return divide(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))
