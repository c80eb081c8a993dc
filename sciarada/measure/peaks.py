"""Peaks of an island: where its Gaussian components start."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def find_peaks(
    snr: np.ndarray, mask: np.ndarray, *, prominence: float, separation: float
) -> np.ndarray:
    """Find the local maxima of an island that noise does not explain.

    Parameters
    ----------
    snr : ndarray, shape (ny, nx)
        Signal to noise.
    mask : ndarray of bool
        The island's pixels.
    prominence : float
        A peak must rise this far, in units of the noise, above the lowest point of the
        straight line to any higher peak that it is close to or behind.
    separation : float
        Peaks nearer than this many pixels to a higher one are the same.

    Returns
    -------
    ndarray of int, shape (n, 2)
        Zero-based (y, x) of the peaks in the island's window, highest first; never empty
        for a mask with a pixel.
    """
    inside = np.where(mask, snr, -np.inf)
    # what is blank parts nothing: the line between two peaks is seen where there are pixels
    seen = np.where(np.isnan(snr), np.inf, inside)
    highest = np.unravel_index(np.argmax(inside), inside.shape)
    tops = (ndimage.maximum_filter(inside, size=3, mode="constant", cval=-np.inf) == inside) & mask
    candidates = np.argwhere(tops)
    if len(candidates) <= 1:
        return np.array([highest])
    order = np.argsort(-inside[tuple(candidates.T)], kind="stable")
    kept: list[np.ndarray] = []
    for candidate in candidates[order]:
        if all(_stands_apart(seen, candidate, other, prominence, separation) for other in kept):
            kept.append(candidate)
    return np.array(kept)


def lowest_between(values: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """Return the smallest value on the straight line between two (y, x) positions."""
    steps = max(2, int(np.ceil(np.abs(np.asarray(other) - np.asarray(one)).max())) + 1)
    y, x = (np.rint(np.linspace(a, b, steps)).astype(int) for a, b in zip(one, other, strict=True))
    ny, nx = values.shape
    return float(values[np.clip(y, 0, ny - 1), np.clip(x, 0, nx - 1)].min())


def _stands_apart(
    snr: np.ndarray, peak: np.ndarray, higher: np.ndarray, prominence: float, separation: float
) -> bool:
    if np.hypot(*(peak - higher)) < separation:
        return False
    return snr[tuple(peak)] - lowest_between(snr, peak, higher) >= prominence
