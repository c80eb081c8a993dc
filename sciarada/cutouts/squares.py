"""Squares of one image: their positions and their pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import tee

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.core.pixels import read_many
from sciarada.cutouts.resampling import REACH, PixelGrid, resample
from sciarada.geometry.windows import Window

_TIE = 1e-6  # pixels; keeps rounding from moving a square whose edges fall on pixel edges


@dataclass(frozen=True, eq=False)
class Squares:
    """Squares of one image.

    Parameters
    ----------
    image : SkyImage
        What they are squares of.
    x, y : ndarray of float64, shape (n,)
        Centres in zero-based pixels, NaN where the image's projection has no such position.
    size : ndarray of float64, shape (n,)
        Sides in arcsec.
    """

    image: SkyImage
    x: np.ndarray
    y: np.ndarray
    size: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Squares:
        """Return some of the squares."""
        return replace(self, x=self.x[rows], y=self.y[rows], size=self.size[rows])

    @cached_property
    def npix(self) -> np.ndarray:
        """Sides in whole pixels of the image, at least 1."""
        return np.maximum(np.rint(self.size / self.image.pixel_scale), 1).astype(np.int64)

    @cached_property
    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """First row and first column of each square."""
        off = -1 - self.npix  # a square without position has no pixel on any image
        seen = np.isfinite(self.x) & np.isfinite(self.y)
        y0, x0 = (np.where(seen, v - 0.5 * self.npix - _TIE, off) for v in (self.y, self.x))
        return np.ceil(y0).astype(np.int64), np.ceil(x0).astype(np.int64)

    @property
    def inside(self) -> np.ndarray:
        """Whether each square has any pixel on the image."""
        (y0, x0), (ny, nx) = self.corners, self.image.shape
        return (y0 < ny) & (y0 + self.npix > 0) & (x0 < nx) & (x0 + self.npix > 0)

    def windows(self) -> list[Window]:
        """Return the pixels of each square."""
        y0, x0 = self.corners
        edges = (y0, y0 + self.npix, x0, x0 + self.npix)
        return [Window(*ends) for ends in zip(*(edge.tolist() for edge in edges), strict=True)]

    def grids(self, npix: int, north_up: bool) -> list[PixelGrid]:
        """Return grids of ``npix`` by ``npix`` new pixels over the squares."""
        if north_up:
            sky = self.image.sky_jacobian(self.x, self.y)
            step = np.linalg.inv(sky) @ np.diag([-1.0, 1.0])  # columns to the west, rows north
        else:
            step = np.eye(2) / self.image.pixel_scale
        step = step * (self.size / npix)[:, np.newaxis, np.newaxis]
        return [
            PixelGrid(npix, x, y, (tuple(first), tuple(second)))
            for x, y, (first, second) in zip(
                self.x.tolist(), self.y.tolist(), step.tolist(), strict=True
            )
        ]

    def grid(self, npix: int, north_up: bool) -> PixelGrid:
        """Return the grid on which `fill` reads the first square."""
        if self._copied(npix, north_up)[0] and np.isfinite(self.x[0]):
            return PixelGrid.over(self.windows()[0])
        return self.grids(npix, north_up)[0]

    def fill(self, stack: np.ndarray, places: np.ndarray, north_up: bool) -> None:
        """Put the pixels of each square at its place in a stack [n, npix, npix].

        Those that are ``npix`` pixels wide are copied, unless north is to be up; all others are
        resampled to as many.
        """
        copied = self._copied(stack.shape[-1], north_up)
        if copied.any():
            self[copied]._copy(stack, places[copied])
        if not copied.all():
            self[~copied]._resample(stack, places[~copied], north_up)

    def _copied(self, npix: int, north_up: bool) -> np.ndarray:
        return (self.npix == npix) & (not north_up)

    def _copy(self, stack: np.ndarray, places: np.ndarray) -> None:
        order = np.lexsort(self.corners[::-1])
        for _ in self._read(self[order].windows(), map(stack.__getitem__, places[order].tolist())):
            pass

    def _resample(self, stack: np.ndarray, places: np.ndarray, north_up: bool) -> None:
        seen = np.isfinite(self.x) & np.isfinite(self.y)
        stack[places[~seen]] = np.nan
        order = np.flatnonzero(seen)[np.argsort(self.y[seen])]
        grids = self[order].grids(stack.shape[-1], north_up)
        windows = [grid.window.grow(REACH) for grid in grids]
        arrays = (np.empty(window.shape, np.float32) for window in windows)
        for place, grid, window, pixels in zip(
            places[order].tolist(), grids, windows, self._read(windows, arrays), strict=True
        ):
            stack[place] = resample(pixels, window, grid)

    def _read(
        self, windows: Sequence[Window], arrays: Iterable[np.ndarray]
    ) -> Iterator[np.ndarray]:
        """Fill arrays with the pixels of windows, NaN beyond the border, and give each."""
        whole = self.image.window
        parts = [w if w.within(whole) else w.clip(whole.shape) for w in windows]
        arrays, again = tee(arrays)
        into = (
            array if part is window else _padded(array)[part.slices_in(window)]
            for window, part, array in zip(windows, parts, again, strict=True)
        )
        for array, _ in zip(arrays, read_many(self.image.pixels, parts, into), strict=True):
            yield array


def _padded(array: np.ndarray) -> np.ndarray:
    array.fill(np.nan)
    return array
