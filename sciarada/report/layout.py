"""Where the picture of a preview lies on its sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layout:
    """Where the picture lies on the sheet.

    Parameters
    ----------
    shape : tuple of int
        Image shape (ny, nx) in image pixels.
    width, height : int
        Size of the picture on the sheet.
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
        """Width and height of the sheet."""
        return (self.left + self.width + self.right, self.bottom + self.height + self.top)

    @property
    def scale(self) -> np.ndarray:
        """Sheet pixels per image pixel along x and y."""
        return np.array([self.width / self.shape[1], self.height / self.shape[0]])

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return the place on the sheet of zero-based image positions (x, y)."""
        return (np.asarray(points, float) + 0.5) * self.scale + (self.left, self.bottom)
