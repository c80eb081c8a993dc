"""Input and output of a detector: a tile; masks, boxes, labels and scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.wcs import WCS

from sciarada.geometry.beam import Beam
from sciarada.geometry.tiles import Tile
from sciarada.geometry.windows import Window


@dataclass(frozen=True, eq=False)
class TileView:
    """Input of a detector for one tile.

    Parameters
    ----------
    tile : Tile
        The tile; the arrays cover ``tile.window``.
    pixels : ndarray of float32
        Surface brightness in the image's unit, ``[y, x]``, NaN where there is none.
    background, rms : ndarray of float32
        Local background and noise in the same unit and of the same shape.
    wcs : `~astropy.wcs.WCS`
        Celestial WCS of the tile's window.
    beam : Beam or None
        Restoring beam.
    pixel_scale : float
        Side of a pixel in arcsec.
    beam_area : float or None
        Pixels per beam, the fewest of the whole image; by default those that follow from
        ``pixel_scale``. None without a beam.
    """

    tile: Tile
    pixels: np.ndarray
    background: np.ndarray
    rms: np.ndarray
    wcs: WCS
    beam: Beam | None
    pixel_scale: float
    beam_area: float | None = None

    def __post_init__(self) -> None:
        if self.beam is None:
            object.__setattr__(self, "beam_area", None)
        elif self.beam_area is None:
            object.__setattr__(self, "beam_area", self.beam.area_in_pixels(self.pixel_scale**2))

    @property
    def snr(self) -> np.ndarray:
        """Signal to noise of each pixel, NaN where missing."""
        return (self.pixels - self.background) / self.rms


@dataclass(frozen=True, eq=False)
class Detection:
    """One detected object of an image.

    Parameters
    ----------
    window : Window
        Bounding box in image pixels.
    mask : ndarray of bool
        The object's pixels inside the box, ``[y, x]``, of the window's shape.
    label : str or None
        Class given by the detector, such as ``extended``.
    score : float or None
        Confidence of the detector, 0 to 1.
    complete : bool
        False for a piece, cut by the border of the tile, that would not be reported by itself:
        it counts only as part of an object that reaches into it from another tile.
    """

    window: Window
    mask: np.ndarray
    label: str | None = None
    score: float | None = None
    complete: bool = True

    def __post_init__(self) -> None:
        if self.mask.shape != self.window.shape or self.mask.dtype != bool:
            raise ValueError("mask must be boolean and have the shape of its window")
