"""The brightness stretch that all pictures of a run share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FLOOR = -2.0  # noise levels below the background that are black
SOFTENING = 3.0  # noise levels up to which the stretch is nearly linear
MIN_RANGE = 25.0  # noise levels between black and white at the least
BRIGHT = 99.8  # percentile of the pixels that is white
SAMPLE = 250_000  # pixels looked at to find the limits


@dataclass(frozen=True)
class Stretch:
    """An asinh stretch: linear in the noise, logarithmic in the bright sources.

    Parameters
    ----------
    low, high : float
        Values shown as black and as white.
    softening : float
        Height above ``low`` at which the stretch turns from linear to logarithmic.
    """

    low: float
    high: float
    softening: float

    def __post_init__(self) -> None:
        if not (self.low < self.high < math.inf and 0 < self.softening < math.inf):
            raise ValueError(f"a stretch needs low < high and a positive softening: {self}")

    @classmethod
    def fit(cls, values: np.ndarray, rms: float | None = None) -> Stretch:
        """Return the stretch that suits an image.

        Parameters
        ----------
        values : ndarray
            Pixels, NaN where missing; a reduced copy of the image is enough.
        rms : float, optional
            Noise; estimated from the faint half of the pixels where it is None, NaN or 0.
        """
        sample = values.ravel()[:: max(1, values.size // SAMPLE)]
        sample = sample[np.isfinite(sample)].astype(np.float64)
        if not sample.size:
            return cls(0.0, 1.0, 1.0)
        faint, centre, bright = np.percentile(sample, [15.865, 50.0, BRIGHT]).tolist()
        # A noise that is lost beside the level it lies on shows nothing.
        noise = next((n for n in (rms, centre - faint) if _usable(n) and centre + n > centre), None)
        if noise is None:
            noise = float(np.ptp(sample)) / MIN_RANGE or abs(centre) or 1.0
        low = centre + FLOOR * noise
        return cls(low, max(bright, low + MIN_RANGE * noise), SOFTENING * noise)

    def __call__(self, values: ArrayLike) -> np.ndarray:
        """Return levels from 0 (black) to 1 (white), NaN where ``values`` is."""
        heights = (np.asarray(values) - self.low) / self.softening
        return np.clip(np.arcsinh(heights) / self._top, 0.0, 1.0)

    def levels(self, values: np.ndarray) -> np.ndarray:
        """Return levels as uint8, 0 where ``values`` is NaN.

        The same curve as a call, ten times faster on float32: values below ``low`` are raised
        to it first, and then asinh h = log(h + sqrt(h^2 + 1)) loses no digits.
        """
        heights = np.fmax(values, np.float32(self.low))
        np.fmin(heights, np.float32(self.high), out=heights)
        heights -= np.float32(self.low)
        heights /= np.float32(self.softening)
        logs = heights * heights
        logs += 1.0
        np.sqrt(logs, out=logs)
        logs += heights
        np.log(logs, out=logs)
        logs *= 255.0 / self._top
        logs += 0.5
        return np.minimum(logs, 255.0).astype(np.uint8)

    def value(self, level: float) -> float:
        """Return the value displayed at a level from 0 to 1."""
        return self.low + self.softening * math.sinh(level * self._top)

    @property
    def _top(self) -> float:
        return math.asinh((self.high - self.low) / self.softening)


def _usable(noise: float | None) -> bool:
    return noise is not None and 0.0 < noise < math.inf
