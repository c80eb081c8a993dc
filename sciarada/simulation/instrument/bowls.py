"""The negative bowls around extended emission, where an array has no short baselines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.simulation.sources import PixelGaussians, render

_MERGE = 0.25  # emission within this share of the largest scale is one bowl
_FAINTEST = 0.02  # of the rms; shallower bowls are omitted


@dataclass(frozen=True, eq=False)
class Bowls:
    """Negative bowls caused by missing short spacings.

    Spacings shorter than those of the array carry the emission smoothed with a Gaussian as
    broad as the largest scale that it sees; without them this is missing. Deconvolution brings
    it back for compact sources, so only the resolved part of each Gaussian counts.

    Parameters
    ----------
    gaussians : PixelGaussians
        Of negative peak.
    """

    gaussians: PixelGaussians

    @classmethod
    def around(
        cls, drawn: PixelGaussians, beam: np.ndarray, share: float, scale: float, rms: float
    ) -> Self | None:
        """Return the bowls of sources, or None if there are none.

        Parameters
        ----------
        drawn : PixelGaussians
            The sources, beam included.
        beam : ndarray, shape (2, 2)
            Covariance of the beam in pixels^2.
        share : float
            Of the missing emission that deconvolution has not brought back.
        scale : float
            FWHM of the smoothing in pixels.
        rms : float
            Bowls much shallower than this are omitted.
        """
        area = np.sqrt(drawn.xx * drawn.yy - drawn.xy**2)
        point = math.sqrt(np.linalg.det(beam))
        missing = share * drawn.peak * area * np.clip(1 - point / area, 0, 1)
        if not missing.any():
            return None
        variance = scale**2 / (8 * math.log(2))
        cells = np.floor(np.stack([drawn.x, drawn.y], axis=1) / (_MERGE * scale)).astype(np.int64)
        _, cell = np.unique(cells, axis=0, return_inverse=True)
        cell = cell.reshape(-1)
        total = np.bincount(cell, missing)
        whole = np.where(total > 0, total, 1.0)

        def mean(value: np.ndarray) -> np.ndarray:
            return np.bincount(cell, missing * value) / whole

        x, y = mean(drawn.x), mean(drawn.y)
        dx, dy = drawn.x - x[cell], drawn.y - y[cell]
        xx, yy = mean(drawn.xx + dx**2) + variance, mean(drawn.yy + dy**2) + variance
        xy = mean(drawn.xy + dx * dy)
        depth = total / np.sqrt(xx * yy - xy**2)
        deep = depth > _FAINTEST * rms
        if not deep.any():
            return None
        return cls(PixelGaussians(x, y, -depth, xx, xy, yy).select(deep))

    def over(self, window: Window) -> np.ndarray:
        """Return the bowls over a window, float64, ``[y, x]``, negative."""
        return render(self.gaussians, window)
