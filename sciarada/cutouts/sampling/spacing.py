"""Squares with limited overlap, accepted one by one where there is space."""

from __future__ import annotations

from collections import defaultdict

import numpy as np


class Spacing:
    """The squares taken so far of one image; all have the same side.

    Parameters
    ----------
    side : int
        Pixels.
    max_overlap : float
        Largest share of its area that a square may have in common with any other one. At 1
        anything goes, also the same square twice.
    """

    def __init__(self, side: int, max_overlap: float) -> None:
        self._side = side
        self._most = max_overlap
        # Squares that overlap by more are nearer to each other than this along both axes.
        self._reach = side * (1.0 - max_overlap)
        self._cells: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)

    def take(self, x: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
        """Take squares in their order, as far as there is room.

        Parameters
        ----------
        x, y : ndarray, shape (n,)
            Centres in pixels.
        most : int
            Take no more than these.

        Returns
        -------
        ndarray of int
            Which ones were taken, ascending.
        """
        if self._most >= 1.0:
            return np.arange(min(most, len(x)))
        taken: list[int] = []
        for number, place in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
            if len(taken) == most:
                break
            if self._is_free(place):
                self._cells[self._cell(place)].append(place)
                taken.append(number)
        return np.array(taken, np.int64)

    def _is_free(self, place: tuple[float, float]) -> bool:
        column, row = self._cell(place)
        return not any(
            self._overlap(place, other) > self._most
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in self._cells.get((i, j), ())
        )

    def _overlap(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        wide, high = (max(0.0, self._side - abs(a - b)) for a, b in zip(one, other, strict=True))
        return wide * high / self._side**2

    def _cell(self, place: tuple[float, float]) -> tuple[int, int]:
        return int(place[0] // self._reach), int(place[1] // self._reach)
