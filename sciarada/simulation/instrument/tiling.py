"""Tiles of a survey, each with a separate noise and zero point."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sciarada.geometry.windows import Window

_ORIGIN = 2**31  # tiles left of and below the image have negative numbers


@dataclass(frozen=True)
class Seams:
    """Square tiles that meet in straight seams.

    Parameters
    ----------
    side : float
        Of a tile, in pixels.
    angle : float
        Of the seams to the rows, in radians.
    scatter : float
        Standard deviation of a normal value that each tile has.
    start : tuple of float
        Where the grid begins, in tiles.
    seed : int
        The same seed gives the same values.
    """

    side: float
    angle: float
    scatter: float
    start: tuple[float, float]
    seed: int

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the value of the tile at zero-based pixel positions, float64."""
        cos, sin = math.cos(self.angle) / self.side, math.sin(self.angle) / self.side
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        column = np.floor(cos * x + sin * y + self.start[0]).astype(np.int64)
        row = np.floor(cos * y - sin * x + self.start[1]).astype(np.int64)
        if not column.size:
            return np.zeros(column.shape)
        columns = np.arange(column.min(), column.max() + 1)
        rows = np.arange(row.min(), row.max() + 1)
        values = np.array([[self._value(i, j) for i in columns] for j in rows])
        return self.scatter * values[row - rows[0], column - columns[0]]

    def over(self, window: Window) -> np.ndarray:
        """Return the values over a window, float64, ``[y, x]``."""
        return self.at(np.arange(window.x0, window.x1), np.arange(window.y0, window.y1)[:, None])

    def _value(self, column: int, row: int) -> float:
        place = (self.seed, column + _ORIGIN, row + _ORIGIN)
        return float(np.random.default_rng(place).standard_normal())
