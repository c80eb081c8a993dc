"""The section of a page on classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sciarada.core.class_colours import class_colours
from sciarada.evaluation.score_table import ScoreRow, chosen, finders_of, first_of
from sciarada.report.evaluation_differences import differences
from sciarada.report.evaluation_html import (
    PageTable,
    Section,
    TableRow,
    count_cell,
    number_cell,
    share_cell,
)

OVERALL = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
}
RANKED = (
    "The average precision is of the sources in the order of the probability of a class; its mean "
    "is over the classes of the truth."
)
MEAN_AP = {"mean_average_precision": "Mean average precision"}
CALIBRATION = {
    "ece": "Calibration error (ECE)",
    "ece_by_chance": "ECE by chance",
    "brier": "Brier score",
    "log_loss": "Log loss",
}
EACH = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
AP = {"average_precision": "Average precision"}


def classes_section(
    rows: Sequence[ScoreRow],
    counts: Mapping[str, int],
    picture: Path,
    explanation: str,
    notes: Sequence[str],
) -> Section:
    """Return the section about classes.

    Parameters
    ----------
    rows : sequence of ScoreRow
        The scores of all classifications; the picture is of the first.
    counts : mapping of str to int
        Number of sources of each class in the truth.
    picture, explanation, notes
        See `~sciarada.report.evaluation_html.Section`; the picture is what
        `sciarada.report.classes_picture.draw_classes` drew.
    """
    names = finders_of(rows)
    probable = [name for name in names if chosen(rows, name, "ece")]
    return Section(
        heading="Classes against the truth",
        explanation=explanation,
        picture=picture,
        picture_text=f"Confusion matrix and scores of each class of {names[0]}.",
        tables=(
            _overall(rows, names, OVERALL | MEAN_AP if probable else OVERALL),
            *differences(rows, "Classes", OVERALL),
            *([_calibration(rows, probable)] if probable else []),
            *(
                _per_class(rows, name, counts, EACH | AP if name in probable else EACH)
                for name in names
            ),
            *(_certainty(rows, name) for name in probable),
        ),
        notes=tuple(notes),
    )


def _overall(
    rows: Sequence[ScoreRow], names: Sequence[str], measures: Mapping[str, str]
) -> PageTable:
    return PageTable(
        "All classes",
        RANKED if measures.keys() & MEAN_AP.keys() else "",
        ("", *measures.values()),
        tuple(
            TableRow(name, tuple(share_cell(first_of(rows, name, of)) for of in measures))
            for name in names
        ),
    )


def _calibration(rows: Sequence[ScoreRow], names: Sequence[str]) -> PageTable:
    return PageTable(
        "Probabilities",
        "ECE is the mean distance between the probability that was given and the share that was "
        "right; even perfect probabilities reach the value by chance.",
        ("", *CALIBRATION.values()),
        tuple(
            TableRow(name, tuple(number_cell(first_of(rows, name, of)) for of in CALIBRATION))
            for name in names
        ),
    )


def _per_class(
    rows: Sequence[ScoreRow], name: str, counts: Mapping[str, int], measures: Mapping[str, str]
) -> PageTable:
    colours = class_colours(counts)
    by_measure = [
        {row.bin_name: row for row in chosen(rows, name, measure, "class")} for measure in measures
    ]
    return PageTable(
        f"Each class: {name}",
        "",
        ("Class", "Sources", *measures.values()),
        tuple(
            TableRow(
                label,
                (
                    count_cell(count),
                    *(share_cell(by_class.get(label)) for by_class in by_measure),
                ),
                colours[label],
            )
            for label, count in counts.items()
        ),
    )


def _certainty(rows: Sequence[ScoreRow], name: str) -> PageTable:
    by_measure = {
        measure: {row.bin_name: row for row in chosen(rows, name, measure, "certainty")}
        for measure in ("coverage", "accuracy", "macro_f1")
    }
    return PageTable(
        f"By certainty: {name}",
        "Sources by the probability of their predicted class.",
        ("Probability", "Share of the sources", "Accuracy", "Macro F1"),
        tuple(
            TableRow(label, tuple(share_cell(by_name[label]) for by_name in by_measure.values()))
            for label in by_measure["coverage"]
        ),
    )
