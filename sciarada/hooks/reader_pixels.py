"""Pixels from the reader of a plugin; its errors become one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sciarada.core.pixels import PixelSource
from sciarada.errors import ImageError
from sciarada.geometry.windows import Window
from sciarada.hooks.isolation import PluginFault, at_work


@dataclass(frozen=True, eq=False)
class ReaderPixels:
    """The pixels of an image that a plugin has read; a `PixelSource`.

    Parameters
    ----------
    source : PixelSource
        The plugin's own.
    title : str
        How messages call the reader.
    path : `~pathlib.Path`
        The image.
    shape : tuple of int
        (ny, nx).
    """

    source: PixelSource
    title: str
    path: Path
    shape: tuple[int, int]

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh, writable, native float32 copy of a window, NaN where missing.

        Raises
        ------
        ImageError
            If the reader fails, or returns anything but the pixels of the window.
        """
        with at_work(self.title, f"asked for pixels of {self.path}", keep_state=False) as work:
            try:
                return work.call(lambda: self._read(window))
            except PluginFault as fault:
                raise ImageError(
                    f"the pixels of {self.path} cannot be read by {self.title}: {fault}"
                ) from fault.__cause__

    def _read(self, window: Window) -> np.ndarray:
        values = np.asarray(self.source.read(window))
        if values.shape != window.shape or values.dtype.kind not in "fiub":
            raise ValueError(
                f"it returned {values.dtype} of shape {values.shape} for {window.shape} pixels"
            )
        pixels = np.array(values, np.float32, order="C")
        pixels[np.isinf(pixels)] = np.nan
        return pixels
