"""The beam at each place of an image.

A restoring beam is constant in one of two ways, and the projection decides in which:

- **in the image plane**: the synthesised beam of one pointing has one shape in pixels. So it is
  in SIN (and NCP), the projection of interferometers, however wide; and in the other zenithal
  projections (TAN, ARC, ZEA, STG, ...) if all of the image lies within 10 degrees of the
  reference point. The beam in the header is that at the reference point.
- **on the sky**: in all other maps (CAR, CEA, MER, AIT, MOL, SFL, HPX, wide ZEA, ...) the beam
  has one shape on the sky, its position angle counting from the local north of the image's own
  frame. In pixels it changes from place to place.

Fluxes, fits, sizes and their deconvolution, simulated sources and maps all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.geometry.local_sky import determinant
from sciarada.geometry.sky_geometry import SkyGeometry

ALWAYS_IN_PLANE = ("SIN", "NCP")
IN_PLANE_IF_NARROW = ("AZP", "SZP", "TAN", "TPV", "STG", "ARC", "ZPN", "ZEA", "AIR")
NARROWEST = 1e-5  # pixels; a beam is no narrower, whatever a header says of its pixels
NARROW = 10.0  # degrees from the reference point of the projection


@dataclass(frozen=True, eq=False)
class BeamRule:
    """Whether the beam of an image is constant in the image plane or on the sky.

    Parameters
    ----------
    geometry : SkyGeometry
    """

    geometry: SkyGeometry

    @cached_property
    def in_plane(self) -> bool:
        """Whether the beam has one shape in pixels; otherwise it has one shape on the sky."""
        code = self.geometry.projection.code
        if code in ALWAYS_IN_PLANE:
            return True
        return code in IN_PLANE_IF_NARROW and self.geometry.reach <= NARROW

    @cached_property
    def rotation(self) -> float:
        """Position angle (deg) from ICRS of the north that the header's BPA counts from.

        It is the north of the image's own frame, at the reference point of the projection for
        a beam that is constant in the image plane, else in the middle of the image.
        """
        geometry = self.geometry
        if self.in_plane:
            return float(geometry.frame_rotation(*geometry.origin))
        return float(geometry.frame_rotation(*geometry.projection.to_sky(*geometry.reference)))


@dataclass(frozen=True, eq=False)
class BeamMap:
    """The beam of one image at any of its places.

    Parameters
    ----------
    rule : BeamRule
    beam : Beam
        Its position angle counts from ICRS north where ``rule.rotation`` is that of the frame.
    """

    rule: BeamRule
    beam: Beam

    def precision(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the inverse covariance of the beam in pixels^-2, shape (..., 2, 2).

        Parameters
        ----------
        x, y : array_like
            Zero-based positions of any common shape; the axes are in the order (x, y).

        Returns
        -------
        ndarray of float64
            NaN off the sky where the beam is constant on the sky. No beam is wider than the
            image, as it would be where one pixel is a pole.
        """
        shape = np.broadcast_shapes(np.shape(x), np.shape(y))
        if self.rule.in_plane:
            return np.broadcast_to(self._in_plane, (*shape, 2, 2))
        return self._limited(self._pulled_back(self.rule.geometry.frame_jacobian(x, y)))

    def covariance(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the covariance of the beam in pixels^2, shape (..., 2, 2)."""
        return np.linalg.inv(self.precision(x, y))

    def area(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the solid angle of the beam in pixels, at positions of any common shape."""
        with np.errstate(divide="ignore", invalid="ignore"):  # where pixels have no area
            return 2.0 * np.pi / np.sqrt(determinant(self.precision(x, y)))

    @cached_property
    def min_area(self) -> float:
        """Pixels per beam where there are fewest in the image."""
        x, y = self.rule.geometry.sample
        areas = self.area(x, y)
        return float(areas[np.isfinite(areas)].min())

    def on_sky(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the covariance of the beam in arcsec^2, shape (..., 2, 2).

        The axes are in the order (east, north) of ICRS.
        """
        pixel = self.rule.geometry.jacobian(x, y)
        return pixel @ self.covariance(x, y) @ np.swapaxes(pixel, -1, -2)

    @cached_property
    def _in_plane(self) -> np.ndarray:
        return self._pulled_back(self.rule.geometry.plane_jacobian)

    def _pulled_back(self, pixel: np.ndarray) -> np.ndarray:
        """Return precisions in pixels, given how the frame's east and north follow the pixel."""
        cropped = self.beam.turned(-self.rule.rotation).covariance
        return np.swapaxes(pixel, -1, -2) @ np.linalg.inv(cropped) @ pixel

    def _limited(self, precision: np.ndarray) -> np.ndarray:
        """Return precisions of beams no wider than the image and no narrower than `NARROWEST`."""
        low = (FWHM_PER_SIGMA / max(self.rule.geometry.shape)) ** 2
        high = (FWHM_PER_SIGMA / NARROWEST) ** 2
        trace = np.trace(precision, axis1=-2, axis2=-1)
        with np.errstate(over="ignore", invalid="ignore"):
            out = (determinant(precision) <= low * trace) | (trace > high)
        if not out.any():
            return precision
        values, vectors = np.linalg.eigh(precision[out])
        values = np.clip(values, low, high)[:, None, :]
        limited = precision.copy()
        limited[out] = vectors * values @ np.swapaxes(vectors, -1, -2)
        return limited
