"""scores.png of classes: confusion, scores of each class, and whether probabilities are true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sciarada.core.class_colours import class_colours
from sciarada.evaluation.score_table import ScoreRow, chosen
from sciarada.report.palette import COLOUR_MAP, FAINT_INK, GROUND, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sciarada.evaluation.calibration import CalibrationScore
    from sciarada.evaluation.classification import ClassScore

PANEL = (6.2, 5.6)  # inches
MAX_DIGITS = 14  # classes up to which numbers are written into the confusion matrix
MEASURES = {"precision": "s", "recall": "^", "f1": "o"}


def draw_classes(
    rows: Sequence[ScoreRow],
    score: ClassScore,
    calibration: CalibrationScore | None,
    path: Path,
    *,
    title: str,
    facts: str,
) -> None:
    """Draw the scores of classes and write them as PNG.

    Parameters
    ----------
    rows : sequence of ScoreRow
        With ``precision``, ``recall`` and ``f1`` by ``class``.
    score : ClassScore
        Whose confusion is shown.
    calibration : CalibrationScore or None
        Whose reliability diagram is shown; without it there are two panels.
    path : `~pathlib.Path`
        The PNG to write.
    title, facts : str
        Above the panels.
    """
    # matplotlib takes half a second, which only who draws should wait for
    from sciarada.report.plots import PlotFigure, plot_style

    with plot_style():
        sheet = PlotFigure(1, 2 if calibration is None else 3, title, facts, PANEL)
        axes = sheet.panel("Confusion", "Predicted class", "True class")
        draw_confusion(axes, score.classes, score.confusion)
        _per_class(sheet.panel("Scores of each class", "Score", ""), rows, score)
        if calibration is not None:
            ece, chance = calibration.ece, calibration.ece_by_chance
            title = f"Probabilities: ECE {ece.value:.3f}, by chance {chance:.3f}"
            given = "Predicted probability (bars: frequency)"
            _diagram(sheet.panel(title, given, "Share correct"), calibration)
        sheet.save(path)


def draw_confusion(axes: Axes, classes: Sequence[str], counts: np.ndarray) -> None:
    """Draw the shares of each true class, and the numbers where there is room.

    Parameters
    ----------
    axes : Axes
        An empty panel.
    classes : sequence of str, length k
        Names of the classes.
    counts : ndarray of int, shape (k, k + 1)
        As `~sciarada.evaluation.classification.ClassScore.confusion`.
    """
    from sciarada.report.plots import widen_margin

    names = [*classes]
    if not counts[:, -1].any():
        counts = counts[:, :-1]
    else:
        names.append("none")
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
    levels = (shares**0.7 * 235).astype(np.uint8)
    axes.imshow(COLOUR_MAP[levels], aspect="auto")
    axes.grid(False)
    axes.set_yticks(range(len(classes)), classes)
    if _are_long(names):
        axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
        widen_margin(axes, max(map(len, names)))
    else:
        axes.set_xticks(range(len(names)), names)
    if len(names) > MAX_DIGITS:
        return
    for y, x in np.ndindex(counts.shape):
        if counts[y, x]:
            colour = GROUND if shares[y, x] > 0.6 else INK
            text = f"{counts[y, x]}\n{shares[y, x]:.0%}"
            axes.text(x, y, text, ha="center", va="center", color=colour, fontsize=_size(names))


def _per_class(axes: Axes, rows: Sequence[ScoreRow], score: ClassScore) -> None:
    """Draw precision, recall and F1 of each class with their intervals."""
    from matplotlib.ticker import PercentFormatter

    (finder,) = dict.fromkeys(row.finder for row in rows)
    colours = class_colours(score.classes)
    count = len(score.classes)
    for number, (measure, marker) in enumerate(MEASURES.items()):
        for row in chosen(rows, finder, measure, "class"):
            if not row.count or row.value != row.value:
                continue
            y = count - 1 - score.classes.index(row.bin_name) + 0.02 - 0.19 * number
            colour = colours[row.bin_name]
            axes.plot([row.low, row.high], [y, y], color=colour, lw=2.0)
            axes.plot(row.value, y, marker, color=colour, markersize=6.5, markeredgecolor=GROUND)
    numbers = score.confusion.sum(axis=1)
    for place, name in enumerate(score.classes):
        axes.text(0.0, count - 1 - place + 0.2, f"{name} ({numbers[place]})", fontsize=10)
    axes.set_yticks([])
    axes.set_ylim(-0.6, count - 0.4)
    axes.set_xlim(-0.03, 1.05)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    handles = [
        axes.plot([], [], marker, color=FAINT_INK, linestyle="", label=measure)[0]
        for measure, marker in MEASURES.items()
    ]
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, fontsize=9)


def _diagram(axes: Axes, calibration: CalibrationScore) -> None:
    """Draw the share of correct predictions against the probability, and its histogram."""
    from matplotlib.ticker import PercentFormatter

    from sciarada.core.class_colours import COLOURS

    axes.plot([0, 1], [0, 1], color=FAINT_INK, linewidth=1.4)
    bins = calibration.diagram
    most = max(bin_.share.count for bin_ in bins)
    for bin_ in bins:
        height = 0.22 * bin_.share.count / most
        width = bin_.high - bin_.low
        axes.bar(bin_.low, height, width, align="edge", color=FAINT_INK, alpha=0.35, lw=0)
        axes.plot(
            [bin_.confidence] * 2, [bin_.share.low, bin_.share.high], color=COLOURS[0], lw=2.0
        )
    axes.plot(
        [bin_.confidence for bin_ in bins], [bin_.share.value for bin_ in bins], "-o",
        color=COLOURS[0], linewidth=2.0, markersize=6.5, markeredgecolor=GROUND,
    )  # fmt: skip
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(0.0, 1.05)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))


def _are_long(names: Sequence[str]) -> bool:
    return sum(len(name) for name in names) > 42


def _size(names: Sequence[str]) -> float:
    return 10.5 if len(names) <= 7 else 7.5
