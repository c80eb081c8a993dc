"""The canvas a preview is drawn on: a picture and simple marks, drawn by matplotlib.

All positions are pixels of the canvas from its lower left corner, at 72 dots per inch, so that
sizes of text and lines are pixels too. Import this where a picture is drawn, no earlier:
matplotlib takes half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.transforms import IdentityTransform
from PIL import Image

from sciarada.report.lettering import FONT, drawable, make_drawable
from sciarada.report.palette import GROUND, INK, canvas_palette

PNG_EFFORT = 1  # of zlib: noise hardly shrinks with more
BATCH = 100  # lines drawn as one path

_GAP = np.full((1, 2), np.nan)


class _Pixels(Artist):
    """A picture copied to the canvas pixel for pixel."""

    def __init__(self, left: int, bottom: int, rgba: np.ndarray) -> None:
        super().__init__()
        self._place = (left, bottom)
        self._rgba = rgba

    def draw(self, renderer: RendererBase) -> None:
        """Copy the picture."""
        context = renderer.new_gc()
        left, bottom = self._place
        renderer.draw_image(context, left, bottom, self._rgba)
        context.restore()


class Canvas:
    """A drawing surface without axes: a picture, lines, marks and text."""

    def __init__(self, width: int, height: int) -> None:
        self._figure = Figure(figsize=(width / 72.0, height / 72.0), dpi=72.0, facecolor=GROUND)
        self._canvas = FigureCanvasAgg(self._figure)
        self._last = 0

    def picture(self, left: int, bottom: int, rgba: np.ndarray) -> None:
        """Place a uint8 RGBA array, first row at the bottom."""
        self._add(_Pixels(left, bottom, rgba))

    def lines(
        self,
        points: Sequence[np.ndarray],
        colour: str,
        width: float,
        clip: tuple[float, float, float, float] | None = None,
        opacity: float = 1.0,
    ) -> None:
        """Draw lines of one colour, each an array of (x, y).

        They are drawn in batches, each one path with gaps, because a path has a cost of its
        own. ``clip`` is left, bottom, width and height of what may be drawn on.
        """
        batches = [
            np.concatenate([part for line in points[i : i + BATCH] for part in (line, _GAP)])
            for i in range(0, len(points), BATCH)
        ]
        lines = LineCollection(
            batches, colors=colour, linewidths=width, alpha=opacity, transform=IdentityTransform()
        )
        self._add(lines)
        if clip is not None:
            lines.set_clip_path(Rectangle(clip[:2], *clip[2:], transform=IdentityTransform()))

    def text(
        self, x: float, y: float, text: str, size: float, colour: str = INK, **style: Any
    ) -> None:
        """Write plain text; ``$`` and ``_`` have no special meaning."""
        written = self._figure.text(
            x,
            y,
            text,
            fontsize=size,
            color=colour,
            transform=IdentityTransform(),
            parse_math=False,
            **style,
        )
        self._last += 1
        written.set_zorder(self._last)

    @staticmethod
    def drawable(text: str) -> str:
        """Return text with an escape for each character that cannot be drawn."""
        return drawable(text)

    def ellipse(
        self, centre: np.ndarray, width: float, height: float, angle: float, colour: str
    ) -> None:
        """Draw a filled ellipse, ``angle`` in degrees counter-clockwise."""
        x, y = centre.tolist()
        self._add(
            Ellipse(
                (x, y), width, height, angle=angle, facecolor=colour, transform=IdentityTransform()
            )
        )

    def box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Darken a rectangle so that marks on it can be seen."""
        self._add(
            Rectangle(
                (left, bottom),
                width,
                height,
                facecolor=GROUND,
                alpha=0.6,
                linewidth=0,
                transform=IdentityTransform(),
            )
        )

    def save(self, path: Path) -> None:
        """Draw all and write a PNG."""
        make_drawable(self._figure)
        self._canvas.draw()
        size = self._canvas.get_width_height()
        picture = Image.frombuffer("RGBA", size, self._canvas.buffer_rgba()).convert("RGB")
        colours = Image.new("P", (1, 1))
        colours.putpalette(canvas_palette().tobytes())
        indexed = picture.quantize(palette=colours, dither=Image.Dither.NONE)
        indexed.save(path, format="PNG", compress_level=PNG_EFFORT)

    def _add(self, artist: Artist) -> None:
        """Add an artist above all previous ones."""
        self._figure.add_artist(artist, clip=False)
        self._last += 1
        artist.set_zorder(self._last)


def canvas_style() -> AbstractContextManager[None]:
    """Return a context in which a user's matplotlib settings do not change the canvas."""
    return matplotlib.rc_context(
        {
            "text.usetex": False,
            "font.family": FONT,
            "path.sketch": None,
            "path.effects": [],
            "lines.antialiased": True,
        }
    )
