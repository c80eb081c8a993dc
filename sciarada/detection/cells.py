"""Islands that are near each other, to be worked on together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sciarada.geometry.windows import Window
from sciarada.measure.islands import Island

CELL = 1024  # side in pixels


def cells(islands: Sequence[Island]) -> list[list[int]]:
    """Return the numbers of the islands, one list per cell; the same for every tile size."""
    members: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, island in enumerate(islands):
        members[_cell(island.window)].append(i)
    return list(members.values())


def _cell(window: Window) -> tuple[int, int]:
    """Return the cell in which an island is measured, the same for every tile size.

    An island larger than a cell has one to itself.
    """
    if max(window.shape) > CELL:
        return (-window.y0, -window.x0)
    return (window.y0 // CELL + 1, window.x0 // CELL + 1)
