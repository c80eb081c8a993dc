"""The pixels of a simulated image, computed when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import assemble
from sciarada.simulation.instrument import Observation
from sciarada.simulation.sources import PixelGaussians, render


@dataclass(frozen=True)
class BlankPixels:
    """Missing pixels: for an image of which only the geometry is needed.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    """

    shape: tuple[int, int]

    def read(self, window: Window) -> np.ndarray:
        """Return a window of NaN."""
        return np.full(window.shape, np.nan, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class SimulatedPixels:
    """Sources and instrumental effects, as pixels of a `~sciarada.core.image.SkyImage`.

    The same pixels come out however the image is cut into windows.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    gaussians : PixelGaussians
        The sources, beam included.
    observation : Observation
        What the instrument adds, and where it has no values.
    """

    shape: tuple[int, int]
    gaussians: PixelGaussians
    observation: Observation

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh float32 array of a window, ``[y, x]``, in Jy/beam."""
        pixels = self.observation.noise(window)
        pixels += self.observation.additive(window)
        pixels += assemble(window, partial(render, self.gaussians))
        pixels[~self.observation.valid(window)] = np.nan
        return pixels
