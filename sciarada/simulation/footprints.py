"""Footprints of sources without noise, and the quantities counted in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from sciarada.core.image import SkyImage
from sciarada.measure.outlines import outlines
from sciarada.simulation.run_length_masks import RunLengthMasks
from sciarada.simulation.sources import PixelGaussians, brightest, render
from sciarada.simulation.topology import count_islands_and_peaks

THRESHOLD = 3.0  # of a footprint, in units of the local rms; at most half the source's peak
ISLAND = 4.0  # of Radio Galaxy Zoo's components, in units of the local rms
PROMINENCE, RELATIVE_PROMINENCE = 3.0, 0.05  # of a peak: in units of the rms, and of its height
_TURN = np.linspace(0, 2 * np.pi, 16, endpoint=False)
_EQUAL_AREA = np.sqrt(2 * np.pi / (16 * np.sin(2 * np.pi / 16)))  # of a polygon and a circle
_DIRECTIONS = np.linspace(0, np.pi, 36, endpoint=False)


@dataclass(frozen=True, eq=False)
class Footprints:
    """The footprints of the sources of a field, each alone and without noise.

    Parameters
    ----------
    peak : ndarray
        Highest surface brightness in Jy/beam.
    runs : RunLengthMasks
        Pixels inside the image; the owner is the row of the source.
    outlines : list of ndarray
        Vertices (x, y) of the line around the pixels, the convex hull where there are several
        parts; None for a source without pixels inside.
    n_islands, n_peaks : ndarray of int
        Connected regions above ``ISLAND`` times the rms, and peaks in them.
    extent : ndarray
        Largest extent of these regions together, in pixels.
    """

    peak: np.ndarray
    runs: RunLengthMasks
    outlines: list[np.ndarray]
    n_islands: np.ndarray
    n_peaks: np.ndarray
    extent: np.ndarray


def footprints(
    drawn: PixelGaussians, source: np.ndarray, rms: np.ndarray, image: SkyImage
) -> Footprints:
    """Return the footprints of sources.

    Parameters
    ----------
    drawn : PixelGaussians
        The Gaussians of all sources.
    source : ndarray of int
        Row of the source of each Gaussian, in ascending order; each source has one at least.
    rms : ndarray
        Noise at each source in Jy/beam.
    image : SkyImage
        Gives the shape; its pixels are not read.
    """
    count = len(rms)
    starts = np.searchsorted(source, np.arange(count + 1))
    single = np.flatnonzero(np.diff(starts) == 1)
    peak, extent = np.zeros(count), np.zeros(count)
    n_islands, n_peaks = np.zeros((2, count), dtype=np.int64)
    rings = [np.empty((0, 2))] * count

    ellipses = drawn.select(starts[single])
    peak[single] = ellipses.peak
    level = np.minimum(THRESHOLD * rms[single], 0.5 * ellipses.peak)
    parts = [_owned(ellipse_runs(ellipses, level, image.shape), single)]
    parts[0] = RunLengthMasks.join([parts[0], _one_pixel(ellipses, single, parts[0], image.shape)])
    island = ISLAND * rms[single]
    bright = ellipse_runs(ellipses, island, image.shape).count(len(single)) > 0
    n_islands[single] = n_peaks[single] = bright
    extent[single] = np.where(bright, 2 * _reach(ellipses, island) * _longest_sigma(ellipses), 0)
    inside = parts[0].count(count)[single] > 0
    for row, ring, seen in zip(single, _ellipses(ellipses, level), inside, strict=True):
        if seen:
            rings[row] = ring

    for row in np.setdiff1d(np.arange(count), single):
        part = drawn.select(slice(starts[row], starts[row + 1]))
        window = part.window().clip(image.shape)
        peak[row] = brightest(part)
        if not window.size:
            continue
        model = render(part, window)
        peak[row] = max(peak[row], model.max())
        mask = model >= min(THRESHOLD * rms[row], 0.5 * peak[row])
        if not mask.any():
            continue
        parts.append(RunLengthMasks.of_mask(mask, window, row))
        rings[row] = _outline(mask) + np.array([window.x0, window.y0])
        island = ISLAND * rms[row]
        n_islands[row], n_peaks[row] = count_islands_and_peaks(
            model, island, PROMINENCE * rms[row], RELATIVE_PROMINENCE
        )
        extent[row] = _extent(RunLengthMasks.of_mask(model >= island, window))
    return Footprints(peak, RunLengthMasks.join(parts), rings, n_islands, n_peaks, extent)


def ellipse_runs(
    gaussians: PixelGaussians, level: np.ndarray, shape: tuple[int, int]
) -> RunLengthMasks:
    """Return the pixels at which each of many Gaussians is at its level or above.

    Parameters
    ----------
    gaussians : PixelGaussians
        Each alone.
    level : ndarray
        One per Gaussian.
    shape : tuple of int
        (ny, nx) of the image, in which the runs stay.
    """
    reach = _reach(gaussians, level)
    high = reach * np.sqrt(gaussians.yy)
    first = np.maximum(np.ceil(gaussians.y - high), 0).astype(np.int64)
    last = np.minimum(np.floor(gaussians.y + high), shape[0] - 1).astype(np.int64)
    number = np.where(gaussians.peak >= level, np.maximum(last - first + 1, 0), 0)
    owner = np.repeat(np.arange(len(gaussians)), number)
    y = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number) + first[owner]
    g = gaussians.select(owner)
    dy = y - g.y
    # A cut through a Gaussian along a row is a Gaussian with a centre and width of its own.
    middle = g.x + g.xy / g.yy * dy
    width2 = g.xx - g.xy**2 / g.yy
    half = np.sqrt(np.maximum(width2 * (reach[owner] ** 2 - dy**2 / g.yy), 0.0))
    x0 = np.maximum(np.ceil(middle - half), 0)
    x1 = np.minimum(np.floor(middle + half), shape[1] - 1) + 1
    return RunLengthMasks(owner, y, x0, x1).select(x1 > x0)


def _reach(gaussians: PixelGaussians, level: np.ndarray) -> np.ndarray:
    """Return how many sigmas out each Gaussian falls to its level; 0 where it is below."""
    return np.sqrt(2 * np.log(np.maximum(gaussians.peak / level, 1.0)))


def _owned(runs: RunLengthMasks, owners: np.ndarray) -> RunLengthMasks:
    return RunLengthMasks(owners[runs.owner], runs.y, runs.x0, runs.x1)


def _one_pixel(
    gaussians: PixelGaussians, owners: np.ndarray, runs: RunLengthMasks, shape: tuple[int, int]
) -> RunLengthMasks:
    """Return the nearest pixel of Gaussians so narrow that no pixel centre is within them."""
    missing = ~np.isin(owners, runs.owner)
    x, y = np.rint(gaussians.x[missing]), np.rint(gaussians.y[missing])
    inside = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    return RunLengthMasks(owners[missing], y, x, x + 1).select(inside)


def _longest_sigma(gaussians: PixelGaussians) -> np.ndarray:
    """Return the standard deviation along the major axis in pixels."""
    middle = (gaussians.xx + gaussians.yy) / 2
    return np.sqrt(middle + np.hypot((gaussians.xx - gaussians.yy) / 2, gaussians.xy))


def _ellipses(gaussians: PixelGaussians, level: np.ndarray) -> np.ndarray:
    """Return polygons (n, m, 2) for the lines where Gaussians fall to their levels."""
    covariance = np.stack(
        [gaussians.xx, gaussians.xy, gaussians.xy, gaussians.yy], axis=-1
    ).reshape(-1, 2, 2)
    circle = _EQUAL_AREA * np.stack([np.cos(_TURN), np.sin(_TURN)])
    offset = np.linalg.cholesky(covariance) @ circle * _reach(gaussians, level)[:, None, None]
    centre = np.stack([gaussians.x, gaussians.y], axis=-1)
    return centre[:, None, :] + offset.transpose(0, 2, 1)


def _outline(mask: np.ndarray) -> np.ndarray:
    """Return the outline (n, 2) of a mask, or the convex hull of one in several parts."""
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    rings = outlines([parts == i for i in range(1, count + 1)])
    if count == 1:
        return rings[0]
    corners = np.concatenate(rings)
    return corners[ConvexHull(corners).vertices]


def _extent(runs: RunLengthMasks) -> float:
    """Return the largest extent in pixels over directions 5 degrees apart; 0 for no pixels."""
    if not len(runs):
        return 0.0
    x, y = np.concatenate([runs.x0, runs.x1 - 1]), np.concatenate([runs.y, runs.y])
    along = np.outer(np.cos(_DIRECTIONS), x) + np.outer(np.sin(_DIRECTIONS), y)
    return float(np.ptp(along, axis=1).max())
