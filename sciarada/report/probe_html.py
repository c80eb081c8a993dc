"""The page of a probe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sciarada.core.class_colours import class_colours
from sciarada.evaluation.estimates import Estimate
from sciarada.evaluation.probe_score import ProbeScore, compare_probes
from sciarada.report.evaluation_html import (
    Cell,
    PageTable,
    Section,
    TableRow,
    count_cell,
)

SHARES = {"macro_f1": "Macro F1", "accuracy": "Accuracy"}
NUMBERS = {"ece": "Calibration error (ECE)", "log_loss": "Log loss"}


def probe_section(
    scores: Sequence[ProbeScore], picture: Path, explanation: str, notes: Sequence[str]
) -> Section:
    """Return the section about a probe.

    Parameters
    ----------
    scores : sequence of ProbeScore
    picture : `~pathlib.Path`
        What `sciarada.report.probe_picture.draw_probe` drew.
    explanation : str
        What was probed, and how.
    notes : sequence of str
        What had to be assumed.
    """
    return Section(
        heading="Comparison of features",
        explanation=explanation,
        picture=picture,
        picture_text="Macro F1 by number of labels, F1 of each class, confusion and reliability.",
        tables=(_summary(scores), *_differences(scores), _classes(scores)),
        notes=tuple(notes),
    )


def probe_headline(scores: Sequence[ProbeScore]) -> tuple[tuple[str, str], ...]:
    """Return label and value of the largest numbers of the page, four at most."""
    most = max(score.labels for score in scores)
    lines = [
        (f"{score.name}: macro F1", f"{score.score.macro_f1.value:.1%}")
        for score in scores
        if score.labels == most
    ]
    return tuple(lines[:4])


def _summary(scores: Sequence[ProbeScore]) -> PageTable:
    rows = []
    for score in scores:
        cells = [count_cell(score.labels)]
        cells += [_share(score.estimate(measure)) for measure in SHARES]
        cells += [_number(score.estimate(measure)) for measure in NUMBERS]
        rows.append(TableRow(f"{score.name}, {score.amount}", tuple(cells)))
    return PageTable(
        "All classes",
        "Means over seeds, each with other labels; intervals include cutouts and seeds.",
        ("", "Labels", *SHARES.values(), *NUMBERS.values()),
        tuple(rows),
    )


def _differences(scores: Sequence[ProbeScore]) -> Iterable[PageTable]:
    rows = [
        TableRow(
            f"{first.name} − {second.name}, {first.amount}",
            tuple(_share(comparison[measure].difference, "+") for measure in SHARES),
        )
        for first, second, comparison in compare_probes(scores)
    ]
    if rows:
        yield PageTable(
            "Differences",
            "Both are compared on common bootstrap samples. A difference whose interval does not "
            "hold 0 is one.",
            ("", *SHARES.values()),
            tuple(rows),
        )


def _classes(scores: Sequence[ProbeScore]) -> PageTable:
    most = max(score.labels for score in scores)
    shown = [score for score in scores if score.labels == most]
    classes = shown[0].score.classes
    colours = class_colours(classes)
    return PageTable(
        "F1 of each class, with the largest number of labels",
        "",
        ("Class", *(score.name for score in shown)),
        tuple(
            TableRow(name, tuple(_share(score.score.f1[place]) for score in shown), colours[name])
            for place, name in enumerate(classes)
        ),
    )


def _share(estimate: Estimate, sign: str = "") -> Cell:
    return _cell(estimate, f"{sign}.1%")


def _number(estimate: Estimate) -> Cell:
    return _cell(estimate, ".3f")


def _cell(estimate: Estimate, form: str) -> Cell:
    if estimate.value != estimate.value:
        return Cell("—")
    value, low, high = (
        f"{part:{form}}".replace("-", "−") for part in (estimate.value, estimate.low, estimate.high)
    )
    return Cell(value, f"{low} to {high}")
