"""preview.png: the picture of a run that a person looks at first."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.report import annotations as marks
from sciarada.report.graticule import make_graticule
from sciarada.report.layout import Layout
from sciarada.report.outlines import Kinds, boxes_of, kinds_of, outlines_of
from sciarada.report.palette import GROUND, colourise
from sciarada.report.raster import Raster, reduce_image
from sciarada.report.sexagesimal import format_angle
from sciarada.report.stretch import Stretch
from sciarada.report.units import brightness_scale, format_frequency, group_thousands

if TYPE_CHECKING:
    from sciarada.report.canvas import Canvas

LONG_SIDE = 1400  # of the picture, in pixels of the canvas
SHORT_SIDE = 40  # at the least: a strip of one image row stays visible
NARROWEST = 900  # canvas between the side margins, for the words
RIGHT, TOP, BOTTOM = 190, 130, 130  # margins
SMALLEST_MARK, LARGEST_MARK = 4.0, 12.0  # diameter of the ring round a very small source
LINE_WIDTHS = ((10_000, 0.9), (1000, 1.2), (100, 1.7), (0, 2.2))  # from so many sources
EMPTY_NAMES = frozenset(("cutout", "data", "field", "image", "img", "map", "mosaic", "out", "sky"))
CROWDED = 10_000  # sources from which outlines are light, to leave the picture visible


def draw_preview(
    image: SkyImage,
    catalogue: SourceCatalogue,
    path: Path,
    *,
    rms: float | None = None,
) -> None:
    """Draw an image with its sources outlined and write it as PNG.

    The image is streamed, so memory does not grow with it. Any projection and frame, images
    without data or beam, strips of one pixel and empty catalogues are drawn as well.

    Parameters
    ----------
    image : SkyImage
        The image the sources were found in.
    catalogue : SourceCatalogue
        The sources; coloured by class, or as compact and extended without classes.
    path : `~pathlib.Path`
        The PNG to write.
    rms : float, optional
        Typical noise in the unit of the image; sets the stretch and is written above the
        picture.
    """
    # matplotlib takes half a second, which only the process that draws should wait for
    from sciarada.report.canvas import Canvas, canvas_style

    raster = reduce_image(image, LONG_SIDE)
    stretch = Stretch.fit(raster.values, rms)
    scale = brightness_scale(stretch.value(0.5), image.unit)
    kinds = kinds_of(catalogue)
    graticule = make_graticule(image)
    width, height = _picture_size(image.shape)
    rows = marks.legend_rows(kinds, max(width, NARROWEST))
    layout = Layout(
        shape=image.shape,
        width=width,
        height=height,
        left=marks.left_margin(graticule),
        bottom=BOTTOM + marks.ROW * len(rows),
        right=RIGHT + max(0, NARROWEST - width),
        top=TOP,
    )
    with canvas_style():
        canvas = Canvas(*layout.size)
        canvas.picture(layout.left, layout.bottom, _picture(raster, stretch, layout))
        marks.draw_graticule(canvas, layout, graticule)
        _draw_outlines(canvas, layout, catalogue, image, kinds)
        marks.draw_beam(canvas, layout, image)
        marks.draw_scale_bar(canvas, layout, image)
        marks.draw_colour_bar(canvas, layout, stretch, scale)
        marks.draw_title(canvas, layout, image_title(image), _facts(image, len(catalogue), rms))
        marks.draw_legend(canvas, layout, kinds, rows)
        marks.draw_notes(canvas, layout, len(rows), _notes(image, raster))
        canvas.save(path)


def image_title(image: SkyImage) -> str:
    """Return the title of an image; with its folder where its own name is not informative."""
    folder = "" if image.path is None else image.path.absolute().parent.name
    return f"{folder}/{image.name}" if folder and image.name.lower() in EMPTY_NAMES else image.name


def _picture_size(shape: tuple[int, int]) -> tuple[int, int]:
    """Return width and height on the canvas of an image of ``shape`` (ny, nx)."""
    enlarge = LONG_SIDE / max(shape)
    height, width = (max(SHORT_SIDE, round(side * enlarge)) for side in shape)
    return width, height


def _picture(raster: Raster, stretch: Stretch, layout: Layout) -> np.ndarray:
    """Return the coloured picture, first row at the bottom, at its size on the canvas."""
    size = (layout.width, layout.height)
    ny, nx = layout.shape
    box = (0.0, 0.0, nx / raster.factor, ny / raster.factor)
    levels = Image.fromarray(stretch.levels(raster.values))
    smooth = np.asarray(levels.resize(size, Image.Resampling.BICUBIC, box=box))
    missing = np.isnan(raster.values)
    if not missing.any():
        return colourise(smooth)
    blank = Image.fromarray(missing.astype(np.uint8))
    sharp = np.asarray(blank.resize(size, Image.Resampling.NEAREST, box=box))
    return colourise(smooth, sharp.astype(bool))


def _draw_outlines(
    canvas: Canvas, layout: Layout, catalogue: SourceCatalogue, image: SkyImage, kinds: Kinds
) -> None:
    """Draw the outline of each source, or a ring where an outline would be too small to see."""
    count = len(catalogue)
    if not count:
        return
    boxes = boxes_of(catalogue)
    spacing = math.sqrt(layout.width * layout.height / count)
    mark = min(max(0.25 * spacing, SMALLEST_MARK), LARGEST_MARK)
    large = np.flatnonzero(np.nan_to_num(boxes.extents * layout.scale).max(axis=1) > mark)
    angles = np.linspace(0.0, 2.0 * math.pi, 17)
    circle = mark / 2.0 * np.column_stack([np.cos(angles), np.sin(angles)])
    rings = layout.place(boxes.centres)[:, None] + circle
    lines = {
        row: ring for row, ring in enumerate(rings) if np.isfinite(boxes.centres[row]).all()
    } | {
        row: layout.place(np.vstack([polygon, polygon[:1]]))
        for row, polygon in zip(large.tolist(), outlines_of(catalogue, image, large), strict=True)
        if len(polygon) > 2 and np.isfinite(polygon).all()
    }
    of_kinds = [
        [line for row, line in lines.items() if kinds.index[row] == kind]
        for kind in range(len(kinds.names))
    ]
    width = next(width for least, width in LINE_WIDTHS if count >= least)
    box = (layout.left, layout.bottom, layout.width, layout.height)
    if count < CROWDED:
        for of_kind in of_kinds:
            canvas.lines(of_kind, GROUND, width + 2.0, clip=box, opacity=0.5)
    for of_kind, colour in zip(of_kinds, kinds.colours, strict=True):
        opacity = 1.0 if count < CROWDED else 0.65
        canvas.lines(of_kind, colour, width, clip=box, opacity=opacity)


def _facts(image: SkyImage, count: int, rms: float | None) -> list[str]:
    facts = [f"{group_thousands(count)} source" + ("" if count == 1 else "s")]
    if rms is not None and math.isfinite(rms):
        finer = brightness_scale(rms, image.unit)
        facts.append(f"rms {finer.write(rms)}")
    if image.beam is not None:
        facts.append(f"beam {marks.beam_size(image.beam)}")
    if image.frequency is not None:
        facts.append(format_frequency(image.frequency))
    return facts


def _notes(image: SkyImage, raster: Raster) -> list[str]:
    ny, nx = image.shape
    notes = [f"{nx} × {ny} px"]
    side = image.pixel_scale / 3600.0
    if math.isfinite(side):
        notes.append(f"{format_angle(nx * side)} × {format_angle(ny * side)}")
    if raster.factor > 1:
        what = {"mean": "mean", "max": "brightest"}[raster.statistic]
        notes.append(f"{what} of {raster.factor} × {raster.factor} px blocks")
    return notes
