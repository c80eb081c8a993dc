"""Overlapping tiles over an image, each sky position owned by exactly one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sciarada.geometry.windows import Window


@dataclass(frozen=True)
class Tile:
    """One tile: the pixels it owns and the pixels it sees.

    Parameters
    ----------
    row, column : int
        Place in the grid.
    core : Window
        Pixels owned by this tile and by no other.
    window : Window
        The core widened by the halo and clipped to the image.
    """

    row: int
    column: int
    core: Window
    window: Window

    @property
    def tile_id(self) -> str:
        """Name of the tile, such as ``r002c013``."""
        return f"r{self.row:03d}c{self.column:03d}"


@dataclass(frozen=True)
class TileGrid:
    """A partition of an image into tiles with halos.

    Parameters
    ----------
    shape : tuple of int
        Image shape (ny, nx).
    size : int
        Side of a tile's core in pixels; 0 gives a single tile.
    halo : int
        Context around the core in pixels.
    """

    shape: tuple[int, int]
    size: int = 1024
    halo: int = 64

    def __post_init__(self) -> None:
        if self.size < 0 or self.halo < 0:
            raise ValueError("tile size and halo must not be negative")

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Number of tiles along y and x."""
        if not self.size:
            return (1, 1)
        return (-(-self.shape[0] // self.size), -(-self.shape[1] // self.size))

    def __len__(self) -> int:
        rows, columns = self.grid_shape
        return rows * columns

    def __iter__(self) -> Iterator[Tile]:
        rows, columns = self.grid_shape
        for row in range(rows):
            for column in range(columns):
                yield self.tile(row, column)

    def tile(self, row: int, column: int) -> Tile:
        """Return the tile at one place of the grid."""
        if not self.size:
            core = Window.whole(self.shape)
        else:
            y0, x0 = row * self.size, column * self.size
            core = Window(y0, y0 + self.size, x0, x0 + self.size).clip(self.shape)
        return Tile(row, column, core, core.grow(self.halo, self.shape))

    def owner(self, y: float, x: float) -> Tile:
        """Return the one tile that owns a pixel position inside the image."""
        if not Window.whole(self.shape).contains(y, x):
            raise ValueError(f"position ({x}, {y}) lies outside the image")
        if not self.size:
            return self.tile(0, 0)
        return self.tile(int((y + 0.5) // self.size), int((x + 0.5) // self.size))
