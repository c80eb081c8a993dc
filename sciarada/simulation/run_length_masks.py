"""Pixel masks of many objects as horizontal runs, which take little memory on a large image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import BLOCK, strips


@dataclass(frozen=True, eq=False)
class RunLengthMasks:
    """Rows of neighbouring pixels, each of which belongs to one object.

    Parameters
    ----------
    owner : ndarray of int
        Which object.
    y : ndarray of int
        Image row.
    x0, x1 : ndarray of int
        First column and one past the last; no run is empty.
    """

    owner: np.ndarray
    y: np.ndarray
    x0: np.ndarray
    x1: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            value = np.asarray(getattr(self, field.name), dtype=np.int32)
            object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.y)

    @classmethod
    def empty(cls) -> RunLengthMasks:
        """Return no runs."""
        return cls(*(np.zeros(0, dtype=np.int32) for _ in range(4)))

    @classmethod
    def of_mask(cls, mask: np.ndarray, window: Window, owner: int = 0) -> RunLengthMasks:
        """Return the set pixels of a mask ``[y, x]`` that fills a window, row by row."""
        return cls._where_changing(np.pad(mask, ((0, 0), (1, 1))), window, owner)

    @classmethod
    def of_labels(cls, labels: np.ndarray, window: Window) -> RunLengthMasks:
        """Return the pixels of a label image that are not -1; labels are the owners."""
        padded = np.pad(labels, ((0, 0), (1, 1)), constant_values=-1)
        change = padded[:, 1:] != padded[:, :-1]
        y, first = np.nonzero(change & (padded[:, 1:] >= 0))
        last = np.nonzero(change & (padded[:, :-1] >= 0))[1]
        return cls(labels[y, first], y + window.y0, first + window.x0, last + window.x0)

    @classmethod
    def _where_changing(cls, padded: np.ndarray, window: Window, owner: int) -> RunLengthMasks:
        change = padded[:, 1:] != padded[:, :-1]
        y, first = np.nonzero(change & padded[:, 1:])
        last = np.nonzero(change & padded[:, :-1])[1]
        return cls(np.full(len(y), owner), y + window.y0, first + window.x0, last + window.x0)

    @classmethod
    def join(cls, parts: Sequence[RunLengthMasks]) -> RunLengthMasks:
        """Return the runs of several together, in the order of their rows."""
        if not parts:
            return cls.empty()
        columns = (np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls))
        joined = cls(*columns)
        return joined.select(np.argsort(joined.y, kind="stable"))

    def select(self, rows: np.ndarray | slice) -> RunLengthMasks:
        """Return some of the runs (indices, a slice or a mask)."""
        return RunLengthMasks(*(getattr(self, field.name)[rows] for field in fields(self)))

    def between(self, y0: int, y1: int) -> RunLengthMasks:
        """Return the runs of rows ``y0`` to ``y1 - 1``; the runs are in the order of rows."""
        return self.select(slice(*np.searchsorted(self.y, [y0, y1])))

    @property
    def lengths(self) -> np.ndarray:
        """Pixels of each run."""
        return self.x1 - self.x0

    def pixels(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the run, the row and the column of each pixel, run after run."""
        lengths = self.lengths
        run = np.repeat(np.arange(len(self)), lengths)
        step = np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return run, self.y[run], self.x0[run] + step

    def count(self, owners: int) -> np.ndarray:
        """Return the number of pixels of owners 0 to ``owners - 1``."""
        counts = np.bincount(self.owner, weights=self.lengths, minlength=owners)
        return counts.astype(np.int64)

    def boxes(self, owners: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return x_min, x_max, y_min, y_max of owners 0 to ``owners - 1``, all inclusive.

        An owner without pixels has the largest integer as minimum and -1 as maximum.
        """
        low = np.full((2, owners), np.iinfo(np.int32).max)
        high = np.full((2, owners), -1)
        np.minimum.at(low[0], self.owner, self.x0)
        np.maximum.at(high[0], self.owner, self.x1 - 1)
        np.minimum.at(low[1], self.owner, self.y)
        np.maximum.at(high[1], self.owner, self.y)
        return low[0], high[0], low[1], high[1]

    def where(
        self, valid: Callable[[Window], np.ndarray], shape: tuple[int, int], rows: int = BLOCK
    ) -> RunLengthMasks:
        """Return the parts of the runs on valid pixels.

        Parameters
        ----------
        valid : callable
            Takes a window and returns a mask ``[y, x]``.
        shape : tuple of int
            (ny, nx) of the image; the runs lie within, in the order of their rows.
        rows : int
            How many image rows to look at together.
        """
        parts = []
        for strip in strips(shape, rows):
            there, mask = self.between(strip.y0, strip.y1), valid(strip)
            parts.append(there if mask.all() else there._cut(mask, strip))
        return RunLengthMasks.join(parts)

    def _cut(self, mask: np.ndarray, strip: Window) -> RunLengthMasks:
        """Return the runs cut where a mask is not set."""
        run, y, x = self.pixels()
        kept = mask[y - strip.y0, x - strip.x0]
        run, x = run[kept], x[kept]
        starts = np.flatnonzero(
            np.diff(run, prepend=-1).astype(bool) | (np.diff(x, prepend=-2) != 1)
        )
        ends = np.append(starts[1:], len(run)) - 1 if len(run) else starts
        return RunLengthMasks(self.owner[run[starts]], self.y[run[starts]], x[starts], x[ends] + 1)


def connected(runs: RunLengthMasks) -> tuple[int, np.ndarray]:
    """Join runs that touch, also corner to corner, whoever owns them.

    Parameters
    ----------
    runs : RunLengthMasks
        In the order of their rows and, in a row, of their columns; none overlap.

    Returns
    -------
    count : int
        Number of connected regions.
    region : ndarray of int
        Region of each run, 0 to ``count - 1``.
    """
    if not len(runs):
        return 0, np.zeros(0, dtype=np.int64)
    # One number per place, rows far enough apart that runs of one never reach into the next.
    width = int(runs.x1.max()) + 3
    start = runs.y.astype(np.int64) * width + runs.x0
    end = start + runs.lengths
    # In the row above, those that end at my first column or later and start by my end.
    first = np.searchsorted(end, start - width)
    last = np.searchsorted(start, end - width, side="right")
    number = np.maximum(last - first, 0)
    below = np.repeat(np.arange(len(runs)), number)
    above = np.arange(len(below)) - np.repeat(np.cumsum(number) - number, number) + first[below]
    beside = np.flatnonzero(start[1:] == end[:-1])
    links = np.concatenate([below, beside]), np.concatenate([above, beside + 1])
    graph = coo_array((np.ones(len(links[0]), bool), links), shape=(len(runs), len(runs)))
    return connected_components(graph, directed=False)
