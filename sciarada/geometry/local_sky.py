"""The sky about one place: offsets on the tangent plane, and how they follow the pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

ARCSEC_PER_RADIAN = 3600.0 * 180.0 / math.pi


def offsets(
    lon0: float | np.ndarray, lat0: float | np.ndarray, lon: np.ndarray, lat: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets to the east and north (arcsec) on the plane tangent at (lon0, lat0)."""
    shift = np.radians(lon - lon0)
    lat0, lat = np.radians(lat0), np.radians(lat)
    east = np.cos(lat) * np.sin(shift)
    # sin(lat - lat0) with a small correction: no loss of digits at small separations
    north = np.sin(lat - lat0) + 2.0 * np.sin(lat0) * np.cos(lat) * np.sin(shift / 2.0) ** 2
    return east * ARCSEC_PER_RADIAN, north * ARCSEC_PER_RADIAN


def cross(x: ArrayLike, y: ArrayLike, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and their four neighbours a step to +x, -x, +y and -y, stacked."""
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    return (
        np.stack([x, x + step, x - step, x, x]),
        np.stack([y, y, y, y + step, y - step]),
    )


def jacobian(
    lon0: float | np.ndarray,
    lat0: float | np.ndarray,
    lon: np.ndarray,
    lat: np.ndarray,
    step: float,
) -> np.ndarray:
    """Return how the sky moves with the pixel.

    Parameters
    ----------
    lon0, lat0 : float or ndarray
        Positions in degrees.
    lon, lat : ndarray, shape (4, ...)
        Those a step to +x, -x, +y and -y. Where one of a pair is off the sky, the difference
        to the other alone counts.
    step : float
        Pixels.

    Returns
    -------
    ndarray of float64, shape (..., 2, 2)
        ``[[dE/dx, dE/dy], [dN/dx, dN/dy]]`` in arcsec per pixel.
    """
    rows = [
        np.stack([_slope(moved[0], moved[1], step), _slope(moved[2], moved[3], step)], axis=-1)
        for moved in offsets(lon0, lat0, lon, lat)
    ]
    return np.stack(rows, axis=-2)


def _slope(ahead: np.ndarray, behind: np.ndarray, step: float) -> np.ndarray:
    """Return the slope through zero from values a step ahead and a step behind."""
    middle = (ahead - behind) / (2.0 * step)
    one_sided = np.where(np.isfinite(ahead), ahead, -behind) / step
    return np.where(np.isfinite(middle), middle, one_sided)


def determinant(matrix: np.ndarray) -> np.ndarray:
    """Return the determinant of 2x2 matrices, NaN where they hold NaN."""
    return matrix[..., 0, 0] * matrix[..., 1, 1] - matrix[..., 0, 1] * matrix[..., 1, 0]
