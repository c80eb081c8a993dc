"""Pixels that do not show the sky: beyond a horizon, in the corners and gaps of a map."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sciarada.core.pixels import PixelSource, read_many
from sciarada.geometry.sky_geometry import SkyGeometry
from sciarada.geometry.wcs_state import WcsState
from sciarada.geometry.windows import Window


@dataclass(frozen=True, eq=False)
class OnSkyPixels:
    """Pixels of which those off the sky are missing.

    Parameters
    ----------
    pixels : PixelSource
        The pixels, with whatever stands where there is no sky.
    wcs : WcsState
        Where they lie.
    """

    pixels: PixelSource
    wcs: WcsState

    def __getstate__(self) -> dict[str, object]:
        return {"pixels": self.pixels, "wcs": self.wcs}

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.pixels.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing."""
        return next(self.read_many([window]))

    def read_many(
        self, windows: Iterable[Window], into: Iterable[np.ndarray] | None = None
    ) -> Iterator[np.ndarray]:
        """Give what ``read`` gives for each window."""
        windows, again = itertools.tee(windows)
        for window, values in zip(windows, read_many(self.pixels, again, into), strict=True):
            values[~self._geometry.on_sky(window)] = np.nan
            yield values

    @cached_property
    def _geometry(self) -> SkyGeometry:
        return SkyGeometry(self.wcs.restored(), self.pixels.shape)


def without_off_sky(pixels: PixelSource, geometry: SkyGeometry) -> PixelSource:
    """Return pixels of which those off the sky are missing; the same where all show the sky."""
    if geometry.share_on_sky == 1.0:
        return pixels
    return OnSkyPixels(pixels, WcsState.of(geometry.wcs))
