"""Classes against true classes: two tables joined by a key, and their scores as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.table import Table

from sciarada.errors import CatalogueError
from sciarada.evaluation.average_precision import score_class_probabilities
from sciarada.evaluation.calibration import (
    CalibrationScore,
    class_probabilities,
    score_calibration,
)
from sciarada.evaluation.classification import ClassScore, class_names, score_classes
from sciarada.evaluation.columns import words
from sciarada.evaluation.comparison import compare_classes
from sciarada.evaluation.precision_recall import AveragePrecision
from sciarada.evaluation.probability_ranges import ProbabilityScore, score_by_probability
from sciarada.evaluation.rows import difference_rows, ranking_rows, score_row
from sciarada.evaluation.score_table import ALL, ScoreRow
from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.joining import Identifiers, join, require_column, shared_columns

USUAL_COLUMNS = ("class_name", "det_class")
NO_NAMES = "of the classes"
_SUM = 1e-3


@dataclass(frozen=True, eq=False)
class JoinedLabels:
    """Sources with a true class and a given one.

    Parameters
    ----------
    key : str
        Column by which the tables were joined.
    true, given : ndarray of str
        Classes; empty text where none was given.
    probabilities : ndarray, shape (n, k)
        Of each class, NaN where not given; k is 0 without columns ``p_<class>``.
    classes : tuple of str
        Of the probabilities.
    missing : int
        Sources with a true class for which nothing was predicted.
    unknown : int
        Predictions for sources that the truth does not have.
    """

    key: str
    true: np.ndarray
    given: np.ndarray
    probabilities: np.ndarray
    classes: tuple[str, ...]
    missing: int
    unknown: int


@dataclass(frozen=True, eq=False)
class ClassScores:
    """The scores of classes.

    Parameters
    ----------
    score : ClassScore
        Confusion and scores of each class.
    calibration : CalibrationScore or None
        None without probabilities.
    rows : tuple of ScoreRow
        All of it; with probabilities also how well these put the sources of each class first,
        and the scores by how certain the classifier was.
    """

    score: ClassScore
    calibration: CalibrationScore | None
    rows: tuple[ScoreRow, ...]


def join_labels(
    predicted: Path,
    truth: Path,
    *,
    column: str | None = None,
    true_column: str | None = None,
    key: str | None = None,
) -> JoinedLabels:
    """Read two tables and join their rows.

    Parameters
    ----------
    predicted, truth : `~pathlib.Path`
        Tables of any of the usual formats.
    column : str, optional
        Column of the given classes; by default the first of `USUAL_COLUMNS` that the table has.
    true_column : str, optional
        Column of the true classes; by default ``column`` or, without it, as for ``column``.
    key : str, optional
        Column by which rows belong together, or ``OF_PREDICTED=OF_TRUTH``; by default the first
        of `sciarada.tabular.joining.KEYS` that they have. Rows are joined by the rule of that
        module.

    Raises
    ------
    CatalogueError
        If a table cannot be read, has a source twice or no classes, or no source is in both.
    OptionError
        If a column is not there.
    """
    tables = read_user_table(predicted), read_user_table(truth)
    true_column = true_column or column or _usual_column(tables[1])
    column = column or _usual_column(tables[0])
    require_column(tables[0].colnames, predicted, column, "--column")
    require_column(tables[1].colnames, truth, true_column, "--true-column")
    columns = shared_columns(tables[0].colnames, tables[1].colnames, key, (predicted, truth))
    keys = [
        Identifiers.of(table[name], f"{name} of {path}")
        for table, name, path in zip(tables, columns, (predicted, truth), strict=True)
    ]
    true = words(tables[1], true_column)
    labelled = np.flatnonzero(true != "")
    if not len(labelled):
        raise CatalogueError(
            f"no source of {truth} has a {true_column}, so there is nothing to score"
        )
    keys[1].check_distinct()
    whole = join(keys[1], keys[0])
    row = whole.rows[labelled]
    if len(keys[0]) and not (row >= 0).any():
        raise CatalogueError(
            f"no {keys[0].place} (such as {keys[0].texts[0]}) is a {keys[1].place} (such as "
            f"{keys[1].texts[labelled[0]]}): are they of the same sources?"
        )
    given = np.append(words(tables[0], column), "")[row]
    classes, probabilities = class_probabilities(tables[0])
    nothing = np.full((1, len(classes)), np.nan)
    return JoinedLabels(
        key=columns[0] if columns[0] == columns[1] else "=".join(columns),
        true=true[labelled],
        given=given,
        probabilities=np.vstack([probabilities, nothing])[row],
        classes=classes,
        missing=int((row < 0).sum()),
        unknown=whole.unused,
    )


def _usual_column(table: Table) -> str:
    return next((name for name in USUAL_COLUMNS if name in table.colnames), USUAL_COLUMNS[0])


def score_labels(
    labels: JoinedLabels, name: str, classes: Sequence[str] | None = None, seed: int = 0
) -> ClassScores:
    """Score classes.

    Parameters
    ----------
    labels : JoinedLabels
        The sources.
    name : str
        Whose classes they are.
    classes : sequence of str, optional
        All classes; those that occur by default.
    seed : int
        Of the bootstrap.

    Raises
    ------
    CatalogueError
        If the probabilities of a source do not add up to 1.
    """
    score = score_classes(labels.true, labels.given, classes=classes, seed=seed)
    rows = [*_class_rows(name, score)]
    calibration = None
    known = np.isfinite(labels.probabilities).all(axis=1) & bool(labels.classes)
    if known.any():
        calibration = _calibration(labels, known, seed)
        ranges = score_by_probability(
            labels.true[known],
            labels.given[known],
            labels.probabilities[known].max(axis=1),
            seed=seed,
        )
        rows += _calibration_rows(name, calibration)
        rows += ranking_rows(name, _ranked(labels, seed), "", "by the probability of the class")
        rows += _range_rows(name, ranges)
    return ClassScores(score, calibration, tuple(rows))


def _calibration(labels: JoinedLabels, known: np.ndarray, seed: int) -> CalibrationScore:
    """Score probabilities; a true class without a column has the probability 0."""
    plain = {_plain(name): number for number, name in enumerate(labels.classes)}
    true = np.array([plain.get(_plain(name), len(plain)) for name in labels.true[known]])
    values = labels.probabilities[known]
    sums = values.sum(axis=1)
    if not (np.abs(sums - 1) < _SUM).all():
        worst = sums[np.abs(sums - 1).argmax()]
        raise CatalogueError(
            f"the probabilities in the columns p_CLASS of a source add up to {worst:.3g}, not to 1"
        )
    if (true == len(plain)).any():
        values = np.hstack([values, np.zeros((len(values), 1))])
    return score_calibration(values, true, seed=seed)


def _ranked(labels: JoinedLabels, seed: int) -> AveragePrecision:
    """Rank the sources by the probability of each true class; none is found without a column."""
    names = class_names(labels.true)
    plain = {_plain(name): number for number, name in enumerate(labels.classes)}
    nothing = np.full((len(labels.true), 1), np.nan)
    places = [plain.get(_plain(name), len(plain)) for name in names]
    probabilities = np.hstack([labels.probabilities, nothing])[:, places]
    return score_class_probabilities(labels.true, probabilities, names, seed=seed)


def compare_labels(
    first: tuple[str, JoinedLabels], second: tuple[str, JoinedLabels], seed: int = 0
) -> Iterator[ScoreRow]:
    """Yield how much better the first of two named classifications is than the second.

    Both are of the same truth.
    """
    comparison = compare_classes(first[1].true, first[1].given, second[1].given, seed=seed)
    yield from difference_rows(first[0], second[0], comparison)


def _plain(name: str) -> str:
    """Return a class as the name of its column of probabilities can hold it."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def _class_rows(name: str, score: ClassScore) -> Iterator[ScoreRow]:
    for row in score.summary():
        text = f"{row['score'].replace('_', ' ')} {NO_NAMES}"
        yield score_row(name, row["score"], ALL, "all", row, "value", text)
    table = score.table()
    for row in table:
        for measure in ("precision", "recall", "f1"):
            yield score_row(
                name, measure, "class", row["class"], row, measure, table[measure].description
            )


def _calibration_rows(name: str, score: CalibrationScore) -> Iterator[ScoreRow]:
    for row in score.summary():
        yield score_row(name, row["score"], ALL, "all", row, "value", row["meaning"])
    for row in score.table():
        edges = float(row["low"]), float(row["high"])
        text = f"share that was right; mean probability {row['confidence']:.4f}"
        label = f"{edges[0]:.3f} to {edges[1]:.3f}"
        yield score_row(name, "share_right", "probability", label, row, "share", text, *edges)


def _range_rows(name: str, score: ProbabilityScore) -> Iterator[ScoreRow]:
    table = score.summary()
    for row in table:
        for measure in ("coverage", "accuracy", "macro_f1"):
            text = table[measure].description
            yield score_row(name, measure, "certainty", row["range"], row, measure, text)
