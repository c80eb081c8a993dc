"""The ragged edge that mosaics have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.simulation.instrument.waves import Waves


@dataclass(frozen=True, eq=False)
class Border:
    """The ragged edge of an image: pixels near it have no value.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    width : float
        Mean width in pixels.
    ragged : Waves
        Scatter of the width as a share of it.
    """

    shape: tuple[int, int]
    width: float
    ragged: Waves

    def inside(self, window: Window) -> np.ndarray:
        """Return which pixels of a window lie inside the border."""
        y = np.arange(window.y0, window.y1)[:, None]
        x = np.arange(window.x0, window.x1)
        depth = np.minimum(
            np.minimum(y, self.shape[0] - 1 - y), np.minimum(x, self.shape[1] - 1 - x)
        )
        return depth >= self.width * (1 + self.ragged.over(window))
