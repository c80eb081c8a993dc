"""The true rms of the noise at each position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import assemble
from sciarada.simulation.instrument.mosaic import Mosaic
from sciarada.simulation.instrument.tiling import Seams
from sciarada.simulation.instrument.waves import Waves


@dataclass(frozen=True, eq=False)
class NoiseLevel:
    """The rms as a product of the factors of field, ripples, mosaic and tiles.

    Parameters
    ----------
    rms : float
        Where the mosaic is most sensitive and without ripples, in the image's unit.
    ripples : Waves, optional
        Added to the natural logarithm of the rms.
    mosaic : Mosaic, optional
        The rms is divided by its response.
    tiles : Seams, optional
        Added to the natural logarithm of the rms.
    cut : float
        Below this response the rms rises no more.
    """

    rms: float
    ripples: Waves | None = None
    mosaic: Mosaic | None = None
    tiles: Seams | None = None
    cut: float = 0.1

    def __post_init__(self) -> None:
        if not self.rms >= 0:
            raise ValueError(f"the rms must not be negative, but is {self.rms}")

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the rms at zero-based pixel positions, float64, broadcast over x and y."""
        x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), y)
        level = np.full(x.shape, float(self.rms))
        for field in (self.ripples, self.tiles):
            if field is not None:
                level *= np.exp(field.at(x, y))
        if self.mosaic is not None:
            level /= np.maximum(self.mosaic.response(x, y), self.cut)
        return level

    def over(self, window: Window) -> np.ndarray:
        """Return the rms over a window, float32, ``[y, x]``; for a few pixels `at` is faster."""
        if self.ripples is None and self.mosaic is None and self.tiles is None:
            return np.full(window.shape, self.rms, dtype=np.float32)
        return assemble(window, self._block)

    def _block(self, block: Window) -> np.ndarray:
        level = np.full(block.shape, self.rms, dtype=np.float32)
        for field in (self.ripples, self.tiles):
            if field is not None:
                level *= np.exp(field.over(block), dtype=np.float32)
        if self.mosaic is not None:
            level /= np.maximum(self.mosaic.over(block), np.float32(self.cut))
        return level
