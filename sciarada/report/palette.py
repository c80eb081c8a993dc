"""The colours of every picture: one colour map for the sky, and the ground it stands on.

The map is dark and quiet at the noise so that outlines in the class colours stand out; its
lightness grows steadily.
"""

from __future__ import annotations

import numpy as np

from sciarada.core.class_colours import COLOURS

INK = "#e9e6f0"  # text
FAINT_INK = "#a09cb4"  # tick labels, notes
GROUND = "#0d0e16"  # the sheet behind the picture
BLANK = "#24262f"  # pixels without data

_STOPS = (
    (0.00, "#07080f"),
    (0.20, "#171b3a"),
    (0.42, "#3f3566"),
    (0.62, "#8b5a7e"),
    (0.80, "#d99a83"),
    (0.92, "#f6d9a8"),
    (1.00, "#fffdf2"),
)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of a ``#rrggbb`` colour."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def _blends(ground: np.ndarray, colour: str, steps: int) -> np.ndarray:
    """Return ``steps`` colours from just above ``ground`` up to ``colour``."""
    shares = np.linspace(0.0, 1.0, steps + 1)[1:, None]
    return ground + shares * (np.array(rgb(colour)) - ground)


def _colour_map() -> np.ndarray:
    positions = [position for position, _ in _STOPS]
    channels = np.array([rgb(colour) for _, colour in _STOPS]).T
    levels = np.linspace(0.0, 1.0, 256)
    return np.stack([np.interp(levels, positions, c) for c in channels], axis=1).astype(np.uint8)


COLOUR_MAP: np.ndarray = _colour_map()
"""uint8 array of shape (256, 3): the colour of each level."""


def canvas_palette() -> np.ndarray:
    """Return the 256 colours or fewer that a whole sheet is stored in, uint8 of shape (n, 3).

    Most are of the colour map; the rest are the blends that smooth the edges of text and
    outlines. A PNG of indices is a third the size of one in full colour, and written faster.
    """
    ground, sky = np.array(rgb(GROUND), float), COLOUR_MAP[70].astype(float)
    colours = [COLOUR_MAP[np.linspace(0, 255, 150).astype(int)], [rgb(GROUND), rgb(BLANK)]]
    colours += [_blends(ground, ink, 8) for ink in (INK, FAINT_INK)]
    colours += [_blends(under, line, 5) for line in COLOURS for under in (ground, sky)]
    return np.concatenate(colours).astype(np.uint8)


def colourise(levels: np.ndarray, blank: np.ndarray | None = None) -> np.ndarray:
    """Return the picture of grey levels.

    Parameters
    ----------
    levels : ndarray of uint8, shape (ny, nx)
        Stretched brightness.
    blank : ndarray of bool, shape (ny, nx), optional
        Pixels without data.

    Returns
    -------
    ndarray of uint8, shape (ny, nx, 4)
        Red, green, blue and full opacity.
    """
    picture = _MAP_WORDS[levels]
    if blank is not None:
        picture[blank] = _words(np.array([rgb(BLANK)], np.uint8))[0]
    return picture.view(np.uint8).reshape(*levels.shape, 4)


def _words(colours: np.ndarray) -> np.ndarray:
    """Return opaque colours as one 32-bit word each: looked up four times as fast."""
    opaque = np.full((len(colours), 1), 255, np.uint8)
    return np.concatenate([colours, opaque], axis=1).view(np.uint32)[:, 0]


_MAP_WORDS = _words(COLOUR_MAP)
