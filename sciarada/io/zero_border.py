"""Find the zeros with which a program has padded an image: exact zeros joined to its border."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sciarada.core.pixels import Change, ChangedPixels, PixelSource
from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window

TILE = 1024


@dataclass(frozen=True, eq=False)
class ZeroBorder:
    """The padding of an image, as packed masks of tiles.

    Parameters
    ----------
    grid : TileGrid
        Tiles without halo.
    masks : mapping of (row, column) to bytes
        Packed, compressed mask of each tile that has padding.
    size : int
        Number of padded pixels.
    """

    grid: TileGrid
    masks: Mapping[tuple[int, int], bytes]
    size: int

    def blank(self, pixels: np.ndarray, window: Window) -> None:
        """Set the padding in ``pixels``, which cover ``window``, to NaN in place."""
        size = self.grid.size
        rows = range(window.y0 // size, -(-window.y1 // size))
        columns = range(window.x0 // size, -(-window.x1 // size))
        for key in itertools.product(rows, columns):
            core = self.grid.tile(*key).core
            common = core.overlap(window)
            if key in self.masks and common is not None:
                mask = _unpack(self.masks[key], core.shape)[common.slices_in(core)]
                pixels[common.slices_in(window)][mask] = np.nan


@dataclass(frozen=True, eq=False)
class BlankedPixels(ChangedPixels):
    """Pixels of which the padding is missing.

    Parameters
    ----------
    pixels : PixelSource
        The pixels as they are on disk.
    border : ZeroBorder
        What is padding.
    """

    border: ZeroBorder

    def change(self) -> Change:
        """Return what makes the padding of a window NaN."""
        return self.border.blank


def find_zero_border(pixels: PixelSource, tile: int = TILE) -> ZeroBorder | None:
    """Find the exact zeros that are joined, side to side, to the border of an image.

    The search floods inwards from the zeros on the border, tile by tile, so an image without
    them costs a look at its border, and memory stays at a few tiles and one bit per pixel.

    Parameters
    ----------
    pixels : PixelSource
        The image.
    tile : int
        Side of a tile in pixels.

    Returns
    -------
    ZeroBorder or None
        None where no pixel on the border is zero.
    """
    grid = TileGrid(pixels.shape, tile, 0)
    waiting: dict[tuple[int, int], list[np.ndarray]] = defaultdict(list)
    for positions in _border_zeros(pixels):
        for key, inside in _by_tile(grid, positions):
            waiting[key].append(inside)
    masks: dict[tuple[int, int], bytes] = {}
    while waiting:
        key, lists = waiting.popitem()
        core = grid.tile(*key).core
        y, x = np.concatenate(lists).T - np.array([[core.y0], [core.x0]])
        known = _unpack(masks[key], core.shape) if key in masks else np.zeros(core.shape, bool)
        if known[y, x].all():
            continue
        labels, count = ndimage.label(pixels.read(core) == 0)
        wanted = np.zeros(count + 1, bool)
        wanted[labels[y, x]] = True
        wanted[0] = False
        found = wanted[labels]
        fresh = found & ~known
        if not fresh.any():
            continue
        masks[key] = zlib.compress(np.packbits(found | known).tobytes(), 1)
        for positions in _across_edges(fresh, core, pixels.shape):
            for neighbour, inside in _by_tile(grid, positions):
                waiting[neighbour].append(inside)
    if not masks:
        return None
    size = sum(
        int(_unpack(packed, grid.tile(*key).core.shape).sum()) for key, packed in masks.items()
    )
    return ZeroBorder(grid, masks, size)


def _border_zeros(pixels: PixelSource) -> Iterator[np.ndarray]:
    """Yield the (y, x) positions of the zeros along each side of the image."""
    ny, nx = pixels.shape
    for side in (
        Window(0, 1, 0, nx),
        Window(ny - 1, ny, 0, nx),
        Window(0, ny, 0, 1),
        Window(0, ny, nx - 1, nx),
    ):
        zeros = np.argwhere(pixels.read(side) == 0)
        if len(zeros):
            yield zeros + np.array([side.y0, side.x0])


def _across_edges(found: np.ndarray, core: Window, shape: tuple[int, int]) -> Iterator[np.ndarray]:
    """Yield the (y, x) positions just outside a tile that touch the pixels found in it."""
    ny, nx = shape
    rows = np.arange(core.y0, core.y1)
    columns = np.arange(core.x0, core.x1)
    for line, y, x in (
        (found[0], core.y0 - 1, columns),
        (found[-1], core.y1, columns),
        (found[:, 0], rows, core.x0 - 1),
        (found[:, -1], rows, core.x1),
    ):
        y, x = np.broadcast_arrays(y, x)
        keep = line & (y >= 0) & (y < ny) & (x >= 0) & (x < nx)
        if keep.any():
            yield np.column_stack([y[keep], x[keep]])


def _by_tile(grid: TileGrid, positions: np.ndarray) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Yield (y, x) positions along a line grouped by the tile that owns them."""
    tiles = positions // grid.size
    for key in np.unique(tiles, axis=0):
        yield (int(key[0]), int(key[1])), positions[(tiles == key).all(axis=1)]


@functools.lru_cache(maxsize=8)  # neighbouring windows ask for the same tile
def _unpack(packed: bytes, shape: tuple[int, int]) -> np.ndarray:
    bits = np.frombuffer(zlib.decompress(packed), np.uint8)
    return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(bool)
