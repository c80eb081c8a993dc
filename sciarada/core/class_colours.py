"""One colour per class, the same in region files and in pictures."""

from __future__ import annotations

from collections.abc import Iterable

UNCLASSIFIED = "unclassified"

COLOURS = ("#5cc8ff", "#f7e35a", "#33d6a0", "#ff9a5c", "#f59ad9", "#f4f4f4", "#7f9bff")
"""Okabe and Ito's palette for all kinds of colour vision, lightened for a dark ground."""


def class_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the ``#rrggbb`` colour of each class; classes are taken in alphabetical order."""
    return {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(sorted(set(names)))}
