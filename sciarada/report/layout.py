"""The layout of a preview on its canvas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Layout:
    """The position and size of the picture on the canvas.

    Parameters
    ----------
    shape : tuple of int
        Image shape (ny, nx) in image pixels.
    width, height : int
        Size of the picture on the canvas.
    left, bottom, right, top : int
        Margins around it.
    """

    shape: tuple[int, int]
    width: int
    height: int
    left: int
    bottom: int
    right: int
    top: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas."""
        return (self.left + self.width + self.right, self.bottom + self.height + self.top)

    @property
    def scale(self) -> np.ndarray:
        """Canvas pixels per image pixel along x and y."""
        return np.array([self.width / self.shape[1], self.height / self.shape[0]])

    def place(self, points: ArrayLike) -> np.ndarray:
        """Return the place on the canvas of zero-based image positions (x, y)."""
        return (np.asarray(points, float) + 0.5) * self.scale + (self.left, self.bottom)
