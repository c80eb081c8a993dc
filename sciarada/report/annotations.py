"""Annotations of a preview: title, ticks, colour bar, legend, beam, scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.report.graticule import Graticule, Label
from sciarada.report.layout import Layout
from sciarada.report.outlines import Kinds
from sciarada.report.palette import FAINT_INK, INK, colourise
from sciarada.report.sexagesimal import DEC_STEPS, format_angle, round_step
from sciarada.report.stretch import Stretch
from sciarada.report.units import Scale, group_thousands

if TYPE_CHECKING:
    from sciarada.report.canvas import Canvas

TITLE = 34.0  # sizes of text in pixels
TEXT = 22.0
INNER_TEXT, INNER_OFFSET = 17.0, (6.0, 6.0)  # labels on lines inside the picture
LETTER = 0.62  # mean width of a letter in sizes of text
SWATCH = 18.0 * np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
ROW = 36  # height of a row of the legend
MIN_GAP = 40.0  # between ticks of the colour bar
BAR_WIDTH = 26
MIN_BEAM = 16.0  # pixels of the canvas: a smaller ellipse is a dot
ROOMY = 300  # side of a picture that has room for beam and scale bar inside it


def left_margin(graticule: Graticule) -> int:
    """Return the room that the labels at the left and their title need."""
    longest = max((len(label.text) for label in graticule.left), default=0)
    return 76 + round(LETTER * TEXT * longest)


def legend_rows(kinds: Kinds, width: int) -> list[list[int]]:
    """Return the numbers of the kinds in rows that fit into ``width`` pixels."""
    rows: list[list[int]] = []
    used = math.inf
    for number in range(len(kinds.names)):
        needed = _entry_width(kinds, number)
        if used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append(number)
        used += needed
    return rows


def draw_legend(canvas: Canvas, layout: Layout, kinds: Kinds, rows: list[list[int]]) -> None:
    """Draw one swatch, name and count a kind, below the picture."""
    for row, numbers in enumerate(reversed(rows)):
        x, y = float(layout.left), 30.0 + ROW * row
        for number in numbers:
            swatch = SWATCH + np.array([x, y])
            canvas.lines([swatch], kinds.colours[number], 2.5)
            canvas.text(x + 30, y, _entry(kinds, number), TEXT)
            x += _entry_width(kinds, number)


def _entry(kinds: Kinds, number: int) -> str:
    return f"{kinds.names[number]}  {group_thousands(kinds.counts[number])}"


def _entry_width(kinds: Kinds, number: int) -> float:
    return 75.0 + LETTER * TEXT * len(_entry(kinds, number))


def draw_title(canvas: Canvas, layout: Layout, title: str, facts: Iterable[str]) -> None:
    """Write the title and a line of facts above the picture."""
    top = layout.bottom + layout.height
    room = layout.size[0] - layout.left - 20
    title = _shorten(canvas.drawable(title), room, TITLE)
    canvas.text(layout.left, top + 74, title, TITLE, weight="bold")
    line = _shorten("   ·   ".join(facts), room, TEXT)
    canvas.text(layout.left, top + 28, line, TEXT, FAINT_INK)


def draw_notes(canvas: Canvas, layout: Layout, rows: int, notes: Iterable[str]) -> None:
    """Write small print above the legend, at the right."""
    x = layout.left + layout.width
    canvas.text(
        max(x, layout.left + 700), 34 + ROW * rows, "   ·   ".join(notes), 17.0, FAINT_INK,
        horizontalalignment="right",
    )  # fmt: skip


def draw_graticule(canvas: Canvas, layout: Layout, graticule: Graticule) -> None:
    """Draw faint coordinate lines over the picture and labels at its sides."""
    box = (layout.left, layout.bottom, layout.width, layout.height)
    lines = [layout.place(line) for line in graticule.lines]
    canvas.lines(lines, "#ffffff", 1.0, clip=box, opacity=0.3)
    ticks = []
    for label in _spread(graticule.bottom, layout.scale[0], LETTER * TEXT):
        x = layout.place([label.position, 0.0])[0]
        ticks.append(np.array([[x, layout.bottom], [x, layout.bottom - 8]]))
        canvas.text(x, layout.bottom - 34, label.text, TEXT, horizontalalignment="center")
    for label in _spread(graticule.left, layout.scale[1], 0.0):
        y = layout.place([0.0, label.position])[1]
        ticks.append(np.array([[layout.left, y], [layout.left - 8, y]]))
        canvas.text(
            layout.left - 14, y, label.text, TEXT,
            horizontalalignment="right", verticalalignment="center_baseline",
        )  # fmt: skip
    for inner in graticule.inner:
        x, y = layout.place([inner.x, inner.y]) + INNER_OFFSET
        canvas.text(
            x, y if inner.above else y - 1.7 * INNER_TEXT, inner.text, INNER_TEXT, FAINT_INK
        )
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * box[2:] + box[:2]
    canvas.lines([*ticks, corners], FAINT_INK, 1.5)
    middle = layout.place((np.array(layout.shape[::-1]) - 1) / 2.0)
    canvas.text(
        middle[0], layout.bottom - 68, graticule.bottom_title, TEXT, FAINT_INK,
        horizontalalignment="center",
    )  # fmt: skip
    if layout.height > ROOMY:
        canvas.text(
            26, middle[1], graticule.left_title, TEXT, FAINT_INK,
            rotation=90, verticalalignment="center", horizontalalignment="center",
        )  # fmt: skip


def _spread(labels: Sequence[Label], scale: float, letter: float) -> list[Label]:
    """Leave out labels that would touch the one before; ``letter`` is 0 for stacked ones."""
    kept: list[Label] = []
    for label in sorted(labels, key=lambda label: label.position):
        gap = letter * (len(label.text) + 2) if letter else 1.5 * TEXT
        if not kept or (label.position - kept[-1].position) * scale >= gap:
            kept.append(label)
    return kept


def draw_colour_bar(canvas: Canvas, layout: Layout, stretch: Stretch, scale: Scale) -> None:
    """Draw the colour bar with round values at the right of the picture."""
    left = layout.left + layout.width + 26
    levels = np.linspace(0, 255, layout.height).astype(np.uint8)
    canvas.picture(left, layout.bottom, colourise(np.repeat(levels[:, None], BAR_WIDTH, axis=1)))
    ticks = []
    for value in _round_values(stretch, scale, MIN_GAP / layout.height):
        y = layout.bottom + float(stretch(value / scale.factor)) * layout.height
        ticks.append(np.array([[left + BAR_WIDTH, y], [left + BAR_WIDTH + 7, y]]))
        canvas.text(
            left + BAR_WIDTH + 13, y, f"{value:g}".replace("-", "−"), TEXT,
            verticalalignment="center_baseline",
        )  # fmt: skip
    canvas.lines(ticks, FAINT_INK, 1.5)
    if layout.height > ROOMY:
        canvas.text(
            left + 138, layout.bottom + layout.height / 2, scale.unit, TEXT, FAINT_INK,
            rotation=90, verticalalignment="center", horizontalalignment="center",
        )  # fmt: skip
    else:
        canvas.text(left, layout.bottom + layout.height + 18, scale.unit, TEXT, FAINT_INK)


def _round_values(stretch: Stretch, scale: Scale, min_gap: float) -> list[float]:
    """Return round values with separate levels, the roundest first."""
    ends = stretch.low * scale.factor, stretch.high * scale.factor
    largest = max(map(abs, ends))
    powers = np.arange(math.floor(math.log10(largest)), math.floor(math.log10(largest)) - 6, -1)
    candidates = [0.0] + [
        float(f"{sign * digit}e{power}")
        for digit in (1, 3, 2, 5)
        for power in powers
        for sign in (1, -1)
    ]
    chosen: list[tuple[float, float]] = []
    for value in candidates:
        if not ends[0] <= value <= ends[1]:
            continue
        level = float(stretch(value / scale.factor))
        if all(abs(level - other) >= min_gap for other, _ in chosen):
            chosen.append((level, value))
    return [value for _, value in chosen]


def draw_beam(canvas: Canvas, layout: Layout, image: SkyImage) -> None:
    """Draw the beam with its size in the lower left corner, where it has room.

    One too small to be seen is drawn larger, by a whole number that is written beside it.
    """
    beam = image.beam_in_pixels()
    if image.beam is None or beam is None or min(layout.width, layout.height) < ROOMY:
        return
    major, minor = (sigma * FWHM_PER_SIGMA * layout.scale[0] for sigma in beam[:2])
    if not 0.0 < major <= 0.25 * min(layout.width, layout.height):
        return
    times = max(1, math.ceil(MIN_BEAM / major))
    words = f"beam {beam_size(image.beam)}" + (f", drawn {times}×" if times > 1 else "")
    side = times * major
    height = max(side, TEXT) + 24
    corner = np.array([layout.left + 16.0, layout.bottom + 16.0])
    canvas.box(corner[0], corner[1], side + 40 + LETTER * TEXT * len(words), height)
    centre = corner + np.array([12 + side / 2, height / 2])
    canvas.ellipse(centre, side, times * minor, math.degrees(beam[2]), INK)
    canvas.text(
        corner[0] + side + 24, centre[1], words, TEXT, verticalalignment="center_baseline",
    )  # fmt: skip


def beam_size(beam: Beam) -> str:
    """Write the axes of a beam, such as ``12″ × 8″``."""
    return " × ".join(format_angle(axis / 3600.0) for axis in (beam.major, beam.minor))


def draw_scale_bar(canvas: Canvas, layout: Layout, image: SkyImage) -> None:
    """Draw a bar of a round angle in the lower right corner, true at the image centre."""
    scale = image.pixel_scale / 3600.0 / layout.scale[0]  # degrees per canvas pixel
    if min(layout.width, layout.height) < ROOMY or not math.isfinite(scale):
        return
    angle = round_step(scale * layout.width * 0.06, DEC_STEPS, 1.0)
    length = angle / scale
    x, y = layout.left + layout.width - length - 40, layout.bottom + 36
    canvas.box(x - 20, y - 20, length + 40, 70)
    canvas.lines([np.array([[x, y], [x + length, y]])], INK, 3.0)
    canvas.text(x + length / 2, y + 14, format_angle(angle), TEXT, horizontalalignment="center")


def _shorten(text: str, width: float, size: float) -> str:
    letters = max(8, int(width / (LETTER * size)))
    return text if len(text) <= letters else text[: letters - 1] + "…"
