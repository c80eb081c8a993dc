"""What the page says of classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sciarada.core.class_colours import class_colours
from sciarada.core.score_table import ScoreRow, chosen, first_of
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
CALIBRATION = {
    "ece": "Calibration error (ECE)",
    "ece_by_chance": "ECE by chance",
    "brier": "Brier score",
    "log_loss": "Log loss",
}


def classes_section(
    rows: Sequence[ScoreRow],
    name: str,
    counts: dict[str, int],
    picture: Path,
    explanation: str,
    notes: Sequence[str],
) -> Section:
    """Return the section about classes.

    Parameters
    ----------
    rows : sequence of ScoreRow
        The scores.
    name : str
        Whose classes they are.
    counts : dict of str to int
        Number of sources of each true class.
    picture : `~pathlib.Path`
        What `sciarada.report.classes_picture.draw_classes` drew.
    explanation : str
        What was compared and how.
    notes : sequence of str
        What had to be assumed.
    """
    tables = [_overall(rows, name), _per_class(rows, name, counts)]
    if chosen(rows, name, "ece"):
        tables.insert(1, _calibration(rows, name))
        tables.append(_certainty(rows, name))
    return Section(
        heading="Classes against the truth",
        explanation=explanation,
        picture=picture,
        picture_text="Confusion matrix and scores of each class.",
        tables=tuple(tables),
        notes=tuple(notes),
    )


def _overall(rows: Sequence[ScoreRow], name: str) -> PageTable:
    cells = tuple(share_cell(first_of(rows, name, measure)) for measure in OVERALL)
    return PageTable("All classes", "", ("", *OVERALL.values()), (TableRow(name, cells),))


def _calibration(rows: Sequence[ScoreRow], name: str) -> PageTable:
    cells = tuple(number_cell(first_of(rows, name, measure)) for measure in CALIBRATION)
    return PageTable(
        "Probabilities",
        "ECE is the mean distance between the probability that was given and the share that was "
        "right; even perfect probabilities reach the value by chance.",
        ("", *CALIBRATION.values()),
        (TableRow(name, cells),),
    )


def _per_class(rows: Sequence[ScoreRow], name: str, counts: dict[str, int]) -> PageTable:
    colours = class_colours(counts)
    by_measure = {
        measure: {row.bin_name: row for row in chosen(rows, name, measure, "class")}
        for measure in ("precision", "recall", "f1")
    }
    return PageTable(
        "Each class",
        "",
        ("Class", "Sources", "Precision", "Recall", "F1"),
        tuple(
            TableRow(
                label,
                (
                    count_cell(count),
                    *(share_cell(by_class.get(label)) for by_class in by_measure.values()),
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
        "By certainty",
        "Sources by the probability of the class that they were given.",
        ("Probability", "Share of the sources", "Accuracy", "Macro F1"),
        tuple(
            TableRow(label, tuple(share_cell(by_name[label]) for by_name in by_measure.values()))
            for label in by_measure["coverage"]
        ),
    )
