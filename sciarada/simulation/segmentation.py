"""The true segmentation of a field, painted window by window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import strips
from sciarada.simulation.run_length_masks import RunLengthMasks
from sciarada.simulation.sources import PixelGaussians, brightness

_AT_ONCE = 2_000_000  # values of Gaussians at pixels


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The source that each pixel belongs to: the brightest one.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    layers : tuple of RunLengthMasks
        The owner is the ``source_id``; runs in the order of their rows. Later layers lie on
        top of earlier ones.
    """

    shape: tuple[int, int]
    layers: tuple[RunLengthMasks, ...]

    def read(self, window: Window) -> np.ndarray:
        """Return the labels in a window: int32, ``[y, x]``, 0 where there is no source."""
        labels = np.zeros(window.shape, dtype=np.int32)
        for layer in self.layers:
            near = layer.between(window.y0, window.y1)
            x0, x1 = np.maximum(near.x0, window.x0), np.minimum(near.x1, window.x1)
            near = RunLengthMasks(near.owner, near.y, x0, x1).select(x0 < x1)
            run, y, x = near.pixels()
            labels[y - window.y0, x - window.x0] = near.owner[run]
        return labels


@dataclass(frozen=True, eq=False)
class Brightness:
    """Surface brightness of single sources at single pixels.

    Parameters
    ----------
    drawn : PixelGaussians
        The Gaussians of all sources.
    starts : ndarray of int
        First Gaussian of each source, and one past the last of all.
    """

    drawn: PixelGaussians
    starts: np.ndarray

    def at(self, source: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the brightness of source ``source[i]`` at ``x[i]``, ``y[i]`` in Jy/beam."""
        values = np.empty(len(source))
        order = np.argsort(source, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(source[order])) + 1):
            if not len(rows):
                continue
            first, end = self.starts[source[rows[0]] + np.arange(2)]
            part = self.drawn.select(slice(first, end))
            for few in np.array_split(rows, -(-len(rows) * len(part) // _AT_ONCE)):
                values[few] = brightness(part, x[few], y[few])
        return values


def without_overlap(
    runs: RunLengthMasks, brightness: Brightness, shape: tuple[int, int]
) -> RunLengthMasks:
    """Give each pixel to the brightest of the sources that fill it.

    Parameters
    ----------
    runs : RunLengthMasks
        In the order of their rows, inside the image; the owner is the row of the source.
    brightness : Brightness
        Of the sources.
    shape : tuple of int
        (ny, nx).
    """
    return RunLengthMasks.join(
        [_settle(runs.between(strip.y0, strip.y1), brightness, strip) for strip in strips(shape)]
    )


def _shared(key: np.ndarray) -> np.ndarray:
    """Return which of many pixels, given by number, occur more than once."""
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    shared = np.zeros(len(key), dtype=bool)
    shared[order[1:]] |= same
    shared[order[:-1]] |= same
    return shared


def _settle(runs: RunLengthMasks, brightness: Brightness, strip: Window) -> RunLengthMasks:
    """Return the runs of a strip such that none overlap."""
    run, y, x = runs.pixels()
    key = (y - strip.y0).astype(np.int64) * strip.shape[1] + x
    shared = np.flatnonzero(_shared(key))
    if not len(shared):
        return runs
    owner = runs.owner[run]
    value = brightness.at(owner[shared], x[shared], y[shared])
    # The brightest of each pixel is painted last.
    last = shared[np.lexsort((value, key[shared]))]
    labels = np.full(strip.size, -1, dtype=np.int32)
    labels[key] = owner
    labels[key[last]] = owner[last]
    return RunLengthMasks.of_labels(labels.reshape(strip.shape), strip)
