"""Text in pictures: characters that the font lacks are escaped.

Pictures look the same on every machine, so they use the one font that comes with matplotlib,
which has the Latin, Greek, Cyrillic and Arabic letters, but no Chinese ones.
"""

from __future__ import annotations

from functools import lru_cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

FONT = "DejaVu Sans"
OWN = "\n\N{NARROW NO-BREAK SPACE}"  # not printable in Python's terms: line ends, groups of digits


def drawable(text: str) -> str:
    """Return text with an escape for each character that cannot be drawn.

    See `sciarada.tabular.escaping`; line breaks and the spaces between groups of digits stay.
    """
    return "".join(map(_drawable, text))


def make_drawable(figure: Figure) -> None:
    """Replace characters in the texts of a figure that cannot be drawn."""
    for text in figure.findobj(Text):
        text.set_text(drawable(text.get_text()))


@lru_cache(maxsize=4096)
def _drawable(character: str) -> str:
    if character in OWN or (character.isprintable() and _glyph(character)):
        return character
    return character.encode("unicode_escape").decode("ascii")


def _glyph(character: str) -> int:
    """Return the number of the glyph of a character in the font, 0 if missing."""
    return get_font(findfont(FontProperties(family=FONT))).get_char_index(ord(character))
