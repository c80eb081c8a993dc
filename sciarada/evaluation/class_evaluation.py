"""Tables of classes against the true classes, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.schema import ColumnSpec
from sciarada.errors import OptionError
from sciarada.evaluation.class_columns import class_columns
from sciarada.evaluation.classification import ClassScore, class_names
from sciarada.evaluation.evaluation import overall_record
from sciarada.evaluation.label_scores import (
    ClassScores,
    JoinedLabels,
    compare_labels,
    join_labels,
    score_labels,
)
from sciarada.evaluation.score_table import ScoreRow
from sciarada.evaluation.settings import EvaluateSettings
from sciarada.running.executor import Serial, in_order
from sciarada.running.progress import Progress, silent

OVERALL = ("accuracy", "balanced_accuracy", "macro_f1")
RECORDED = (*OVERALL, "mean_average_precision", "ece")


@dataclass(frozen=True, eq=False)
class ComparedLabels:
    """Tables of classes, read and joined to the truth.

    Parameters
    ----------
    paths : mapping of str to `~pathlib.Path`
        The tables by name; the first is what the evaluation is about.
    truth : `~pathlib.Path`
        The table of the truth.
    labels : mapping of str to JoinedLabels
        The classes by the same names.
    seed : int
        Of the bootstrap.
    """

    paths: Mapping[str, Path]
    truth: Path
    labels: Mapping[str, JoinedLabels]
    seed: int

    def score(
        self, progress: Progress = silent, executor: Executor | None = None
    ) -> ClassEvaluation:
        """Score all tables on the same sources and classes.

        Parameters
        ----------
        progress : Progress
            Displays the progress.
        executor : concurrent.futures.Executor, optional
            Executor that scores the tables; this process by default.
        """
        labels = self.labels
        classes = class_names(*(part for of in labels.values() for part in (of.true, of.given)))
        score = partial(_scores, classes, self.seed)
        scored = in_order(executor or Serial(), score, labels.items())
        scores = dict(zip(labels, progress(scored, "scoring", len(labels)), strict=True))
        first, *others = labels.items()
        rows = tuple(row for score in scores.values() for row in score.rows) + tuple(
            row for other in others for row in compare_labels(first, other, self.seed)
        )
        return ClassEvaluation(self.paths, self.truth, labels, self.seed, scores, rows)


@dataclass(frozen=True, eq=False)
class ClassEvaluation(ComparedLabels):
    """Tables of classes that were scored; an `~sciarada.evaluation.evaluation.Evaluation`.

    Parameters
    ----------
    scores : mapping of str to ClassScores
        Of each table.
    rows : tuple of ScoreRow
        All scores, and the differences from the first table.
    """

    scores: Mapping[str, ClassScores]
    rows: tuple[ScoreRow, ...]

    @property
    def names(self) -> list[str]:
        """Names of the tables."""
        return list(self.paths)

    @property
    def first(self) -> tuple[JoinedLabels, ClassScores]:
        """Classes and scores of the table that the evaluation is about."""
        return next(iter(self.labels.values())), next(iter(self.scores.values()))

    @cached_property
    def confusion(self) -> Table:
        """The confusion of the first table; see `confusion_table`."""
        return confusion_table(self.first[1].score)

    @property
    def tables(self) -> dict[str, Table]:
        """The confusion."""
        return {"confusion": self.confusion}

    @property
    def warnings(self) -> list[str]:
        """How many sources are in one of two tables only."""
        return [note for name, labels in self.labels.items() for note in _notes(name, labels)]

    @property
    def facts(self) -> dict[str, Any]:
        """Record for ``run.json``, in plain types."""
        labels, scores = self.first
        sizes = scores.score.confusion.sum(axis=1).tolist()
        own = {name: [row for row in self.rows if row.finder == name] for name in self.labels}
        return {
            "inputs": {
                "truth": str(self.truth),
                "labels": {name: str(path) for name, path in self.paths.items()},
            },
            "configuration": {"key": {name: each.key for name, each in self.labels.items()}},
            "counts": {
                "sources": len(labels.true),
                "not predicted": {name: each.missing for name, each in self.labels.items()},
                "not in the truth": {name: each.unknown for name, each in self.labels.items()},
                "classes": dict(zip(scores.score.classes, sizes, strict=True)),
            },
            "scores": overall_record(own, RECORDED),
        }


def read_labels_of(
    given: Path, truth: Path, compare: Mapping[str, Path], settings: EvaluateSettings
) -> ComparedLabels:
    """Read tables of classes and join them to the truth.

    Parameters
    ----------
    given, truth : `~pathlib.Path`
        Tables with a class for each source; probabilities in columns ``p_<class>``.
    compare : mapping of str to `~pathlib.Path`
        Further tables of classes by name.
    settings : EvaluateSettings

    Raises
    ------
    CatalogueError, OptionError
        If an input cannot be read or compared.
    """
    name = given.name.partition(".")[0]
    if name in compare:
        raise OptionError(f"--compare needs another name than {name!r}, which is that of TABLE")
    paths = {name: given, **compare}
    how = {"column": settings.column, "true_column": settings.true_column, "key": settings.key}
    labels = {each: join_labels(path, truth, **how) for each, path in paths.items()}
    return ComparedLabels(paths, truth, labels, settings.seed)


def _scores(classes: Sequence[str], seed: int, named: tuple[str, JoinedLabels]) -> ClassScores:
    name, labels = named
    return score_labels(labels, name, classes, seed)


def confusion_table(score: ClassScore) -> Table:
    """Return the confusion: one row per true class, one column per predicted class.

    Columns are called ``given_`` and the class, with what tables do not take as ``_``;
    descriptions have the class as it is. ``no_class`` counts sources that were given none.
    """
    first = ColumnSpec("true_class", "str", None, "src.class", "True class")
    columns = [make_column(first, list(score.classes))]
    names = class_columns("given_", score.classes)
    for name, column, counts in zip(score.classes, names, score.confusion.T, strict=False):
        columns.append(make_column(_count(column, f"Sources given {name}"), counts))
    columns.append(make_column(_count("no_class", "Sources given none"), score.confusion[:, -1]))
    return Table(columns, copy=False)


def _count(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, "int32", None, "meta.number", text)


def _notes(name: str, labels: JoinedLabels) -> Iterator[str]:
    if labels.missing:
        yield f"{labels.missing} sources have no prediction in {name} and count as wrong"
    if labels.unknown:
        yield (
            f"{labels.unknown} predictions of {name} are of sources that the truth does not have"
        )
