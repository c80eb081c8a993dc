"""The pixels that a source would fill if there were no noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull

from sciarada.core.image import SkyImage
from sciarada.measure.outlines import outlines
from sciarada.measure.tabulate import outline_regions
from sciarada.simulate.sources import PixelGaussians, brightest, render

THRESHOLD = 3.0  # in units of the local rms; at most half the source's peak
_TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)


@dataclass(frozen=True, eq=False)
class Footprints:
    """The footprint of each source of a field.

    Parameters
    ----------
    peak : ndarray
        Highest surface brightness of the source alone, in Jy/beam.
    n_pix : ndarray of int
        Number of pixels.
    x_min, x_max, y_min, y_max : ndarray of int
        First and last column and row.
    s_region : ndarray of str
        Outline as an STC-S polygon; the convex hull where there are several parts.
    """

    peak: np.ndarray
    n_pix: np.ndarray
    x_min: np.ndarray
    x_max: np.ndarray
    y_min: np.ndarray
    y_max: np.ndarray
    s_region: np.ndarray


def footprints(
    drawn: PixelGaussians, source: np.ndarray, rms: np.ndarray, image: SkyImage
) -> Footprints:
    """Return the footprints of sources inside an image.

    Parameters
    ----------
    drawn : PixelGaussians
        The Gaussians of all sources.
    source : ndarray of int
        Row of the source of each Gaussian, in ascending order; each source has one at least.
    rms : ndarray
        Noise at each source in Jy/beam.
    image : SkyImage
        Gives the shape and the WCS; its pixels are not read.
    """
    starts = np.searchsorted(source, np.arange(len(rms) + 1))
    peaks, counts, boxes, rings = [], [], [], []
    for first, end, noise in zip(starts[:-1], starts[1:], rms, strict=True):
        part = drawn.select(slice(first, end))
        window = part.window().clip(image.shape)
        model = render(part, window)
        threshold = min(THRESHOLD * noise, 0.5 * model.max())
        mask = model >= threshold
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        peaks.append(max(brightest(part), model.max()))
        counts.append(np.count_nonzero(mask))
        boxes.append((*(columns[[0, -1]] + window.x0), *(rows[[0, -1]] + window.y0)))
        if len(part) == 1:
            rings.append(_ellipse(part, threshold))
        else:
            rings.append(_outline(mask) + np.array([window.x0, window.y0]))
    box = np.array(boxes, dtype=np.int64).reshape(-1, 4)
    return Footprints(
        np.array(peaks, dtype=np.float64),
        np.array(counts, dtype=np.int64),
        *box.T,
        outline_regions(image, rings),
    )


def _outline(mask: np.ndarray) -> np.ndarray:
    """Return the outline (n, 2) of a mask, or the convex hull of one in several parts."""
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    rings = outlines([parts == i for i in range(1, count + 1)])
    if count == 1:
        return rings[0]
    corners = np.concatenate(rings)
    return corners[ConvexHull(corners).vertices]


def _ellipse(gaussian: PixelGaussians, threshold: float) -> np.ndarray:
    """Return points (n, 2) on the line where one Gaussian falls to a threshold."""
    covariance = np.array([[gaussian.xx[0], gaussian.xy[0]], [gaussian.xy[0], gaussian.yy[0]]])
    radius = np.sqrt(2 * np.log(gaussian.peak[0] / threshold))
    circle = radius * np.stack([np.cos(_TURN), np.sin(_TURN)])
    centre = np.array([gaussian.x[0], gaussian.y[0]])
    return centre + (np.linalg.cholesky(covariance) @ circle).T
