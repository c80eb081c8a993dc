"""Pictures of what one finder missed and took for a source, the brightest first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
from astropy.table import Table
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from sciarada.core.image import SkyImage
from sciarada.evaluation.columns import numbers, words
from sciarada.evaluation.match_table import Outcome
from sciarada.evaluation.truth_status import labelled_spurious
from sciarada.geometry.windows import Window
from sciarada.io.finders.reading import read_finder
from sciarada.io.fits_image import read_image
from sciarada.report.palette import COLOUR_MAP, GROUND
from sciarada.report.plots import plot_style
from sciarada.report.stretch import Stretch

COLUMNS = 6
SIDE = 2.0  # inches of a panel
#: What a row of panels shows, and by what it is sorted.
ROWS = (
    ((Outcome.MISSED, Outcome.MERGED), "true_snr"),
    ((Outcome.FALSE, Outcome.PART), "snr"),
)
MIN_SIDE = 16.0  # beams across a cutout
TRUE, FOUND = "#33d6a0", "#ff9a5c"


def draw_mistakes(
    matches: Table,
    finder: str,
    truth: Path,
    catalogue: Path,
    images: Sequence[Path],
    picture: Path,
) -> None:
    """Draw cutouts of the brightest mistakes of a finder: a row of lost, a row of extra ones.

    Crosses are true sources, rings are detections.

    Parameters
    ----------
    matches : Table
        Of `sciarada evaluate`.
    finder : str
        Whose mistakes.
    truth, catalogue : `~pathlib.Path`
        The tables that were compared.
    images : sequence of `~pathlib.Path`
        Of the fields.
    picture : `~pathlib.Path`
        The PNG to write.
    """
    skies = [read_image(image) for image in images]
    positions = []
    for path in (truth, catalogue):
        sources = read_finder(path).sources
        sources = sources[~labelled_spurious(sources)]
        positions.append((numbers(sources, "ra"), numbers(sources, "dec")))
    mine = matches[(words(matches, "finder") == finder) & (words(matches, "outcome") != "found")]
    mine = mine[(mine["counted"] == 1) | ~np.isfinite(numbers(mine, "true_row"))]
    with plot_style():
        figure = Figure(figsize=(COLUMNS * SIDE, len(ROWS) * (SIDE + 0.3) + 0.1), facecolor=GROUND)
        cells = figure.subplots(len(ROWS), COLUMNS)
        figure.subplots_adjust(0.004, 0.006, 0.996, 0.94, 0.03, 0.14)
        for (outcomes, column), line in zip(ROWS, cells, strict=True):
            lot = mine[np.isin(words(mine, "outcome"), outcomes)]
            order = np.argsort(-np.nan_to_num(numbers(lot, column)), kind="stable")
            for axes, row in zip_longest(line, order[:COLUMNS]):
                if row is None:
                    axes.set_axis_off()
                else:
                    _draw(axes, lot[row], column, skies, positions)
        figure.savefig(picture, dpi=100)
    indexed = Image.open(picture).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    indexed.save(picture, optimize=True)


def _draw(axes: Axes, row, column: str, skies: Sequence[SkyImage], positions: list) -> None:
    ra, dec = float(row["ra"]), float(row["dec"])
    sky = next(sky for sky in skies if _holds(sky, ra, dec))
    x, y = (float(axis[0]) for axis in sky.sky_to_pixel(np.array([ra]), np.array([dec])))
    size = np.nan_to_num(float(np.ma.filled(row["true_las"], 0.0)))
    half = int(max(MIN_SIDE * sky.beam.major, 2.2 * size) / sky.pixel_scale / 2)
    ny, nx = sky.shape
    window = Window(
        max(0, round(y) - half), min(ny, round(y) + half + 1),
        max(0, round(x) - half), min(nx, round(x) + half + 1),
    )  # fmt: skip
    levels = Stretch.fit(sky.read()).levels(sky.read(window))
    box = (window.x0 - 0.5, window.x1 - 0.5, window.y0 - 0.5, window.y1 - 0.5)
    axes.imshow(COLOUR_MAP[levels], origin="lower", extent=box, interpolation="nearest")
    for (ras, decs), marker, colour in zip(positions, "+o", (TRUE, FOUND), strict=True):
        near = np.hypot((ras - ra + 180) % 360 - 180, decs - dec) < 1.0
        px, py = sky.sky_to_pixel(ras[near], decs[near])
        axes.plot(
            px, py, marker, color=colour, markersize=9, markerfacecolor="none", linestyle="",
            markeredgewidth=1.3,
        )  # fmt: skip
    axes.set(xlim=box[:2], ylim=box[2:], xticks=[], yticks=[])
    axes.grid(False)
    kind = row["true_det_class"] if column == "true_snr" else ""
    text = " ".join(
        str(part) for part in (row["outcome"], kind) if part and part is not np.ma.masked
    )
    axes.set_title(f"{text}, {float(row[column]):.0f}", fontsize=8.5, pad=4, weight="normal")


def _holds(sky: SkyImage, ra: float, dec: float) -> bool:
    x, y = sky.sky_to_pixel(np.array([ra]), np.array([dec]))
    ny, nx = sky.shape
    return bool((-0.5 <= x[0] < nx - 0.5) & (-0.5 <= y[0] < ny - 0.5))
