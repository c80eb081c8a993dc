"""Classes against true classes: the run behind ``sciarada evaluate --labels``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.schema import ColumnSpec
from sciarada.errors import OptionError
from sciarada.evaluation.class_columns import class_columns
from sciarada.evaluation.classification import ClassScore, class_names
from sciarada.evaluation.label_scores import (
    ClassScores,
    JoinedLabels,
    compare_labels,
    join_labels,
    score_labels,
)
from sciarada.evaluation.score_table import ALL, ScoreRow, first_of, score_table
from sciarada.io.inputs import Inputs
from sciarada.io.single_table import write_table
from sciarada.io.staging import staging
from sciarada.pipelines.record import now, versions, write_record
from sciarada.report.classes_picture import draw_classes
from sciarada.report.evaluation_classes import MEAN_AP, OVERALL, classes_section
from sciarada.report.evaluation_html import write_page
from sciarada.results.products import Products
from sciarada.running.progress import Stopwatch
from sciarada.tabular.file_names import fitting_name

FORMATS = ("fits", "vot", "ecsv")
PICTURE = "scores.png"
FILES = {
    "scores.fits": "One row per measure, class or bin, with its 95 % interval",
    "scores.vot": "The same as VOTable, for TOPCAT and SAMP",
    "scores.ecsv": "The same as text, for astropy",
    "confusion.fits": "Of the first table: one row per true class, one column per predicted class",
    "confusion.vot": "The same as VOTable",
    "confusion.ecsv": "The same as text",
    "scores.png": "The picture above",
    "run.json": "All about this run, for programs",
}


@dataclass(frozen=True, eq=False)
class _Contender:
    """One classification: its name, where it was read from, and its scores."""

    name: str
    path: Path
    labels: JoinedLabels
    scores: ClassScores


@dataclass(frozen=True, eq=False)
class LabelsResult(Products):
    """A finished evaluation of classes.

    Parameters
    ----------
    rows : tuple of ScoreRow
        The scores of all classifications.
    """

    rows: tuple[ScoreRow, ...]

    @property
    def scores(self) -> Table:
        """One row per measure and classification, with its 95 % interval."""
        return score_table(self.rows)


def run_evaluate_labels(
    predicted: Path,
    truth: Path,
    out: Path | None = None,
    *,
    compare: Mapping[str, Path] | None = None,
    column: str | None = None,
    true_column: str | None = None,
    key: str | None = None,
    seed: int = 0,
    overwrite: bool = False,
) -> LabelsResult:
    """Score classes and write what comes out.

    Parameters
    ----------
    predicted, truth : `~pathlib.Path`
        Tables with a class for each source; probabilities in columns ``p_<class>``.
    out : `~pathlib.Path`, optional
        Folder to make; ``NAME_evaluation`` in the working folder by default.
    compare : mapping of str to `~pathlib.Path`, optional
        Further tables of classes by name.
    column, true_column, key : str, optional
        See `sciarada.evaluation.label_scores.join_labels`.
    seed : int
        Of the bootstrap.
    overwrite : bool
        Replace an earlier evaluation.

    Raises
    ------
    CatalogueError, OptionError
        If something cannot be read or compared.
    OutputError
        If the products cannot be written.
    """
    watch = Stopwatch()
    name = predicted.name.partition(".")[0]
    others = dict(compare or {})
    if name in others:
        raise OptionError(f"--compare needs another name than {name!r}, which is that of --labels")
    paths = {name: predicted, **others}
    folder = out or Path(fitting_name(name, "_evaluation"))
    inputs = Inputs.of(truth, *paths.values())
    inputs.keep_apart(folder)
    with watch.time("reading"):
        labels = {
            each: join_labels(path, truth, column=column, true_column=true_column, key=key)
            for each, path in paths.items()
        }
    with watch.time("scoring"):
        classes = class_names(*(part for of in labels.values() for part in (of.true, of.given)))
        contenders = [
            _Contender(each, paths[each], of, score_labels(of, each, classes, seed))
            for each, of in labels.items()
        ]
        rows = tuple(row for contender in contenders for row in contender.scores.rows) + tuple(
            row
            for other in others
            for row in compare_labels((name, labels[name]), (other, labels[other]), seed)
        )
    first = contenders[0].scores
    with staging(folder, inputs=inputs, overwrite=overwrite, keep=False) as stage:
        with watch.time("products"):
            _write_tables(stage.products, rows, first)
            draw_classes(
                first.rows,
                first.score,
                first.calibration,
                stage.products / PICTURE,
                title=f"{name}: classes against the truth",
                facts=f"{len(labels[name].true)} sources of {len(classes)} classes   ·   "
                "lines: 95 %",
            )
        run = _record(contenders, truth, rows, watch)
        _write_page(stage.products, contenders, rows, run)
        write_record(stage.products, run)
    return LabelsResult(folder, run, rows)


def _write_tables(folder: Path, rows: tuple[ScoreRow, ...], first: ClassScores) -> None:
    tables = {"scores": score_table(rows), "confusion": confusion_table(first.score)}
    for name, table in tables.items():
        for ending in FORMATS:
            write_table(table, name.upper(), folder / f"{name}.{ending}")


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


def _record(
    contenders: list[_Contender], truth: Path, rows: tuple[ScoreRow, ...], watch: Stopwatch
) -> dict[str, Any]:
    first = contenders[0]
    score = first.scores.score
    return {
        "inputs": {
            "truth": str(truth),
            "labels": {contender.name: str(contender.path) for contender in contenders},
        },
        "configuration": {"key": {each.name: each.labels.key for each in contenders}},
        "counts": {
            "sources": len(first.labels.true),
            "not predicted": {each.name: each.labels.missing for each in contenders},
            "not in the truth": {each.name: each.labels.unknown for each in contenders},
            "classes": dict(zip(score.classes, score.confusion.sum(axis=1).tolist(), strict=True)),
        },
        "scores": {
            contender.name: {
                row.measure: {"value": row.value, "low": row.low, "high": row.high}
                for row in rows
                if row.finder == contender.name
                and row.binned_by == ALL
                and row.measure in (*OVERALL, *MEAN_AP, "ece")
            }
            for contender in contenders
        },
        "versions": versions({}),
        "timings": watch.seconds,
        "warnings": [note for contender in contenders for note in _notes(contender)],
        "created": now(),
    }


def _notes(contender: _Contender) -> Iterator[str]:
    labels, name = contender.labels, contender.name
    if labels.missing:
        yield f"{labels.missing} sources have no prediction in {name} and count as wrong"
    if labels.unknown:
        yield (
            f"{labels.unknown} predictions of {name} are of sources that the truth does not have"
        )


def _write_page(
    folder: Path, contenders: list[_Contender], rows: tuple[ScoreRow, ...], run: dict[str, Any]
) -> None:
    name, labels = contenders[0].name, contenders[0].labels
    section = classes_section(
        rows,
        run["counts"]["classes"],
        folder / PICTURE,
        f"{len(labels.true)} sources with a true class, joined by {labels.key}. A source that was "
        "given no class counts as wrong.",
        run["warnings"],
    )
    headline = [("Sources", str(len(labels.true)))]
    for measure, label in OVERALL.items():
        row = first_of(rows, name, measure)
        if row is not None:
            headline.append((label, f"{row.value:.1%}"))
    write_page(
        folder / "report.html",
        section,
        title=f"{' · '.join(each.name for each in contenders)}: classes",
        headline=headline,
        files=FILES,
        facts=[
            ("Truth", run["inputs"]["truth"]),
            *((each.name, str(each.path)) for each in contenders),
        ],
        run=run,
    )
