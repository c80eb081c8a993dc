"""One cutout above its background, and what several measurements need of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

MAD = 1.4826  # standard deviation of normal noise, over its median absolute deviation
BORDER = 16  # the border is the outermost 1/16 on each side
ROUNDING = 1e-6  # of the peak: what is less is no noise, but the rounding of pixels
WIDTH = 1 / 64  # of the Gaussian that smooths a picture, over the side
FLOOR = 1.0  # noise levels above the background from which emission counts


@dataclass(frozen=True)
class Background:
    """Level and noise of a cutout, in the unit of its pixels.

    Parameters
    ----------
    level : float
        The lower of the median of the border and that of all pixels, so that a source which fills
        the cutout is not taken for background; the lowest value if most pixels are saturated.
    noise : float
        1.4826 times the median distance below the level of the pixels that are fainter; 0 where
        none is, as in pictures whose noise was clipped.
    """

    level: float
    noise: float

    @classmethod
    def of(cls, pixels: np.ndarray, valid: np.ndarray) -> Background:
        """Return those of pixels ``(n, n)``, of which some are valid."""
        width = max(1, len(pixels) // BORDER)
        outer = np.ones_like(valid)
        outer[width:-width, width:-width] = False
        values, border = pixels[valid], pixels[valid & outer]
        level = float(np.median(values))
        if len(border):
            level = min(level, float(np.median(border)))
        if level == values.max():  # most of the pixels are saturated
            return cls(float(values.min()), 0.0)
        below = values[values < level]
        return cls(level, MAD * float(np.median(level - below)) if len(below) else 0.0)


@dataclass(frozen=True, eq=False)
class Picture:
    """Brightness of a source relative to its peak.

    Parameters
    ----------
    values : ndarray of float64, shape (n, n)
        From 0 at the background and below, and where pixels are missing, to 1 at the peak.
    valid : ndarray of bool, shape (n, n)
        Whether each pixel is known.
    signal_to_noise : float
        Of the peak; 0 where the background has no noise.
    """

    values: np.ndarray
    valid: np.ndarray
    signal_to_noise: float

    @classmethod
    def of(cls, pixels: np.ndarray) -> Picture | None:
        """Return the picture of pixels ``(n, n)``; None if they are constant or all missing."""
        valid = np.isfinite(pixels)
        known = pixels[valid].astype(np.float64)
        if not len(known) or known.min() == known.max():
            return None
        # So that squares neither overflow nor vanish; a power of 2 rounds nothing, which would
        # move pixels across the level where they are equal to it.
        _, exponent = np.frexp(np.abs(known).max())
        scaled = np.ldexp(np.where(valid, pixels, 0).astype(np.float64), -exponent)
        background = Background.of(scaled, valid)
        height = scaled[valid].max() - background.level
        noise = background.noise if background.noise > ROUNDING * height else 0.0
        floor = min(FLOOR * noise, 0.5 * height)
        values = np.clip((scaled - background.level - floor) / (height - floor), 0, 1)
        ratio = height / noise if noise else 0.0
        return cls(np.where(valid, values, 0), valid, float(ratio))

    @property
    def side(self) -> int:
        """Pixels along a side."""
        return len(self.values)

    @cached_property
    def total(self) -> float:
        """Sum of all values; at least 1, that of the peak."""
        return float(self.values.sum())

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Centroid (y, x) of the values, in pixels."""
        along = np.arange(self.side)
        return (
            float(self.values.sum(axis=1) @ along) / self.total,
            float(self.values.sum(axis=0) @ along) / self.total,
        )

    @cached_property
    def offsets(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances (y, x) of the pixels from the centroid, as a column and a row."""
        along = np.arange(self.side)
        return (along - self.centre[0])[:, None], (along - self.centre[1])[None, :]

    @cached_property
    def radius(self) -> np.ndarray:
        """Distance of each pixel from the centroid, in pixels."""
        return np.hypot(*self.offsets)

    @cached_property
    def root(self) -> np.ndarray:
        """Square roots of the values, which show the faint parts."""
        return np.sqrt(self.values)

    @cached_property
    def smooth(self) -> np.ndarray:
        """The square roots, smoothed by a Gaussian of 1/64 of the side, half a pixel at least."""
        return ndimage.gaussian_filter(self.root, max(WIDTH * self.side, 0.5), truncate=3)

    @cached_property
    def ordered(self) -> np.ndarray:
        """The values of the known pixels in ascending order."""
        return np.sort(self.values[self.valid])
