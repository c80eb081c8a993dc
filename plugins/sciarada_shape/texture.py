"""On which angular scales the brightness varies."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import fft

from sciarada.hooks import FeatureColumn
from sciarada_shape.column import Group
from sciarada_shape.picture import Picture

EDGES = (0.5, 1.5, 2.5, 4, 6, 9, 13, 19, 27, 32)  # cycles over the side
FAINT = 1e-6

COLUMNS = (
    *(
        FeatureColumn(f"power_{n}", f"log of the share of the power at {low:g} to {high:g} cycles")
        for n, (low, high) in enumerate(pairwise(EDGES))
    ),
    FeatureColumn("gradient", "log of the mean gradient over the standard deviation"),
)


def measure(picture: Picture) -> list[float]:
    """Return the features of `COLUMNS`."""
    spread = picture.root.std()
    steps = np.hypot(*np.gradient(picture.root)).mean() * picture.side
    return [
        *_powers(picture.root),
        np.log(steps / (spread + FAINT) + FAINT),
    ]


def _powers(root: np.ndarray) -> np.ndarray:
    """Return the logarithm of the power in each ring of frequencies, over all power."""
    window, ring = _window_and_rings(len(root))
    power = np.abs(fft.fft2((root - root.mean()) * window)) ** 2
    sums = np.bincount(ring.ravel(), power.ravel(), len(EDGES) + 1)[1:-1]
    return np.log(sums / max(power.sum(), FAINT) + FAINT)


@lru_cache(maxsize=8)
def _window_and_rings(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the Hann window, and the ring of each frequency: 0 or the last one for none."""
    along = np.hanning(side)
    cycles = fft.fftfreq(side, 1 / side)
    return np.outer(along, along), np.digitize(np.hypot(cycles[:, None], cycles), EDGES)


GROUP = Group(COLUMNS, measure)
