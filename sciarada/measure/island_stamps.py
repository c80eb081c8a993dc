"""Cut islands out of an image, each with the sky around it and without its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.islands import Island, paste

EXTENDED = 3.0  # beam areas


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
    inside : ndarray of bool
        Where centres of components may lie: there, and on blank pixels of the sky that the
        island encloses or that are as near to it.
    """

    window: Window
    snr: np.ndarray
    rms: float
    background: float
    mask: np.ndarray
    region: np.ndarray
    inside: np.ndarray

    @property
    def summit(self) -> tuple[float, float]:
        """Zero-based (x, y) in the image of the island's highest point, between its pixels."""
        top = np.argmax(np.where(self.mask, self.snr, -np.inf))
        y, x = np.unravel_index(top, self.mask.shape)
        padded = np.pad(self.snr, 1, constant_values=np.nan)
        across, up = padded[y + 1, x : x + 3], padded[y : y + 3, x + 1]
        return self.window.x0 + x + _vertex(across), self.window.y0 + y + _vertex(up)


def cut_islands(
    image: SkyImage,
    model: BackgroundModel,
    tasks: Sequence[IslandTask],
    beam_pixels: Sequence[float],
) -> list[IslandPixels]:
    """Cut islands that lie near each other, reading the image once.

    Parameters
    ----------
    image : SkyImage
    model : BackgroundModel
    tasks : sequence of IslandTask
    beam_pixels : sequence of float
        FWHM in pixels of the beam at each island.
    """
    windows = [
        task.island.window.grow(int(np.ceil(width)) + 1, image.shape)
        for task, width in zip(tasks, beam_pixels, strict=True)
    ]
    canvas = windows[0]
    for window in windows[1:]:
        canvas = canvas.union(window)
    pixels = image.read(canvas)
    models = [
        model.under_diffuse if _is_extended(task.island, width) else model
        for task, width in zip(tasks, beam_pixels, strict=True)
    ]
    above = {each: pixels - each.background(canvas) for each in set(models)}
    cuts = []
    peaks = []
    for task, window, width, each in zip(tasks, windows, beam_pixels, models, strict=True):
        values = above[each][window.slices_in(canvas)].astype(float)
        blank = ~np.isfinite(values)
        usable = ~blank
        mask = paste(window, [(task.island.window, task.island.mask)]) & usable
        others = [
            (other.window, other.mask)
            for other in task.around
            if not (task.island.embedded and other.scale > 1)
        ]
        usable &= ~paste(window, others) | mask
        level = 0.0
        if task.island.embedded:
            ring = ndimage.binary_dilation(mask, _disc(width)) & ~mask & usable
            level = float(np.median(values[ring])) if ring.any() else 0.0
            values -= level
        peak = np.unravel_index(np.argmax(np.where(mask, values, -np.inf)), mask.shape)
        near = ndimage.binary_dilation(mask, _disc(0.5 * width))
        region = near & usable
        inside = region | mask
        if blank.any():
            inside |= ndimage.binary_fill_holes(near) & blank & image.geometry.on_sky(window)
        peaks.append((peak[0] + window.y0, peak[1] + window.x0))
        cuts.append((window, values, level, mask, region, inside))
    y, x = np.array(peaks).T
    levels, noise = model.at(y, x)
    wide = np.array([each is not model for each in models])
    levels[wide] = model.under_diffuse.at(y[wide], x[wide])[0]  # the noise is that of the map
    return [
        IslandPixels(window, values / rms, float(rms), float(below + level), *masks)
        for (window, values, level, *masks), below, rms in zip(cuts, levels, noise, strict=True)
    ]


def _is_extended(island: Island, width: float) -> bool:
    """Return whether the fine background would follow an island; ``width`` is the FWHM of a beam.

    An embedded island has a local level in addition, which would be taken from it twice.
    """
    beam_area = 2 * np.pi * (width / FWHM_PER_SIGMA) ** 2
    large = bool(island.mask.sum() > EXTENDED * beam_area)
    return island.scale > 1 or (large and not island.embedded)


def _vertex(values: np.ndarray) -> float:
    """Return where a Gaussian through three values a pixel apart is highest, from the middle."""
    with np.errstate(all="ignore"):
        below, middle, above = np.log(values)
        offset = 0.5 * (above - below) / (2.0 * middle - above - below)
    return float(np.clip(offset, -0.5, 0.5)) if np.isfinite(offset) else 0.0


def _disc(radius: float) -> np.ndarray:
    """Return a filled disc as a structuring element of at least 3x3 pixels."""
    reach = max(1, round(radius))
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    return x * x + y * y <= reach * reach + 0.5
