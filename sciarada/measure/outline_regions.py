"""Outlines of sources on the sky: as text, and how far they reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.precision import degree_decimals
from sciarada.measure.outlines import largest_extent

MIN_DECIMALS = 5


def outline_regions(
    image: SkyImage, outlines: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return outlines in image pixels as polygons on the sky.

    Corners off the sky, as those along the limb of a map may be, are omitted.

    Parameters
    ----------
    image : SkyImage
    outlines : sequence of ndarray, shape (m, 2)
        Corners (x, y) in zero-based pixels.

    Returns
    -------
    regions : ndarray of bytes
        STC-S polygons (ICRS, decimal degrees); empty where fewer than three corners are left.
    extents : ndarray of float64
        Largest angle in arcsec between two corners.
    """
    if not len(outlines):
        return np.empty(0, bytes), np.empty(0)
    ends = np.cumsum([len(ring) for ring in outlines])[:-1]
    sky = np.stack(image.pixel_to_sky(*np.concatenate(outlines).T), axis=-1)
    corners = [ring[np.isfinite(ring[:, 0])] for ring in np.split(sky, ends)]
    decimals = degree_decimals(image.pixel_scale, MIN_DECIMALS)
    return (
        np.array([_polygon(ring, decimals) for ring in corners]),
        np.array([_extent(ring) for ring in corners]),
    )


def _polygon(corners: np.ndarray, decimals: int) -> bytes:
    if len(corners) < 3:
        return b""
    rounded = np.stack([np.round(corners[:, 0], decimals) % 360.0, corners[:, 1]], axis=-1)
    words = " ".join(f"{ra:.{decimals}f} {dec:.{decimals}f}" for ra, dec in rounded.tolist())
    return f"POLYGON ICRS {words}".encode("ascii")


def _extent(corners: np.ndarray) -> float:
    """Return the largest angle (arcsec) between two of some positions (n, 2) in degrees."""
    if not len(corners):
        return np.nan
    lon, lat = np.radians(corners).T
    points = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return float(np.degrees(2.0 * np.arcsin(min(0.5 * largest_extent(points), 1.0)))) * 3600.0
