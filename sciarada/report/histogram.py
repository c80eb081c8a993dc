"""Histograms over a logarithmic axis, laid out for a small SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sciarada.report.units import Scale, group_thousands

BINS = 28
WIDTH, HEIGHT = 420.0, 200.0  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 50.0, 30.0, 12.0, 50.0  # margins inside it; the last tick is wide


@dataclass(frozen=True)
class Bar:
    """One bar: its box in the drawing and its label."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place along it and its text."""

    place: float
    label: str


@dataclass(frozen=True)
class Histogram:
    """A histogram ready to be drawn.

    Parameters
    ----------
    title, axis : str
        What is counted, and the label of the axis with its unit.
    summary : str
        One sentence for who cannot see the drawing.
    bars : tuple of Bar
    x_ticks, y_ticks : tuple of Tick
    """

    title: str
    axis: str
    summary: str
    bars: tuple[Bar, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def log_histogram(
    title: str,
    quantity: str,
    values: np.ndarray,
    scale: Scale,
    write: Callable[[float], str] | None = None,
) -> Histogram | None:
    """Return the histogram of the positive values, or None where there are fewer than two.

    Parameters
    ----------
    title : str
    quantity : str
        Label of the axis without its unit.
    values : ndarray of float
        In the unit that ``scale`` starts from; NaN is omitted.
    scale : Scale
        How values are written along the axis.
    write : callable, optional
        How single values are written in the summary; by ``scale`` by default.
    """
    known = values[np.isfinite(values) & (values > 0)]
    if known.size < 2:
        return None
    extremes = (known.min(), np.median(known), known.max())
    low, median, high = ((write or scale.write)(float(value)) for value in extremes)
    known = known * scale.factor
    first, last = math.log10(known.min()), math.log10(known.max())
    middle = (first + last) / 2.0
    half = max(last - first, 0.2) / 2.0 * 1.0001
    edges = np.linspace(middle - half, middle + half, BINS + 1)
    counts = np.histogram(np.log10(known), edges)[0]
    plain = Scale(1.0, scale.unit)
    unit = f" ({scale.unit})" if scale.unit else ""
    return Histogram(
        title=title,
        axis=quantity + unit,
        summary=f"{group_thousands(known.size)} sources from {low} to {high}, median {median}.",
        bars=_bars(counts, edges, plain),
        x_ticks=_x_ticks(edges),
        y_ticks=_y_ticks(int(counts.max())),
    )


def _bars(counts: np.ndarray, edges: np.ndarray, plain: Scale) -> tuple[Bar, ...]:
    step = (WIDTH - LEFT - RIGHT) / BINS
    unit = (HEIGHT - TOP - BOTTOM) / counts.max()
    bars = []
    for number, count in enumerate(counts.tolist()):
        if not count:
            continue
        low, high = 10.0 ** edges[number], 10.0 ** edges[number + 1]
        sources = f"{group_thousands(count)} source" + ("" if count == 1 else "s")
        bars.append(
            Bar(
                x=round(LEFT + number * step + 0.75, 2),
                y=round(HEIGHT - BOTTOM - count * unit, 2),
                width=round(step - 1.5, 2),
                height=round(count * unit, 2),
                label=f"{plain.number(low)} to {plain.write(high)}: {sources}",
            )
        )
    return tuple(bars)


def _x_ticks(edges: np.ndarray) -> tuple[Tick, ...]:
    """Return ticks at round values, the fewer digits the wider the range."""
    span = edges[-1] - edges[0]
    digits: tuple[int, ...] = (1,) if span > 3 else (1, 3) if span > 1.5 else (1, 2, 5)
    if span <= 0.5:
        digits = tuple(range(1, 10))
    powers = range(math.floor(edges[0]), math.ceil(edges[-1]) + 1)
    ticks = []
    for value in (float(f"{digit}e{power}") for power in powers for digit in digits):
        share = (math.log10(value) - edges[0]) / span
        if 0.0 <= share <= 1.0:
            place = round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)
            ticks.append(Tick(place, f"{value:g}" if 1e-4 <= value < 1e6 else f"{value:.0e}"))
    return tuple(ticks)


def _y_ticks(largest: int) -> tuple[Tick, ...]:
    power = 10 ** math.floor(math.log10(largest))
    step = next(s for s in (power / 5, power / 2, power, 2 * power, 5 * power) if largest / s <= 4)
    step = max(1, int(step))
    unit = (HEIGHT - TOP - BOTTOM) / largest
    return tuple(
        Tick(round(HEIGHT - BOTTOM - count * unit, 2), group_thousands(count))
        for count in range(0, largest + 1, step)
    )
