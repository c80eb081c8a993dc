"""The section of a page on detections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sciarada.core.class_colours import COLOURS
from sciarada.evaluation.catalogue_evaluation import HEADLINE
from sciarada.evaluation.score_table import ScoreRow, chosen, finders_of, first_of
from sciarada.report.evaluation_differences import differences
from sciarada.report.evaluation_html import (
    Cell,
    PageTable,
    Section,
    TableRow,
    count_cell,
    number_cell,
    share_cell,
)

_ABOVE = {
    "Found": "completeness",
    "Real": "reliability",
    "F1": "f1",
    "Touched": "touched",
    "Genuine": "genuine",
    "Average precision": "average_precision",
}


def detections_section(
    rows: Sequence[ScoreRow],
    counts: Mapping[str, int],
    picture: Path,
    explanation: str,
    notes: Sequence[str],
) -> Section:
    """Return the section about detections.

    Parameters
    ----------
    rows : sequence of ScoreRow
        The scores of all finders.
    counts : mapping of str to int
        Number of detections of each finder.
    picture : `~pathlib.Path`
        What `sciarada.report.evaluation_picture.draw_scores` drew.
    explanation : str
        What was compared and how.
    notes : sequence of str
        What had to be assumed.
    """
    finders = finders_of(rows)
    names = ", ".join(finders)
    return Section(
        heading="Score against the truth",
        explanation=explanation,
        picture=picture,
        picture_text=f"Completeness, reliability, fluxes, positions and errors of {names}.",
        tables=(
            _overall(rows, counts, finders),
            *differences(rows, "Finders", {name: name.capitalize() for name in HEADLINE}),
            _measured(rows, finders),
            *_given_classes(rows, finders),
            *(_binned(rows, finders, measure) for measure in ("completeness", "reliability")),
        ),
        notes=tuple(notes),
    )


def _overall(
    rows: Sequence[ScoreRow], counts: Mapping[str, int], finders: Sequence[str]
) -> PageTable:
    return PageTable(
        "Detections",
        "Found: share of the counted sources with a detection. Real: share of the detections "
        "that are sources. Touched and genuine also count parts of a source, and sources in "
        "the detection of another one.",
        ("Finder", "Detections", *_ABOVE),
        tuple(
            _row(
                finders,
                name,
                [
                    count_cell(counts[name]),
                    *(share_cell(first_of(rows, name, of)) for of in _ABOVE.values()),
                ],
            )
            for name in finders
        ),
    )


def _measured(rows: Sequence[ScoreRow], finders: Sequence[str]) -> PageTable:
    def cells(name: str) -> list[Cell]:
        def cell(measure: str, **style: Any) -> Cell:
            return number_cell(first_of(rows, name, measure), **style)

        return [
            cell("total_flux_bias", plus=1.0),
            cell("peak_flux_bias", plus=1.0),
            cell("ra_bias", unit="″"),
            cell("dec_bias", unit="″"),
            cell("total_flux_pull_scatter", digits=2),
            cell("ra_pull_scatter", digits=2),
        ]

    return PageTable(
        "Measurements",
        "Medians of measured over true fluxes and of measured minus true positions, and the "
        "scatter of the errors in units of the estimated errors: above 1 the estimated errors "
        "are too small.",
        ("Finder", "Total flux", "Peak flux", "East", "North", "Flux pulls", "Position pulls"),
        tuple(_row(finders, name, cells(name)) for name in finders),
    )


def _given_classes(rows: Sequence[ScoreRow], finders: Sequence[str]) -> Iterator[PageTable]:
    """Yield a table of F1 of each class, if found sources have classes."""
    names = list(
        dict.fromkeys(row.bin_name for row in rows if row.measure == "class_f1" and row.count)
    )
    if not names:
        return

    def cells(finder: str) -> list[Cell]:
        by_class = {row.bin_name: row for row in chosen(rows, finder, "class_f1", "class")}
        overall = ("class_accuracy", "class_mean_average_precision")
        return [
            *(share_cell(first_of(rows, finder, measure)) for measure in overall),
            *(share_cell(by_class.get(name)) for name in names),
        ]

    yield PageTable(
        "Classes of the found sources",
        "Share that was given its true class, and F1 of each class. The average precision is of "
        "all detections, by signal to noise, and its mean over the classes of the truth.",
        ("Finder", "Accuracy", "Mean average precision", *names),
        tuple(_row(finders, name, cells(name)) for name in finders),
    )


def _binned(rows: Sequence[ScoreRow], finders: Sequence[str], measure: str) -> PageTable:
    """Return a table of a share by signal to noise, one column per bin."""
    bins = [row.bin_name for row in chosen(rows, finders[0], measure, "snr")]
    shown = [
        name
        for name in bins
        if any(
            row.count and row.bin_name == name
            for finder in finders
            for row in chosen(rows, finder, measure, "snr")
        )
    ]
    whose = "true" if measure == "completeness" else "measured"

    def cells(finder: str) -> list[Cell]:
        by_bin = {row.bin_name: row for row in chosen(rows, finder, measure, "snr")}
        return [share_cell(by_bin.get(name)) for name in shown]

    return PageTable(
        f"{measure.capitalize()} by {whose} peak S/N",
        "" if shown else "Not measured: no signal to noise is known.",
        ("Finder", *shown),
        tuple(_row(finders, name, cells(name)) for name in finders) if shown else (),
    )


def _row(finders: Sequence[str], name: str, cells: list[Cell]) -> TableRow:
    return TableRow(name, tuple(cells), COLOURS[list(finders).index(name) % len(COLOURS)])
