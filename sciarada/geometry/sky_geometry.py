"""The mapping between the pixels of an image and the sky."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from astropy.coordinates import FK5, ICRS, BaseCoordinateFrame
from astropy.wcs import WCS
from numpy.typing import ArrayLike

from sciarada.geometry.frames import celestial_frame, convert
from sciarada.geometry.local_sky import cross, determinant, jacobian, offsets
from sciarada.geometry.projection import Projection
from sciarada.geometry.windows import Window

FLATTEST = 1e3  # a pixel longer than this many times its width does not show the sky
_NODES = 33  # along each side of the grid on which an image is looked at as a whole
_SMALL = 10.0  # degrees from the reference point within which all pixels count as alike
_SPACING = 16  # pixels between the nodes of the grid on which a window is looked at first
_HALF_PIXEL = 0.5
_MIN_STEP = 0.01  # arcsec; differences of smaller steps lose digits
_NORTH_STEP = 0.5 / 3600.0


@dataclass(frozen=True, eq=False)
class SkyGeometry:
    """The way between the pixels of an image and the sky.

    Parameters
    ----------
    wcs : `~astropy.wcs.WCS`
        Two-dimensional celestial WCS.
    shape : tuple of int
        (ny, nx) of the image.
    """

    wcs: WCS
    shape: tuple[int, int]

    @cached_property
    def frame(self) -> BaseCoordinateFrame:
        """Celestial frame of the WCS."""
        return celestial_frame(self.wcs)

    @cached_property
    def projection(self) -> Projection:
        """The way to positions in that frame."""
        return Projection(self.wcs, self.shape)

    def to_sky(self, x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return ICRS (ra, dec) in degrees, NaN off the sky, of zero-based positions."""
        return convert(*self.projection.to_sky(x, y), self.frame, ICRS())

    def to_pixel(self, ra: ArrayLike, dec: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return zero-based (x, y), NaN where unseen, of ICRS positions in degrees."""
        ra, dec = np.broadcast_arrays(np.asarray(ra, float), np.asarray(dec, float))
        dec = np.where(np.abs(dec) <= 90.0, dec, np.nan)
        return self.projection.to_pixel(*convert(ra, dec, ICRS(), self.frame))

    # Local scale and orientation

    @cached_property
    def _step(self) -> float:
        """Pixels by which positions are moved to see how the sky follows them."""
        scale = 3600.0 * self.projection.scale
        return max(_HALF_PIXEL, _MIN_STEP / scale) if scale > 0 else _HALF_PIXEL

    def jacobian(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return how the sky moves with the pixel, shape (..., 2, 2).

        ``[[dE/dx, dE/dy], [dN/dx, dN/dy]]`` in arcsec per pixel, east and north being those
        of ICRS; NaN off the sky.
        """
        ra, dec = self.to_sky(*cross(x, y, self._step))
        return jacobian(ra[0], dec[0], ra[1:], dec[1:], self._step)

    def frame_jacobian(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the result of `jacobian` for east and north in the frame of the image."""
        lon, lat = self.projection.to_sky(*cross(x, y, self._step))
        return jacobian(lon[0], lat[0], lon[1:], lat[1:], self._step)

    @cached_property
    def origin(self) -> tuple[float, float]:
        """Longitude and latitude (deg) of the reference point, in the image's own frame."""
        sky = self.wcs.wcs
        return float(sky.crval[sky.lng]), float(sky.crval[sky.lat])

    @cached_property
    def plane_jacobian(self) -> np.ndarray:
        """Jacobian (2, 2) of the sky by the pixel at the reference point of the projection.

        North is the meridian of CRVAL in the image's own frame: at a pole, too.
        """
        x, y = self.wcs.wcs.crpix - 1.0
        lon, lat = self.projection.to_sky(*cross(x, y, self._step))
        return jacobian(*self.origin, lon[1:], lat[1:], self._step)

    def frame_rotation(self, lon: ArrayLike, lat: ArrayLike) -> np.ndarray:
        """Return the position angle (deg) of the north of the frame, measured from ICRS north.

        Parameters
        ----------
        lon, lat : array_like
            Positions in the image's own frame, in degrees.

        Returns
        -------
        ndarray
            0 for ICRS and FK5 J2000, whose axes differ by less than 0.1 arcsec.
        """
        lon, lat = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
        frame = self.frame
        if isinstance(frame, ICRS) or (isinstance(frame, FK5) and frame.equinox.jyear == 2000.0):
            return np.zeros(lon.shape)
        nodes = np.clip(lat, -90.0 + _NORTH_STEP, 90.0 - _NORTH_STEP)
        steps = _NORTH_STEP * np.array([0.0, 1.0, -1.0]).reshape(3, *([1] * lon.ndim))
        ra, dec = convert(np.stack([lon] * 3), nodes + steps, frame, ICRS())
        east, north = offsets(ra[0], dec[0], ra[1:], dec[1:])
        return np.degrees(np.arctan2(east[0] - east[1], north[0] - north[1]))

    # The image as a whole

    @cached_property
    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """Zero-based (x, y) of sample pixels of the image: a grid that reaches its edges."""
        return _grid(Window.whole(self.shape), _NODES)

    @cached_property
    def share_on_sky(self) -> float:
        """About which part of the image shows the sky; 1 only if no pixel is found off it."""
        seen = self.projection.shows(*self.sample)
        share = float(seen.mean())
        if share == 1.0 and not self._all_on_sky(_border(Window.whole(self.shape))):
            return 1.0 - 1.0 / seen.size
        return share

    def on_sky(self, window: Window) -> np.ndarray:
        """Return which pixels of a window of the image show the sky, bool ``[y, x]``."""
        nodes = max(window.shape) // _SPACING + 2
        if self._all_on_sky(_grid(window, nodes)) and self._all_on_sky(_border(window)):
            return np.ones(window.shape, bool)
        y, x = np.mgrid[window.slices]
        return self.projection.shows(x, y)

    def _all_on_sky(self, places: tuple[np.ndarray, np.ndarray]) -> bool:
        return bool(self.projection.shows(*places).all())

    @cached_property
    def area(self) -> float:
        """Solid angle of the image in arcsec^2, about; pixels off the sky do not count."""
        if self.share_on_sky == 1.0 and self.reach < _SMALL:
            return self.pixel_area * self.shape[0] * self.shape[1]
        pixels = np.abs(determinant(self.jacobian(*self.sample)))
        return float(np.nan_to_num(pixels).mean()) * self.shape[0] * self.shape[1]

    @cached_property
    def reference(self) -> tuple[float, float]:
        """Zero-based (x, y) of the middle of the image, or of the sky nearest to it.

        NaN where no part of the image shows the sky.
        """
        ny, nx = self.shape
        middle = (0.5 * (nx - 1), 0.5 * (ny - 1))
        if self._proper(*middle):
            return middle
        x, y = self.sample
        good = self._proper(x, y)
        if not good.any():
            return (math.nan, math.nan)
        x, y = x[good], y[good]
        nearest = np.argmin((x - middle[0]) ** 2 + (y - middle[1]) ** 2)
        return float(x[nearest]), float(y[nearest])

    def _proper(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return which positions show the sky with pixels that have an area."""
        pixel = self.jacobian(x, y)
        known = np.isfinite(pixel).all(axis=(-2, -1))
        pixel = np.where(known[..., None, None], pixel, np.eye(2))
        return known & (np.linalg.cond(pixel) < FLATTEST)

    @cached_property
    def reach(self) -> float:
        """Degrees from the reference point of the projection to the farthest of the image."""
        lon, lat = (np.radians(axis) for axis in self.projection.to_sky(*self.sample))
        lon0, lat0 = np.radians(self.origin)
        cosine = np.sin(lat) * np.sin(lat0) + np.cos(lat) * np.cos(lat0) * np.cos(lon - lon0)
        seen = cosine[np.isfinite(cosine)]
        return float(np.degrees(np.arccos(np.clip(seen.min(), -1.0, 1.0)))) if seen.size else 0.0

    @cached_property
    def reference_jacobian(self) -> np.ndarray:
        """`jacobian` at the reference, shape (2, 2)."""
        return self.jacobian(*self.reference)

    @property
    def pixel_area(self) -> float:
        """Solid angle in arcsec^2 of the pixel at the reference."""
        return float(abs(determinant(self.reference_jacobian)))


def _grid(window: Window, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return zero-based (x, y) of up to ``nodes`` by ``nodes`` pixels spread over a window."""
    along_x = np.unique(np.rint(np.linspace(window.x0, window.x1 - 1, nodes)))
    along_y = np.unique(np.rint(np.linspace(window.y0, window.y1 - 1, nodes)))
    return tuple(axis.ravel() for axis in np.meshgrid(along_x, along_y))


def _border(window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return zero-based (x, y) of all pixels along the sides of a window."""
    columns, rows = np.arange(window.x0, window.x1), np.arange(window.y0, window.y1)
    x = [columns, columns, np.full_like(rows, window.x0), np.full_like(rows, window.x1 - 1)]
    y = [np.full_like(columns, window.y0), np.full_like(columns, window.y1 - 1), rows, rows]
    return np.concatenate(x), np.concatenate(y)
