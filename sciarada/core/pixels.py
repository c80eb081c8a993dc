"""Pixels behind one small protocol: an image asks for a window and gets a fresh array."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat, tee
from typing import Protocol

import numpy as np

from sciarada.geometry.windows import Window


class PixelSource(Protocol):
    """The source of the pixels of an image.

    A source is picklable, so that a worker process can read its own tiles, and it holds
    no file open and no pixels in memory between two reads.

    A source that reads many windows faster than one by one also has ``read_many``, with the
    arguments and the result of the function `read_many`, which is how to call it.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""


def read_many(
    pixels: PixelSource, windows: Iterable[Window], into: Iterable[np.ndarray] | None = None
) -> Iterator[np.ndarray]:
    """Yield the pixels of many windows, keeping the file open.

    Parameters
    ----------
    pixels : PixelSource
        Where they come from.
    windows : iterable of Window
        Those sorted by row are read fastest.
    into : iterable of ndarray of float32, optional
        One array a window, in which to put its pixels; fresh arrays by default.

    Yields
    ------
    ndarray of float32
        What ``pixels.read`` gives for each window.
    """
    many = getattr(pixels, "read_many", None)
    return _one_by_one(pixels, windows, into) if many is None else many(windows, into)


def _one_by_one(
    pixels: PixelSource, windows: Iterable[Window], into: Iterable[np.ndarray] | None
) -> Iterator[np.ndarray]:
    for window, array in zip(windows, arrays_for(into), strict=False):
        values = pixels.read(window)
        if array is not None:
            array[...] = values
        yield values if array is None else array


def arrays_for(into: Iterable[np.ndarray] | None) -> Iterable[np.ndarray | None]:
    """Return the arrays to read into, or None for ever where each is to be a fresh one."""
    return repeat(None) if into is None else into


def multiplied(pixels: PixelSource, factor: float) -> PixelSource:
    """Return pixels times a factor, as a change of unit needs them.

    A source that can do so itself, without another array, has ``times``.
    """
    times = getattr(pixels, "times", None)
    return ScaledPixels(pixels, factor) if times is None else times(factor)


Change = Callable[[np.ndarray, Window], None]
"""Changes the values of a window in place."""


@dataclass(frozen=True, eq=False)
class ChangedPixels(ABC):
    """Other pixels, of which each window that is read is changed in place.

    Parameters
    ----------
    pixels : PixelSource
        The other pixels.
    """

    pixels: PixelSource

    @abstractmethod
    def change(self) -> Change:
        """Return what changes the windows of one call."""

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.pixels.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""
        return next(self.read_many([window]))

    def read_many(
        self, windows: Iterable[Window], into: Iterable[np.ndarray] | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the result of ``read`` for each window."""
        change = self.change()
        windows, again = tee(windows)
        for window, values in zip(windows, read_many(self.pixels, again, into), strict=True):
            change(values, window)
            yield values


@dataclass(frozen=True, eq=False)
class ScaledPixels(ChangedPixels):
    """Other pixels times a factor.

    Parameters
    ----------
    pixels : PixelSource
    factor : float
    """

    factor: float

    def change(self) -> Change:
        """Return the multiplication."""
        factor = np.float32(self.factor)

        def multiply(values: np.ndarray, window: Window) -> None:
            values *= factor

        return multiply


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


@dataclass(frozen=True, eq=False)
class WindowPixels:
    """A window of other pixels.

    Parameters
    ----------
    whole : PixelSource
    window : Window
        Within ``whole``.
    """

    whole: PixelSource
    window: Window

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.window.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""
        return self.whole.read(window.shift(self.window.y0, self.window.x0))
