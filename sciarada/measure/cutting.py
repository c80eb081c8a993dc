"""Cut islands out of an image, each with the sky around it and without its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.core.windows import Window
from sciarada.measure.background import BackgroundModel
from sciarada.measure.islands import Island, paste


@dataclass(frozen=True, eq=False)
class IslandTask:
    """One island and the others that have pixels around it."""

    island: Island
    around: Sequence[Island]


@dataclass(frozen=True, eq=False)
class IslandPixels:
    """The pixels of one island and of the sky around it.

    Parameters
    ----------
    window : Window
        Box in image pixels; wider than the island by about a beam.
    snr : ndarray, shape (ny, nx)
        Background-subtracted pixels divided by ``rms``; NaN where there is none.
    rms : float
        Local noise at the island's peak, in the image's unit.
    background : float
        What was subtracted at the peak, in the image's unit.
    mask : ndarray of bool
        The island.
    region : ndarray of bool
        Pixels that take part in fits: the island and about half a beam around it, without
        the pixels of other islands.
    """

    window: Window
    snr: np.ndarray
    rms: float
    background: float
    mask: np.ndarray
    region: np.ndarray


def cut_islands(
    image: SkyImage, model: BackgroundModel, tasks: Sequence[IslandTask], beam_pixels: float
) -> list[IslandPixels]:
    """Cut islands that lie near each other, reading the image once.

    Parameters
    ----------
    image : SkyImage
    model : BackgroundModel
    tasks : sequence of IslandTask
    beam_pixels : float
        FWHM of the beam in pixels.
    """
    margin = int(np.ceil(beam_pixels)) + 1
    windows = [task.island.window.grow(margin, image.shape) for task in tasks]
    canvas = windows[0]
    for window in windows[1:]:
        canvas = canvas.union(window)
    background = model.background(canvas)
    pixels = image.read(canvas) - background
    near, wide = _disc(0.5 * beam_pixels), _disc(beam_pixels)

    cuts = []
    peaks = []
    for task, window in zip(tasks, windows, strict=True):
        values = pixels[window.slices_in(canvas)].astype(float)
        usable = np.isfinite(values)
        mask = paste(window, [(task.island.window, task.island.mask)]) & usable
        others = [
            (other.window, other.mask)
            for other in task.around
            if not (task.island.embedded and other.scale > 1)
        ]
        usable &= ~paste(window, others) | mask
        level = 0.0
        if task.island.embedded:
            ring = ndimage.binary_dilation(mask, wide) & ~mask & usable
            level = float(np.median(values[ring])) if ring.any() else 0.0
            values -= level
        peak = np.unravel_index(np.argmax(np.where(mask, values, -np.inf)), mask.shape)
        region = ndimage.binary_dilation(mask, near) & usable
        peaks.append((peak[0] + window.y0, peak[1] + window.x0))
        cuts.append((window, values, level, mask, region))
    y, x = np.array(peaks).T
    levels, noise = model.at(y, x)
    return [
        IslandPixels(window, values / rms, float(rms), float(below + level), mask, region)
        for (window, values, level, mask, region), below, rms in zip(
            cuts, levels, noise, strict=True
        )
    ]


def _disc(radius: float) -> np.ndarray:
    """Return a filled disc as a structuring element of at least 3x3 pixels."""
    reach = max(1, round(radius))
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    return x * x + y * y <= reach * reach + 0.5
