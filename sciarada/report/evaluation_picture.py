"""scores.png: scores of catalogues against the truth, all finders side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from sciarada.core.class_colours import COLOURS
from sciarada.evaluation.match_table import Outcome
from sciarada.evaluation.score_table import ScoreRow, chosen, finders_of
from sciarada.report.palette import FAINT_INK, GROUND
from sciarada.report.units import Scale, flux_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_POINTS = 3000  # of a finder's cloud
DODGE = 0.035  # shift of a finder along the axis, so that none hides another
WELL_BELOW = 10.0  # the brightest source lies so far above what the unit suits best
CLOUD = 0.35  # opacity of its points
PULLS = ("pull_total_flux", "pull_ra", "pull_dec")
FARTHEST_PULL = 5.0
QUARTILES = 1.3489795  # distance of the quartiles of a Gaussian in standard deviations
BINNED = {"snr": "signal to noise", "flux": "total flux", "size": "size"}


def draw_scores(
    rows: Sequence[ScoreRow],
    matches: Table,
    path: Path,
    *,
    title: str,
    facts: str,
    radius: float,
) -> None:
    """Draw the scores of detections and write them as PNG.

    Parameters
    ----------
    rows : sequence of ScoreRow
        Completeness and reliability by ``snr``, ``flux`` and ``size``, ``total_flux_bias`` by
        ``snr``, and completeness by ``class``; panels without rows say so.
    matches : Table
        As `sciarada.evaluation.match_table.match_table` makes it, of all finders.
    path : `~pathlib.Path`
        The PNG to write.
    title, facts : str
        Above the panels.
    radius : float
        Within which positions were matched, in arcsec.
    """
    # matplotlib takes half a second, which only who draws should wait for
    from sciarada.report.plots import PlotFigure, plot_style

    panels = _Panels(rows, matches, radius)
    with plot_style():
        sheet = PlotFigure(3, 3, title, facts)
        sheet.legend([(name, panels.colours[name], n) for n, name in enumerate(panels.finders)])
        flux = panels.flux_scale
        in_flux = f"True total flux ({flux.unit})"
        panels.share(sheet.panel("Completeness", "True peak S/N", "Sources found"), "snr")
        panels.share(sheet.panel("Completeness", in_flux, "Sources found"), "flux")
        panels.share(sheet.panel("Completeness", "True size (arcsec)", "Sources found"), "size")
        real = "Detections that are real"
        panels.reliability(sheet.panel("Reliability", "Measured peak S/N", real), "snr")
        in_flux = f"Measured total flux ({flux.unit})"
        panels.reliability(sheet.panel("Reliability", in_flux, real), "flux")
        panels.ratios(sheet.panel("Fluxes", "True peak S/N", "Measured / true total flux"))
        panels.offsets(sheet.panel("Positions", "East of the truth (arcsec)", "North (arcsec)"))
        panels.pulls(sheet.panel("Are the errors honest?", "(Measured − true) / error", "Share"))
        panels.classes(sheet.panel("Completeness by class", "Sources found", ""))
        sheet.save(path)


class _Panels:
    """Draws the panels for every finder."""

    def __init__(self, rows: Sequence[ScoreRow], matches: Table, radius: float) -> None:
        self.rows = rows
        self.finders = finders_of(rows)
        self.colours = {n: COLOURS[i % len(COLOURS)] for i, n in enumerate(self.finders)}
        self.radius = radius
        found = matches[(matches["outcome"] == Outcome.FOUND) & (matches["counted"] == 1)]
        self.pairs = {name: found[found["finder"] == name] for name in self.finders}
        flux = _numbers(found, "true_total_flux")
        flux = flux[flux > 0]
        largest = float(flux.max()) if flux.size else math.nan
        self.flux_scale: Scale = flux_scale(largest / WELL_BELOW, "Jy")

    def share(self, axes: Axes, binned_by: str) -> None:
        """Draw the completeness by a quantity."""
        self._curves(axes, "completeness", binned_by)

    def reliability(self, axes: Axes, binned_by: str) -> None:
        """Draw the reliability by a quantity."""
        from sciarada.report.plots import annotate

        self._curves(axes, "reliability", binned_by)
        annotate(axes, "parts of a larger source count as false")

    def _curves(self, axes: Axes, measure: str, binned_by: str) -> None:
        from sciarada.report.plots import as_logarithm, as_share, curve, mark_empty

        factor = self.flux_scale.factor if binned_by == "flux" else 1.0
        drawn = False
        for number, name in enumerate(self.finders):
            rows = chosen(self.rows, name, measure, binned_by)
            rows = [row for row in rows if row.count and _middle(row) > 0]
            if not rows:
                continue
            x = self._middles(rows, number) * factor
            value, low, high = np.array([(row.value, row.low, row.high) for row in rows]).T
            curve(axes, x, value, low, high, self.colours[name], number)
            drawn = True
        if not drawn:
            mark_empty(axes, f"The tables do not give\nthe {BINNED[binned_by]} of sources")
            return
        as_logarithm(axes.xaxis)
        as_share(axes)

    def _middles(self, rows: Sequence[ScoreRow], number: int) -> np.ndarray:
        """Return the middles of bins, a little apart for each finder."""
        shift = 1.0 + DODGE * (number - (len(self.finders) - 1) / 2)
        return np.array([_middle(row) for row in rows]) * shift

    def ratios(self, axes: Axes) -> None:
        """Draw measured over true fluxes: clouds, and medians with their intervals."""
        from sciarada.report.plots import as_logarithm, curve, mark_empty

        clouds = {
            name: (_numbers(pairs, "true_snr"), _numbers(pairs, "flux_ratio"))
            for name, pairs in self.pairs.items()
        }
        if not any(_both(*cloud).any() for cloud in clouds.values()):
            mark_empty(axes, "The tables do not give\nS/N and total flux of sources")
            return
        axes.axhline(1.0, color=FAINT_INK, linewidth=1.0)
        for name, (snr, ratio) in clouds.items():
            known = _thin(np.flatnonzero(_both(snr, ratio)))
            _cloud(axes, snr[known], ratio[known], self.colours[name])
        for number, name in enumerate(self.finders):
            rows = [row for row in chosen(self.rows, name, "total_flux_bias", "snr") if row.count]
            if rows:
                bias = np.array([(row.value, row.low, row.high) for row in rows]).T
                value, low, high = 1.0 + bias
                x, colour = self._middles(rows, number), self.colours[name]
                curve(axes, x, value, low, high, colour, number)
        as_logarithm(axes.xaxis)
        every = np.concatenate([ratio[_both(snr, ratio)] for snr, ratio in clouds.values()])
        low, high = np.quantile(every, [0.02, 0.98])
        axes.set_ylim(min(0.6, max(low * 0.9, 0.0)), max(1.4, min(high * 1.1, 3.0)))

    def offsets(self, axes: Axes) -> None:
        """Draw where detections lie from the truth, with median and scatter of each finder."""
        from sciarada.report.plots import annotate, mark_empty

        clouds = {
            name: (_numbers(pairs, "offset_ra"), _numbers(pairs, "offset_dec"))
            for name, pairs in self.pairs.items()
        }
        every = np.concatenate([np.hypot(*cloud) for cloud in clouds.values()])
        if not every.size:
            mark_empty(axes, "No source was found")
            return
        reach = 1.15 * min(max(float(np.quantile(every, 0.97)), 1e-3), 2 * self.radius)
        axes.axhline(0.0, color=FAINT_INK, linewidth=1.0)
        axes.axvline(0.0, color=FAINT_INK, linewidth=1.0)
        for name, (east, north) in clouds.items():
            known = _thin(np.arange(len(east)))
            _cloud(axes, east[known], north[known], self.colours[name])
        for number, (name, (east, north)) in enumerate(clouds.items()):
            if east.size:
                _scatter(axes, east, north, self.colours[name], number)
        annotate(axes, "marks: medians; rings: robust scatter")
        axes.set_xlim(reach, -reach)
        axes.set_ylim(-reach, reach)
        axes.locator_params(nbins=4)  # room for the labels of small offsets
        axes.set_box_aspect(1)

    def pulls(self, axes: Axes) -> None:
        """Draw the pulls, and the expected distribution."""
        from sciarada.report.plots import mark_empty

        edges = np.linspace(-FARTHEST_PULL, FARTHEST_PULL, 41)
        step = edges[1] - edges[0]
        drawn = False
        for name, pairs in self.pairs.items():
            pull = np.concatenate([_numbers(pairs, column) for column in PULLS])
            pull = pull[np.isfinite(pull)]
            if pull.size < 10:
                continue
            share = np.histogram(pull, edges)[0] / (pull.size * step)
            axes.stairs(share, edges, color=self.colours[name], linewidth=2.0)
            axes.stairs(share, edges, color=self.colours[name], alpha=0.13, fill=True)
            drawn = True
        if not drawn:
            mark_empty(axes, "Too few errors are given")
            return
        x = np.linspace(-FARTHEST_PULL, FARTHEST_PULL, 201)
        axes.plot(x, np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi), color=FAINT_INK, linewidth=1.6)
        axes.set_xlim(-FARTHEST_PULL, FARTHEST_PULL)
        axes.set_ylim(0, None)
        axes.set_yticks([])
        axes.annotate(
            "honest errors", (1.15, 0.21), (2.2, 0.3), color=FAINT_INK,
            arrowprops={"arrowstyle": "-", "color": FAINT_INK},
        )  # fmt: skip

    def classes(self, axes: Axes) -> None:
        """Draw the completeness of each class of the truth, with its interval."""
        from matplotlib.ticker import PercentFormatter

        from sciarada.report.plots import MARKERS, mark_empty

        names = list(
            dict.fromkeys(
                row.bin_name
                for row in self.rows
                if (row.measure, row.binned_by) == ("completeness", "class") and row.count
            )
        )
        if not names:
            mark_empty(axes, "The truth has no classes")
            return
        places = {name: place for place, name in enumerate(reversed(names))}
        counts = {}
        spread = 0.5 / max(len(self.finders), 1)
        for number, finder in enumerate(self.finders):
            shift = (len(self.finders) - 1) / 2 - number
            for row in chosen(self.rows, finder, "completeness", "class"):
                if row.count:
                    y = places[row.bin_name] - 0.08 + shift * spread
                    axes.plot([row.low, row.high], [y, y], color=self.colours[finder], lw=2.2)
                    axes.plot(
                        row.value, y, MARKERS[number % 7], color=self.colours[finder],
                        markersize=7, markeredgecolor=GROUND,
                    )  # fmt: skip
                    counts[row.bin_name] = row.count
        for name, place in places.items():
            axes.text(0.0, place + 0.3, f"{name} ({counts[name]})", fontsize=9.5)
        axes.set_yticks([])
        axes.set_ylim(-0.55, len(names) - 0.3)
        axes.set_xlim(-0.03, 1.05)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))


def _middle(row: ScoreRow) -> float:
    """Return the geometric middle of a bin; half a bin beyond its edge where it has one only."""
    low, high = row.bin_low, row.bin_high
    if not math.isfinite(high):
        return low * 1.3
    return math.sqrt(low * high) if low > 0 else high / 1.3


def _numbers(table: Table, name: str) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(table[name], dtype=np.float64), np.nan)


def _both(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.isfinite(first) & np.isfinite(second) & (first > 0)


def _thin(rows: np.ndarray) -> np.ndarray:
    """Return so many rows that the picture stays light, evenly chosen."""
    step = max(1, -(-len(rows) // MAX_POINTS))
    return rows[::step]


def _cloud(axes: Axes, x: np.ndarray, y: np.ndarray, colour: str) -> None:
    axes.plot(
        x, y, "o", color=colour, alpha=CLOUD, markersize=3.2, markeredgewidth=0, linestyle="",
    )  # fmt: skip


def _scatter(axes: Axes, x: np.ndarray, y: np.ndarray, colour: str, number: int) -> None:
    """Mark the median of points, and draw a ring as wide as their robust scatter."""
    from sciarada.report.plots import DASHES, MARKERS

    angle = np.linspace(0.0, 2 * math.pi, 73)
    middle = np.median(x), np.median(y)
    wide, high = (np.subtract(*np.quantile(v, [0.75, 0.25])) / QUARTILES for v in (x, y))
    axes.plot(
        middle[0] + wide * np.cos(angle), middle[1] + high * np.sin(angle),
        color=colour, linewidth=2.2, linestyle=DASHES[number % 7],
    )  # fmt: skip
    axes.plot(
        *middle, MARKERS[number % 7], color=colour, markersize=8, markeredgecolor=GROUND,
        markeredgewidth=1.2,
    )  # fmt: skip
