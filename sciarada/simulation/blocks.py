"""Computed images that give the same pixels however they are cut.

An image that is computed when it is read has to be the same for every tiling, to the last
bit. Rounding inside Fourier transforms and vector instructions depends on the shape of the
array they work on, so pixels are always computed in the same blocks of a grid fixed to the
image, and a window is put together from the blocks that it touches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sciarada.geometry.windows import Window

BLOCK = 512


def assemble(window: Window, compute: Callable[[Window], np.ndarray]) -> np.ndarray:
    """Return the pixels of a window of a computed image.

    Parameters
    ----------
    window : Window
        Any window of the pixel plane; it may lie at negative coordinates.
    compute : callable
        Takes the window of one block, ``BLOCK`` pixels square and aligned to whole multiples
        of ``BLOCK``, and returns its pixels ``[y, x]``.

    Returns
    -------
    ndarray of float32
        A fresh array of the window's shape.
    """
    pixels = np.empty(window.shape, dtype=np.float32)
    for y0 in range(window.y0 // BLOCK * BLOCK, window.y1, BLOCK):
        for x0 in range(window.x0 // BLOCK * BLOCK, window.x1, BLOCK):
            block = Window(y0, y0 + BLOCK, x0, x0 + BLOCK)
            common = block.overlap(window)
            if common is not None:
                pixels[common.slices_in(window)] = compute(block)[common.slices_in(block)]
    return pixels


def strips(shape: tuple[int, int], rows: int = BLOCK) -> Iterator[Window]:
    """Yield the windows of whole rows that make up an image of ``shape`` (ny, nx)."""
    for y0 in range(0, shape[0], rows):
        yield Window(y0, min(y0 + rows, shape[0]), 0, shape[1])
