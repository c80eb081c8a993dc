"""Pixels behind one small protocol: an image asks for a window and gets a fresh array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sciarada.core.windows import Window


class PixelSource(Protocol):
    """Where the pixels of an image come from.

    A source is picklable, so that a worker process can read its own tiles, and it holds
    no file open and no pixels in memory between two reads.

    A source that reads many windows faster than one by one also has ``read_many(windows)``,
    which gives what ``read`` gives for each of them in turn; `read_many` is how to call it.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""


def read_many(pixels: PixelSource, windows: Iterable[Window]) -> Iterator[np.ndarray]:
    """Give the pixels of many windows, one fresh array each, with the file kept open meanwhile.

    Windows sorted by row are read fastest.
    """
    many = getattr(pixels, "read_many", None)
    return map(pixels.read, windows) if many is None else many(windows)


@dataclass(frozen=True, eq=False)
class ArrayPixels:
    """Pixels that are already in memory.

    Parameters
    ----------
    data : ndarray
        Two-dimensional, ``[y, x]``, of any numeric type; NaN marks missing pixels.
    """

    data: np.ndarray

    def __post_init__(self) -> None:
        if self.data.ndim != 2 or self.data.dtype.kind not in "fiub":
            raise ValueError(
                f"pixels need a two-dimensional array of numbers, "
                f"not {self.data.ndim}-D {self.data.dtype}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.data.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""
        return np.array(self.data[window.slices], dtype=np.float32, order="C")
