"""Pixels that do not show the sky: beyond a horizon, in the corners and gaps of a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sciarada.core.pixels import Change, ChangedPixels, PixelSource
from sciarada.geometry.sky_geometry import SkyGeometry
from sciarada.geometry.wcs_state import WcsState
from sciarada.geometry.windows import Window


@dataclass(frozen=True, eq=False)
class OnSkyPixels(ChangedPixels):
    """Pixels of which those off the sky are missing.

    Parameters
    ----------
    pixels : PixelSource
        The pixels, with arbitrary values off the sky.
    wcs : WcsState
        Where they lie.
    """

    wcs: WcsState

    def __getstate__(self) -> dict[str, object]:
        return {"pixels": self.pixels, "wcs": self.wcs}

    def change(self) -> Change:
        """Return what makes the pixels of a window that are off the sky NaN."""
        geometry = self._geometry

        def blank(values: np.ndarray, window: Window) -> None:
            values[~geometry.on_sky(window)] = np.nan

        return blank

    @cached_property
    def _geometry(self) -> SkyGeometry:
        return SkyGeometry(self.wcs.restored(), self.pixels.shape)


def without_off_sky(pixels: PixelSource, geometry: SkyGeometry) -> PixelSource:
    """Return pixels of which those off the sky are missing; the same where all show the sky."""
    if geometry.share_on_sky == 1.0:
        return pixels
    return OnSkyPixels(pixels, WcsState.of(geometry.wcs))
