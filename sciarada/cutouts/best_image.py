"""Find the image among several that shows a sky position, and the pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.directions import unit_vectors

_WIDE = math.radians(60.0)  # an image that reaches further than this is asked about every position


def locate(
    images: Sequence[SkyImage], ra: np.ndarray, dec: np.ndarray, image_index: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return zero-based (x, y) of positions, each in its own image; NaN if it has no image.

    One call of ``sky_to_pixel`` for each image that is used.
    """
    x, y = np.full(len(ra), np.nan), np.full(len(ra), np.nan)
    for number in np.unique(image_index):
        rows = image_index == number
        x[rows], y[rows] = images[number].sky_to_pixel(ra[rows], dec[rows])
    return x, y


def best_image(
    images: Sequence[SkyImage], ra: np.ndarray, dec: np.ndarray, margin: np.ndarray
) -> np.ndarray:
    """Return the number of the image in which each position is furthest from the border.

    Parameters
    ----------
    images : sequence of SkyImage
        Two images that show a position equally well are taken in their order.
    ra, dec : ndarray of float64, shape (n,)
        ICRS degrees.
    margin : ndarray of float64, shape (n_images,)
        How far (arcsec) beyond the border of each image a position may still belong to it.

    Returns
    -------
    ndarray of int32, shape (n,)
        0 for a position that no image is near to.
    """
    best = np.zeros(len(ra), np.int32)
    if len(images) == 1:
        return best
    deepest = np.full(len(ra), -np.inf)
    points = unit_vectors(ra, dec)
    for number, image in enumerate(images):
        rows = np.flatnonzero(_near(image, points, math.radians(margin[number] / 3600.0)))
        depth = _depth(image, ra[rows], dec[rows])
        deeper = depth > deepest[rows]
        best[rows[deeper]] = number
        deepest[rows[deeper]] = depth[deeper]
    return best


def _depth(image: SkyImage, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Return how far (arcsec) positions lie inside the border; negative outside, -inf unseen."""
    x, y = image.sky_to_pixel(ra, dec)
    ny, nx = image.shape
    pixels = np.minimum(np.minimum(x + 0.5, nx - 0.5 - x), np.minimum(y + 0.5, ny - 0.5 - y))
    return np.where(np.isnan(pixels), -np.inf, pixels * image.pixel_scale)


def _near(image: SkyImage, points: np.ndarray, margin: float) -> np.ndarray:
    """Return which points lie in a circle that holds the image and a margin (radians) round it."""
    ny, nx = image.shape
    x = np.array([0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0, 0.5]) * nx - 0.5
    y = np.array([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.5]) * ny - 0.5
    *border, centre = unit_vectors(*image.pixel_to_sky(x, y))
    reach = math.acos(np.clip(np.min(border @ centre), -1.0, 1.0))
    if not reach < _WIDE:
        return np.ones(len(points), bool)
    return points @ centre >= math.cos(min(1.05 * reach + margin, math.pi))
