"""Background and noise of an image as a mesh of boxes, interpolated between their centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import ndimage

from sciarada.geometry.windows import Window

ROWS_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class BackgroundModel:
    """Background and noise of an image on a coarse mesh.

    Parameters
    ----------
    box : int
        Side of a mesh box in pixels.
    location, scale : ndarray of float32
        Background and rms of each box ``[row, column]`` in the image's unit; all NaN for
        an image without valid pixels.
    failed : ndarray of bool
        Boxes with values taken from their neighbours.
    wide : BackgroundModel, optional
        The background that diffuse emission stands on; this one follows it.
    """

    box: int
    location: np.ndarray
    scale: np.ndarray
    failed: np.ndarray
    wide: BackgroundModel | None = None

    @property
    def under_diffuse(self) -> BackgroundModel:
        """The background to subtract where diffuse emission is looked for and measured."""
        return self if self.wide is None else self.wide

    def background(self, window: Window) -> np.ndarray:
        """Return the background, float32 ``[y, x]``, over a window of the image."""
        return self._interpolate(self.location, window)

    def rms(self, window: Window) -> np.ndarray:
        """Return the noise, float32 ``[y, x]``, over a window of the image."""
        return self._interpolate(self.scale, window)

    def at(self, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return background and rms at zero-based pixel positions."""
        where = [(np.asarray(y) + 0.5) / self.box - 0.5, (np.asarray(x) + 0.5) / self.box - 0.5]
        return tuple(
            ndimage.map_coordinates(values, where, order=1, mode="nearest")
            for values in (self.location, self.scale)
        )

    def failed_at(self, y: ArrayLike, x: ArrayLike) -> np.ndarray:
        """Return for pixel positions whether their mesh box had to be filled in."""
        rows = np.clip(np.asarray(y, int) // self.box, 0, self.failed.shape[0] - 1)
        columns = np.clip(np.asarray(x, int) // self.box, 0, self.failed.shape[1] - 1)
        return self.failed[rows, columns]

    def _interpolate(self, values: np.ndarray, window: Window) -> np.ndarray:
        """Return values between box centres; the value of a pixel is the same in every window.

        So they are not products of matrices, whose rounding depends on the shapes.
        """
        before, way = _nodes(window.x0, window.x1, self.box, values.shape[1])
        columns = _between(values.T, before, way).T.copy()
        before, way = _nodes(window.y0, window.y1, self.box, values.shape[0])
        found = np.empty(window.shape, np.float32)
        for row in range(0, len(found), ROWS_AT_ONCE):  # a few rows stay in the cache
            rows = slice(row, row + ROWS_AT_ONCE)
            found[rows] = _between(columns, before[rows], way[rows])
        return found


def _nodes(start: int, stop: int, box: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the box centre before each pixel, and how far it is on the way to the next one."""
    place = np.clip((np.arange(start, stop) + 0.5) / box - 0.5, 0, count - 1)
    before = np.minimum(place.astype(int), max(count - 2, 0))
    return before, (place - before).astype(np.float32)


def _between(values: np.ndarray, before: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Return rows between those of ``values``, linear in between."""
    way = way[:, None]
    found = values[before]
    found *= 1 - way
    after = values[np.minimum(before + 1, len(values) - 1)]
    after *= way
    found += after
    return found
