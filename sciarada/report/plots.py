"""Plots with axes, in the colours of the other pictures. Imported only where a plot is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator, PercentFormatter
from PIL import Image

from sciarada.report.lettering import FONT, make_drawable
from sciarada.report.palette import FAINT_INK, GROUND, INK

if TYPE_CHECKING:
    from matplotlib.typing import LineStyleType, RcKeyType

PANEL = "#141624"
GRID = "#2b2e40"
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[LineStyleType, ...] = (
    "-",
    "--",
    "-.",
    ":",
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (1, 1)),
    (0, (8, 2)),
)
DPI = 100
LETTER = 0.088  # width of a letter of a tick label in inches
EFFORT = 9  # of zlib: plots shrink with it

_STYLE: dict[RcKeyType, Any] = {
    "text.usetex": False,
    "text.parse_math": False,
    "font.family": FONT,
    "font.size": 10.5,
    "axes.facecolor": PANEL,
    "axes.edgecolor": GRID,
    "axes.labelcolor": FAINT_INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT_INK,
    "ytick.color": FAINT_INK,
    "text.color": INK,
    "legend.frameon": False,
    "path.sketch": None,
    "path.effects": [],
}


def plot_style() -> AbstractContextManager[None]:
    """Return a context with our style of plots, independent of user settings."""
    return matplotlib.rc_context(_STYLE)


class PlotFigure:
    """A sheet of equal panels under a title.

    Parameters
    ----------
    rows, columns : int
        Panels.
    title, facts : str
        Above the panels.
    panel : (float, float)
        Width and height of a panel in inches.
    """

    def __init__(
        self,
        rows: int,
        columns: int,
        title: str,
        facts: str,
        panel: tuple[float, float] = (4.9, 3.7),
    ) -> None:
        head = 1.75
        width, height = panel[0] * columns, panel[1] * rows + head
        self._figure = Figure(figsize=(width, height), dpi=DPI, facecolor=GROUND)
        self._canvas = FigureCanvasAgg(self._figure)
        grid = self._figure.add_gridspec(
            rows,
            columns,
            left=0.95 / width,
            right=1 - 0.3 / width,
            bottom=0.62 / height,
            top=1 - head / height,
            wspace=1.05 / (panel[0] - 1.05),
            hspace=1.05 / (panel[1] - 1.05),
        )
        self._cells = iter([grid[row, column] for row in range(rows) for column in range(columns)])
        self._left = 0.95 / width
        self._height = height
        self._figure.text(self._left, 1 - 0.5 / height, title, fontsize=19, weight="bold")
        self._figure.text(self._left, 1 - 0.83 / height, facts, fontsize=11.5, color=FAINT_INK)

    def panel(self, title: str, x_label: str, y_label: str) -> Axes:
        """Return the axes of the next panel."""
        axes = self._figure.add_subplot(next(self._cells))
        axes.set_title(title)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.tick_params(length=0)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return axes

    def legend(self, entries: Sequence[tuple[str, str, int]]) -> None:
        """Write a name with its colour and marker for each entry (name, colour, number)."""
        handles = [
            matplotlib.lines.Line2D(
                [], [], color=colour, marker=MARKERS[number % 7], linestyle=DASHES[number % 7],
                linewidth=2.2, markersize=7, label=_legend_name(name),
            )
            for name, colour, number in entries
        ]  # fmt: skip
        self._figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(self._left - 0.006, 1 - 0.9 / self._height),
            ncols=len(handles),
            fontsize=12,
            handlelength=2.6,
        )

    def save(self, path: Path) -> None:
        """Draw all and write a PNG of 256 colours."""
        make_drawable(self._figure)
        self._canvas.draw()
        size = self._canvas.get_width_height()
        picture = Image.frombuffer("RGBA", size, self._canvas.buffer_rgba()).convert("RGB")
        indexed = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        indexed.save(path, format="PNG", compress_level=EFFORT)


def _legend_name(name: str) -> str:
    """Return a name for a legend, which leaves out those that begin with an underscore."""
    return f" {name}" if name.startswith("_") else name


def curve(
    axes: Axes,
    x: np.ndarray,
    value: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    colour: str,
    number: int = 0,
) -> None:
    """Draw a line with its shaded interval; bins without a value are gaps."""
    axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(
        x, value, color=colour, linewidth=2.2, marker=MARKERS[number % 7], markersize=5.5,
        markeredgecolor=PANEL, markeredgewidth=0.8, linestyle=DASHES[number % 7],
    )  # fmt: skip


def as_share(axes: Axes) -> None:
    """Let the y axis run from 0 to 100 %."""
    axes.set_ylim(-0.03, 1.05)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def as_logarithm(axis: XAxis | YAxis) -> None:
    """Make an axis logarithmic with plain numbers, as many as there is room for."""
    axes = axis.axes
    scale = axes.set_xscale if axis.axis_name == "x" else axes.set_yscale
    low, high = axis.get_view_interval()
    scale("log")
    decades = math.log10(max(high, 1e-30) / max(low, 1e-30)) if low > 0 else 3.0
    digits = (1.0,) if decades > 2.5 else (1.0, 3.0) if decades > 1.3 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=digits))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def widen_margin(axes: Axes, letters: int) -> None:
    """Shrink a panel so that tick labels of so many letters fit to its left and, slanted, below."""
    figure = axes.figure
    width, height = figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi
    beyond = max(0.0, LETTER * letters - 0.5)
    left, below = beyond / width, (0.65 * beyond + 0.25) / height
    box = axes.get_position()
    axes.set_position((box.x0 + left, box.y0 + below, box.width - left, box.height - below))


def annotate(axes: Axes, text: str) -> None:
    """Write small print into the lower left corner of a panel."""
    axes.text(
        0.02, 0.03, text, transform=axes.transAxes, color=FAINT_INK, fontsize=8.5, style="italic",
    )  # fmt: skip


def mark_empty(axes: Axes, text: str) -> None:
    """Write why a panel is empty."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=FAINT_INK,
    )  # fmt: skip
