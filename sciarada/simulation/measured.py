"""The measured noise of a real image, and its valid pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel
from sciarada.simulation.instrument import Observation


@dataclass(frozen=True, eq=False)
class MeasuredLevel:
    """The rms of an image as it was measured.

    Parameters
    ----------
    background : BackgroundModel
        Background and rms on a mesh.
    """

    background: BackgroundModel

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the rms at zero-based pixel positions."""
        return self.background.at(y, x)[1].astype(np.float64)

    def over(self, window: Window) -> np.ndarray:
        """Return the rms over a window, ``[y, x]``."""
        return self.background.rms(window)


@dataclass(frozen=True, eq=False)
class MeasuredObservation:
    """A real image in the manner of `~sciarada.simulation.instrument.Observation`.

    Which of its features are artefacts is not known, so it has none.

    Parameters
    ----------
    image : SkyImage
        As it was before anything was put into it.
    background : BackgroundModel
        Its background and noise.
    """

    image: SkyImage
    background: BackgroundModel

    @property
    def level(self) -> MeasuredLevel:
        """The measured rms."""
        return MeasuredLevel(self.background)

    def artefacts(self, window: Window) -> np.ndarray:
        """Return zeros, float32, ``[y, x]``."""
        return np.zeros(window.shape, dtype=np.float32)

    def emission(self, window: Window) -> np.ndarray:
        """Return the measured background, float32, ``[y, x]``."""
        return self.background.background(window)

    def valid(self, window: Window) -> np.ndarray:
        """Return which pixels have a value, bool, ``[y, x]``."""
        return np.isfinite(self.image.read(window))


AnyObservation = Observation | MeasuredObservation
"""What an image has beside its sources: drawn, or measured."""
