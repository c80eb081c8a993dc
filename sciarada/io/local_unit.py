"""Pixels in units that are not per beam, in images where the beam changes from place to place.

What turns Jy/pixel into Jy/beam is the number of pixels per beam, and what turns kelvins or Jy/sr
is the solid angle of the beam. In a wide image one of the two changes over the image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from astropy import units as u
from scipy import ndimage
from scipy.interpolate import RectBivariateSpline

from sciarada.core.image import SkyImage
from sciarada.core.pixels import Change, ChangedPixels
from sciarada.geometry.beam import Beam
from sciarada.geometry.local_sky import determinant
from sciarada.geometry.windows import Window

NODES = 129  # along each side; the factor changes smoothly between them
MIN_CHANGE = 1e-3  # part of the factor: images over which it changes less have one


@dataclass(frozen=True, eq=False)
class LocallyScaledPixels(ChangedPixels):
    """Pixels times a factor that changes smoothly over the image.

    Parameters
    ----------
    pixels : PixelSource
    rows, columns : ndarray
        Zero-based positions of the nodes.
    factors : ndarray, shape (len(rows), len(columns))
    """

    rows: np.ndarray
    columns: np.ndarray
    factors: np.ndarray

    def change(self) -> Change:
        """Return the multiplication, by factors between those of the nodes."""
        between = RectBivariateSpline(self.rows, self.columns, self.factors, kx=1, ky=1)

        def multiply(values: np.ndarray, window: Window) -> None:
            y, x = np.arange(window.y0, window.y1), np.arange(window.x0, window.x1)
            values *= between(y, x)

        return multiply


def with_local_factor(image: SkyImage, unit: u.UnitBase) -> SkyImage:
    """Return an image in Jy/beam, converted with the beam at its reference.

    Parameters
    ----------
    image : SkyImage
        Its pixels are multiplied by how much more or less a beam counts at each place.
    unit : `~astropy.units.UnitBase`
        What they were in: per pixel, per solid angle, a brightness temperature, or Jy/beam.
    """
    if image.beam is None or not has_local_factor(image, unit):
        return image
    rows, columns = _nodes(image)
    factors = _factors(image, image.beam, unit)
    pixels = LocallyScaledPixels(image.pixels, rows, columns, factors)
    return replace(image, pixels=pixels)


def has_local_factor(image: SkyImage, unit: u.UnitBase) -> bool:
    """Return whether the conversion of a unit to Jy/beam varies over an image."""
    constant = unit.is_equivalent(u.Jy / u.pix) == image.beam_rule.in_plane
    if image.beam is None or unit.is_equivalent(u.Jy / u.beam) or constant:
        return False
    return min(image.shape) > 1 and bool(np.ptp(_factors(image, image.beam, unit)) > MIN_CHANGE)


def _nodes(image: SkyImage) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and columns at which the factor is computed."""
    rows, columns = (np.linspace(0, side - 1, min(side, NODES)) for side in image.shape)
    return rows, columns


def _factors(image: SkyImage, beam: Beam, unit: u.UnitBase) -> np.ndarray:
    """Return the factor at each node in units of that at the reference of the beam.

    Pixels per beam fall with the area of a pixel, and the solid angle of a beam that is constant
    in pixels grows with it. Off the sky it is that of the sky nearest to it.
    """
    rows, columns = _nodes(image)
    areas = np.abs(determinant(image.sky_jacobian(*np.meshgrid(columns, rows))))
    lost = ~np.isfinite(areas)
    nearest = ndimage.distance_transform_edt(lost, return_distances=False, return_indices=True)
    areas = areas[tuple(nearest)] * image.beam_area / beam.area
    return 1.0 / areas if unit.is_equivalent(u.Jy / u.pix) else areas
