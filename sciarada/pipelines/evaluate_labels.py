"""Classes against true classes: the run behind ``sciarada evaluate --labels``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.schema import ColumnSpec
from sciarada.core.score_table import ScoreRow, first_of, score_table
from sciarada.evaluate.classification import ClassScore
from sciarada.io.single_table import write_table
from sciarada.io.staging import staging
from sciarada.pipelines.evaluation.classes import (
    ClassScores,
    JoinedLabels,
    join_labels,
    score_labels,
)
from sciarada.pipelines.progress import Stopwatch
from sciarada.pipelines.record import now, versions
from sciarada.report.classes_picture import draw_classes
from sciarada.report.evaluation_classes import OVERALL, classes_section
from sciarada.report.evaluation_html import write_page

FORMATS = ("fits", "vot", "ecsv")
PICTURE = "scores.png"
FILES = {
    "scores.fits": "A row a measure and a class or bin, with its interval of 95 per cent",
    "scores.vot": "The same as VOTable, for TOPCAT and SAMP",
    "scores.ecsv": "The same as text, for astropy",
    "confusion.fits": "A row a true class, a column a class that was given",
    "confusion.vot": "The same as VOTable",
    "confusion.ecsv": "The same as text",
    "scores.png": "The picture above",
    "run.json": "All about this run, for programs",
}


@dataclass(frozen=True, eq=False)
class LabelsResult:
    """A finished evaluation of classes.

    Parameters
    ----------
    out : `~pathlib.Path`
        Folder of the products.
    rows : tuple of ScoreRow
        The scores.
    run : dict
        What ``run.json`` holds.
    """

    out: Path
    rows: tuple[ScoreRow, ...]
    run: dict[str, Any]


def run_evaluate_labels(
    predicted: Path,
    truth: Path,
    out: Path | None = None,
    *,
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
    column, true_column, key : str, optional
        See `sciarada.pipelines.evaluation.classes.join_labels`.
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
    with watch.time("reading"):
        labels = join_labels(predicted, truth, column=column, true_column=true_column, key=key)
    with watch.time("scoring"):
        scores = score_labels(labels, name, seed)
    folder = out or Path(f"{name}_evaluation")
    with staging(folder, overwrite=overwrite, keep=False) as stage:
        with watch.time("products"):
            _write_tables(stage.products, scores)
            draw_classes(
                scores.rows,
                scores.score,
                scores.calibration,
                stage.products / PICTURE,
                title=f"{name}: classes against the truth",
                facts=f"{len(labels.true)} sources of {len(scores.score.classes)} classes   ·   "
                "lines: 95 %",
            )
        run = _record(predicted, truth, labels, scores, name, watch)
        _write_page(stage.products, labels, scores, name, run)
        (stage.products / "run.json").write_text(json.dumps(run, indent=2) + "\n")
    return LabelsResult(folder, scores.rows, run)


def _write_tables(folder: Path, scores: ClassScores) -> None:
    tables = {"scores": score_table(scores.rows), "confusion": confusion_table(scores.score)}
    for name, table in tables.items():
        for ending in FORMATS:
            write_table(table, name.upper(), folder / f"{name}.{ending}")


def confusion_table(score: ClassScore) -> Table:
    """Return the confusion: a row a true class, a column a class that was given.

    Columns are called ``given_`` and the class, with what tables do not take as ``_``;
    descriptions have the class as it is. ``no_class`` counts sources that were given none.
    """
    first = ColumnSpec("true_class", "str", None, "src.class", "True class")
    columns = [make_column(first, list(score.classes))]
    taken = set()
    for name, counts in zip(score.classes, score.confusion.T, strict=False):
        column = unique_name("given_" + re.sub("[^A-Za-z0-9]", "_", name), taken)
        columns.append(make_column(_count(column, f"Sources given {name}"), counts))
    columns.append(make_column(_count("no_class", "Sources given none"), score.confusion[:, -1]))
    return Table(columns, copy=False)


def unique_name(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, whatever its case, and take it."""
    number = 1
    wanted = name
    while wanted.lower() in taken:
        number += 1
        wanted = f"{name}_{number}"
    taken.add(wanted.lower())
    return wanted


def _count(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, "int32", None, "meta.number", text)


def _record(
    predicted: Path,
    truth: Path,
    labels: JoinedLabels,
    scores: ClassScores,
    name: str,
    watch: Stopwatch,
) -> dict[str, Any]:
    overall = {measure: first_of(scores.rows, name, measure) for measure in (*OVERALL, "ece")}
    return {
        "inputs": {"truth": str(truth), "labels": str(predicted)},
        "configuration": {"key": labels.key},
        "counts": {
            "sources": len(labels.true),
            "not predicted": labels.missing,
            "not in the truth": labels.unknown,
            "classes": dict(
                zip(scores.score.classes, scores.score.confusion.sum(axis=1).tolist(), strict=True)
            ),
        },
        "scores": {
            measure: {"value": row.value, "low": row.low, "high": row.high}
            for measure, row in overall.items()
            if row is not None
        },
        "versions": versions({}),
        "timings": watch.seconds,
        "warnings": list(_notes(labels)),
        "created": now(),
    }


def _notes(labels: JoinedLabels) -> list[str]:
    notes = []
    if labels.missing:
        notes.append(f"{labels.missing} sources have no prediction and count as wrong")
    if labels.unknown:
        notes.append(f"{labels.unknown} predictions are of sources that the truth does not have")
    return notes


def _write_page(
    folder: Path, labels: JoinedLabels, scores: ClassScores, name: str, run: dict[str, Any]
) -> None:
    section = classes_section(
        scores.rows,
        name,
        run["counts"]["classes"],
        folder / PICTURE,
        f"{len(labels.true)} sources with a true class, joined by {labels.key}. A source that was "
        "given no class counts as wrong.",
        run["warnings"],
    )
    headline = [("Sources", str(len(labels.true)))]
    for measure, label in OVERALL.items():
        row = first_of(scores.rows, name, measure)
        headline.append((label, f"{row.value:.1%}"))
    write_page(
        folder / "report.html",
        section,
        title=f"{name}: classes",
        headline=headline,
        files=FILES,
        facts=[("Labels", run["inputs"]["labels"]), ("Truth", run["inputs"]["truth"])],
        run=run,
    )
