"""The correlation of the noise at islands, where it follows the sky and not the pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.measure.correlation import NoiseCorrelation, stretches
from sciarada.measure.islands import Island
from sciarada.measure.local_beams import middle_pixel

STEP = 0.05  # of the logarithm of lengths: noises that differ by less are one


def island_noises(
    image: SkyImage, noise: NoiseCorrelation, islands: Sequence[Island]
) -> list[NoiseCorrelation]:
    """Return the correlation of the noise at each island; equal ones are one object."""
    if noise.shape is None or not noise.follows_sky or not islands:
        return [noise] * len(islands)
    stretch = stretches(image, *np.array([middle_pixel(island) for island in islands]).T)
    shapes = np.swapaxes(stretch, 1, 2) @ noise.shape @ stretch
    known: dict[bytes, NoiseCorrelation] = {}
    return [
        known.setdefault(shape.tobytes(), NoiseCorrelation(shape)) for shape in _stepped(shapes)
    ]


def _stepped(shapes: np.ndarray) -> np.ndarray:
    """Return precision matrices (n, 2, 2) rounded to steps, so that few are different."""
    lower = np.linalg.cholesky(shapes)
    diagonal = np.exp(STEP * np.rint(np.log(np.diagonal(lower, axis1=1, axis2=2)) / STEP))
    unit = np.sqrt(diagonal.prod(axis=1)) * STEP
    rounded = np.zeros_like(lower)
    rounded[:, [0, 1], [0, 1]] = diagonal
    rounded[:, 1, 0] = unit * np.rint(lower[:, 1, 0] / unit)
    return rounded @ np.swapaxes(rounded, 1, 2)
