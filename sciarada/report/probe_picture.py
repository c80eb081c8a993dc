"""probe.png: scores of contenders by number of labels, and confusion matrices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sciarada.core.class_colours import COLOURS
from sciarada.report.classes_picture import draw_confusion
from sciarada.report.palette import FAINT_INK, GROUND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sciarada.evaluation.probe_score import ProbeScore

PANEL = (7.0, 5.2)  # inches
DODGE = 0.03  # shift of a probe along the axis, so that none hides another
FULL = 0.7  # of the room of a class is taken by its intervals


def draw_probe(scores: Sequence[ProbeScore], path: Path, *, title: str, facts: str) -> None:
    """Draw the scores of probes and write them as PNG.

    Parameters
    ----------
    scores : sequence of ProbeScore
        Of every contender, kind and amount of labels.
    path : `~pathlib.Path`
        The PNG to write.
    title, facts : str
        Above the panels.
    """
    # matplotlib takes half a second, which only who draws should wait for
    from sciarada.report.plots import PlotFigure, plot_style

    names = list(dict.fromkeys(score.name for score in scores))
    curves = [[score for score in scores if score.name == name] for name in names]
    most = [max(curve, key=lambda score: score.labels) for curve in curves]
    best = max(most, key=lambda score: score.score.macro_f1.value)
    with plot_style():
        sheet = PlotFigure(2, 2, title, facts, PANEL)
        sheet.legend([(name, _colour(n), n) for n, name in enumerate(names)])
        _curves(sheet.panel("Label efficiency", "Labels learned from", "Macro F1"), curves)
        _classes(sheet.panel("Each class, with most labels", "F1", ""), most)
        title = f"Confusion: {best.name} (one row per true class)"
        axes = sheet.panel(title, "Predicted class", "")
        draw_confusion(axes, best.score.classes, best.score.confusion.sum(axis=0))
        axes = sheet.panel(
            "Probabilities, with most labels", "Predicted probability", "Share correct"
        )
        _reliability(axes, most)
        sheet.save(path)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _curves(axes: Axes, curves: Sequence[Sequence[ProbeScore]]) -> None:
    """Draw macro F1 against the number of labels, a little apart for each probe."""
    from sciarada.report.plots import as_logarithm, as_share, curve

    for number, probes in enumerate(curves):
        probes = sorted(probes, key=lambda score: score.labels)
        shift = 1.0 + DODGE * (number - (len(curves) - 1) / 2)
        labels = np.array([score.labels for score in probes]) * shift
        estimates = [score.score.macro_f1 for score in probes]
        parts = (
            np.array([getattr(e, part) for e in estimates]) for part in ("value", "low", "high")
        )
        value, low, high = parts
        curve(axes, labels, value, low, high, _colour(number), number)
        axes.vlines(labels, low, high, color=_colour(number), linewidth=1.4)
    as_logarithm(axes.xaxis)
    as_share(axes)


def _classes(axes: Axes, most: Sequence[ProbeScore]) -> None:
    """Draw F1 of each class with its interval, the probes below one another."""
    from matplotlib.ticker import PercentFormatter

    from sciarada.report.plots import MARKERS

    classes = most[0].score.classes
    step = FULL / len(most)
    for number, score in enumerate(most):
        for place, estimate in enumerate(score.score.f1):
            if not np.isfinite(estimate.value):
                continue
            y = len(classes) - 1 - place - step * (number + 0.5)
            colour = _colour(number)
            axes.plot([estimate.low, estimate.high], [y, y], color=colour, lw=2.0)
            axes.plot(
                estimate.value, y, MARKERS[number % 7], color=colour, markersize=6.5,
                markeredgecolor=GROUND,
            )  # fmt: skip
    counts = most[0].score.confusion[0].sum(axis=1)
    for place, name in enumerate(classes):
        axes.text(0.0, len(classes) - 1 - place + 0.03, f"{name} ({counts[place]})", fontsize=10)
    axes.set_yticks([])
    axes.set_ylim(-FULL - 0.1, len(classes) - 0.6)
    axes.set_xlim(-0.03, 1.05)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))


def _reliability(axes: Axes, most: Sequence[ProbeScore]) -> None:
    """Draw the share of correct predictions against the probability, for the first seed."""
    from matplotlib.ticker import PercentFormatter

    from sciarada.report.plots import MARKERS, annotate

    axes.plot([0, 1], [0, 1], color=FAINT_INK, linewidth=1.4)
    for number, score in enumerate(most):
        bins = score.calibration[0].diagram
        x = [each.confidence for each in bins]
        axes.plot(
            x, [each.share.value for each in bins], MARKERS[number % 7], linestyle="-",
            color=_colour(number), linewidth=2.0, markersize=6.0, markeredgecolor=GROUND,
        )  # fmt: skip
        axes.vlines(
            x, [each.share.low for each in bins], [each.share.high for each in bins],
            color=_colour(number), linewidth=1.2, alpha=0.6,
        )  # fmt: skip
    annotate(axes, "seed 1; lines: 95 %")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(0.0, 1.05)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))
