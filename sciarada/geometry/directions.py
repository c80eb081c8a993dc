"""Positions on the sky as unit vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def unit_vectors(ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Return the unit vectors of positions.

    Parameters
    ----------
    ra, dec : float or array_like
        In degrees, of any spherical frame; NaN where unknown.

    Returns
    -------
    ndarray of float64, shape (n, 3)
        Towards x (0, 0), y (90, 0) and z, the pole.

    Examples
    --------
    >>> from sciarada.geometry.directions import unit_vectors
    >>> unit_vectors([0, 0], [0, 90]).round(3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    lon, lat = (np.radians(np.atleast_1d(np.asarray(v, np.float64))) for v in (ra, dec))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
