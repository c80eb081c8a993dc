"""Rectangular pixel windows: the half-open boxes in which all image work is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Window:
    """A half-open box of pixels, ``[y0, y1) x [x0, x1)``, in zero-based image coordinates.

    Parameters
    ----------
    y0, y1 : int
        First row and one past the last row.
    x0, x1 : int
        First column and one past the last column.
    """

    y0: int
    y1: int
    x0: int
    x1: int

    def __post_init__(self) -> None:
        if self.y1 < self.y0 or self.x1 < self.x0:
            raise ValueError(f"window ends before it starts: {self}")

    @classmethod
    def whole(cls, shape: tuple[int, int]) -> Window:
        """Return the window that covers an array of ``shape`` (ny, nx)."""
        return cls(0, shape[0], 0, shape[1])

    @classmethod
    def from_slices(cls, slices: tuple[slice, slice]) -> Window:
        """Return the window of a ``(rows, columns)`` pair of slices with plain bounds."""
        rows, columns = slices
        return cls(rows.start, rows.stop, columns.start, columns.stop)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return (self.y1 - self.y0, self.x1 - self.x0)

    @property
    def size(self) -> int:
        """Number of pixels."""
        return (self.y1 - self.y0) * (self.x1 - self.x0)

    @property
    def slices(self) -> tuple[slice, slice]:
        """The pair of slices that cuts this window out of the whole image."""
        return (slice(self.y0, self.y1), slice(self.x0, self.x1))

    def slices_in(self, outer: Window) -> tuple[slice, slice]:
        """Return the slices that cut this window out of an array holding ``outer``."""
        return (
            slice(self.y0 - outer.y0, self.y1 - outer.y0),
            slice(self.x0 - outer.x0, self.x1 - outer.x0),
        )

    def grow(self, margin: int, shape: tuple[int, int] | None = None) -> Window:
        """Return the window widened by ``margin`` pixels on each side, clipped to ``shape``."""
        grown = Window(self.y0 - margin, self.y1 + margin, self.x0 - margin, self.x1 + margin)
        return grown if shape is None else grown.clip(shape)

    def shift(self, rows: int, columns: int) -> Window:
        """Return the window moved by so many rows and columns."""
        return Window(self.y0 + rows, self.y1 + rows, self.x0 + columns, self.x1 + columns)

    def clip(self, shape: tuple[int, int]) -> Window:
        """Return the part inside an image of ``shape``; empty windows stay at the border."""
        ny, nx = shape
        y0, x0 = min(max(self.y0, 0), ny), min(max(self.x0, 0), nx)
        return Window(y0, max(min(self.y1, ny), y0), x0, max(min(self.x1, nx), x0))

    def union(self, other: Window) -> Window:
        """Return the smallest window that holds both."""
        return Window(
            min(self.y0, other.y0),
            max(self.y1, other.y1),
            min(self.x0, other.x0),
            max(self.x1, other.x1),
        )

    def overlap(self, other: Window) -> Window | None:
        """Return the common part, or None if there is none."""
        y0, y1 = max(self.y0, other.y0), min(self.y1, other.y1)
        x0, x1 = max(self.x0, other.x0), min(self.x1, other.x1)
        return Window(y0, y1, x0, x1) if y0 < y1 and x0 < x1 else None

    def contains(self, y: float, x: float) -> bool:
        """Return whether a position is inside the window; pixel centres are integers."""
        return self.y0 - 0.5 <= y < self.y1 - 0.5 and self.x0 - 0.5 <= x < self.x1 - 0.5

    def within(self, outer: Window) -> bool:
        """Return whether the window is entirely inside ``outer``."""
        return (
            self.y0 >= outer.y0
            and self.y1 <= outer.y1
            and self.x0 >= outer.x0
            and self.x1 <= outer.x1
        )
