"""The sensitivity of a pointing or a mosaic at each position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from sciarada.geometry.windows import Window

_FAR = 1.6  # primary-beam FWHMs beyond which a pointing is ignored: the response is 8e-4
_LATTICES = {
    "hexagonal": np.array([[1.0, 0.0], [0.5, math.sqrt(0.75)]]),
    "square": np.eye(2),
}


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Pointings with Gaussian primary beams, put together with the best weights.

    Each pointing has the same noise before it is corrected for its primary beam ``A``. The
    linear mosaic (Sault, Staveley-Smith & Brouw 1996, A&AS 120, 375) then has the rms
    ``1 / sqrt(sum A^2)``.

    Parameters
    ----------
    x, y : ndarray
        Zero-based pixel positions of the pointings.
    fwhm : float
        Of one primary beam, in pixels.
    best : float
        The largest ``sqrt(sum A^2)`` anywhere.
    """

    x: np.ndarray
    y: np.ndarray
    fwhm: float
    best: float

    @classmethod
    def single(cls, centre: tuple[float, float], fwhm: float) -> Self:
        """Return one pointing at ``centre`` (x, y)."""
        return cls(np.array([centre[0]]), np.array([centre[1]]), fwhm, 1.0)

    @classmethod
    def grid(
        cls,
        shape: tuple[int, int],
        fwhm: float,
        spacing: float,
        lattice: str,
        radius: float = math.inf,
    ) -> Self:
        """Return pointings on a grid, one of them at the middle of an image.

        Parameters
        ----------
        shape : tuple of int
            (ny, nx) of the image; the pointings that it can see are made.
        fwhm, spacing, radius : float
            Primary beam, distance of neighbours, and how far from the middle there are
            pointings, all in pixels.
        lattice : str
            ``hexagonal`` or ``square``.
        """
        middle = (np.array(shape[::-1]) - 1) / 2
        reach = float(np.hypot(*middle)) + _FAR * fwhm
        seen = _lattice(lattice, spacing, min(reach, radius))
        # The peak of an endless mosaic is at a pointing or between pointings.
        x, y = _lattice(lattice, spacing, 2 * _FAR * fwhm + 2 * spacing).T
        whole = cls(x, y, fwhm, 1.0)
        steps = np.linspace(0, 1, 7)
        cell = (
            steps[:, None, None] * _LATTICES[lattice][0] + steps[:, None] * _LATTICES[lattice][1]
        ) * spacing
        best = whole.response(cell[..., 0], cell[..., 1]).max()
        x, y = (seen + middle).T
        return cls(x, y, fwhm, float(best))

    def response(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return ``sqrt(sum A^2)`` over its best, at positions that broadcast, float64."""
        x, y = np.asarray(x)[..., None] - self.x, np.asarray(y)[..., None] - self.y
        return np.sqrt(np.exp(-self._decay * (x**2 + y**2)).sum(axis=-1)) / self.best

    def over(self, window: Window) -> np.ndarray:
        """Return the same over a window, float32, ``[y, x]``."""
        away_x = np.maximum(np.maximum(window.x0 - self.x, self.x - window.x1), 0)
        away_y = np.maximum(np.maximum(window.y0 - self.y, self.y - window.y1), 0)
        near = np.hypot(away_x, away_y) < _FAR * self.fwhm
        along_y = np.arange(window.y0, window.y1)[:, None] - self.y[near]
        along_x = np.arange(window.x0, window.x1) - self.x[near][:, None]
        left = np.exp(-self._decay * along_y**2).astype(np.float32)
        right = np.exp(-self._decay * along_x**2).astype(np.float32)
        return np.sqrt(left @ right) / np.float32(self.best)

    @property
    def _decay(self) -> float:
        return 8 * math.log(2) / self.fwhm**2


def _lattice(lattice: str, spacing: float, radius: float) -> np.ndarray:
    """Return the points (n, 2) of a lattice around the origin, out to a radius."""
    steps = math.ceil(radius / spacing * 1.2) + 1
    grid = np.mgrid[-steps : steps + 1, -steps : steps + 1]
    index = np.moveaxis(grid, 0, -1).reshape(-1, 2)
    points = index @ _LATTICES[lattice] * spacing
    return points[np.hypot(*points.T) <= radius + 1e-6 * spacing]
