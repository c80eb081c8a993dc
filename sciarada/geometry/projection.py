"""From the pixels of an image to positions in the frame of its WCS, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from astropy.wcs import WCS, NoConvergence
from numpy.typing import ArrayLike

from sciarada.geometry.wcs_state import has_polynomials

CYLINDRICAL = ("CYP", "CEA", "CAR", "MER")  # projections that repeat after a whole turn
IN_FACETS = ("HPX", "TSC", "CSC", "QSC")
_HALF_PIXEL = 0.5
_CLOSES = 0.01  # pixels that the way to the sky and back may miss by, with distortions
_TOLERANCE = 1e-6  # pixels, of the inverse of a distortion
_HALF_TURN = 0.5 + 1e-9


@dataclass(frozen=True, eq=False)
class Projection:
    """Conversion between the pixels of one image and the sky, NaN where undefined.

    A map in a cylindrical projection shows one turn of the sky about its own middle, however
    far from it the reference point of the WCS is.

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
    def code(self) -> str:
        """Code of the projection, such as ``SIN``; empty where positions run linearly."""
        return self.wcs.wcs.ctype[self.wcs.wcs.lng][5:8].strip("-")

    @cached_property
    def scale(self) -> float:
        """Side in degrees of a square of the area that the linear terms give a pixel."""
        return float(np.sqrt(abs(np.linalg.det(self.wcs.pixel_scale_matrix))))

    @cached_property
    def distorted(self) -> bool:
        """Whether there are terms that only iteration inverts: SIP, TPV, lookup tables."""
        return self.wcs.has_distortion or has_polynomials(self.wcs)

    def to_sky(self, x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return longitude and latitude (deg) in the frame of the WCS, NaN off the sky.

        Parameters
        ----------
        x, y : array_like
            Zero-based positions of any common shape.
        """
        x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        lon, lat = self._to_world(x, y)
        if self._turn is not None:
            turns = self._turns(self._turn, x, y)
            lost = np.isnan(lon) & (np.abs(turns) <= _HALF_TURN)
            if lost.any():
                lon, lat = self._after_a_turn(self._turn, x, y, lon, lat, lost)
            lon = np.where(np.abs(turns) <= _HALF_TURN, lon, np.nan)
        seen = np.isfinite(lon) & (np.abs(lat) <= 90.0)
        return np.where(seen, lon, np.nan), np.where(seen, lat, np.nan)

    def shows(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return which zero-based positions show the sky, each part of it once.

        Beyond the outer faces of a map in facets, wcslib repeats parts of it.
        """
        lon, lat = self.to_sky(x, y)
        seen = np.isfinite(lon)
        if self.code in IN_FACETS:
            back_x, back_y = self.to_pixel(lon, lat)
            with np.errstate(invalid="ignore"):
                away = np.hypot(np.subtract(back_x, x), np.subtract(back_y, y))
                seen &= away < _HALF_PIXEL
        return seen

    def to_pixel(self, lon: ArrayLike, lat: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return zero-based (x, y) of positions in degrees, NaN where unseen.

        With distortions, only positions that their own pixel leads back to are seen.
        """
        lon, lat = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
        lat = np.where(np.abs(lat) <= 90.0, lat, np.nan)
        if self.distorted:
            return self._closing(lon, lat, *self._iterated(lon, lat))
        x, y = self.wcs.wcs_world2pix(*self._world(lon, lat), 0)
        if self._turn is not None:
            turns = np.round(self._turns(self._turn, x, y))
            x, y = x - turns * self._turn[0], y - turns * self._turn[1]
        return x, y

    @cached_property
    def _turn(self) -> np.ndarray | None:
        """Pixels (x, y) after which a cylindrical map repeats; None for any other."""
        if self.code not in CYLINDRICAL:
            return None
        factors = {(axis, m): value for axis, m, value in self.wcs.wcs.get_pv()}
        stretch = factors.get((self.wcs.wcs.lat + 1, 2), 1.0) if self.code == "CYP" else 1.0
        whole = np.zeros(2)
        whole[self.wcs.wcs.lng] = 360.0 * stretch
        return np.linalg.solve(self.wcs.pixel_scale_matrix, whole)

    def _turns(self, turn: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return how many turns positions lie from the middle of the image."""
        ny, nx = self.shape
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # absurd pixels
            along = turn / (turn @ turn)
            return (x - 0.5 * (nx - 1)) * along[0] + (y - 0.5 * (ny - 1)) * along[1]

    def _after_a_turn(
        self,
        turn: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        lon: np.ndarray,
        lat: np.ndarray,
        lost: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return longitude and latitude, those that are lost read one or more turns away."""
        lon, lat = lon.copy(), lat.copy()
        from_middle = self._turns(turn, *(self.wcs.wcs.crpix - 1.0))
        turns = np.round(self._turns(turn, x[lost], y[lost]) - from_middle)
        lon[lost], lat[lost] = self._to_world(x[lost] - turns * turn[0], y[lost] - turns * turn[1])
        return lon, lat

    def _to_world(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(over="ignore", invalid="ignore"):  # polynomials far outside the image
            world = self.wcs.all_pix2world(x, y, 0)
        return world[self.wcs.wcs.lng], world[self.wcs.wcs.lat]

    def _world(self, lon: np.ndarray, lat: np.ndarray) -> list[np.ndarray]:
        world = [lat, lat]
        world[self.wcs.wcs.lng] = lon
        return world

    def _iterated(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Return pixels (2, ...) of positions, NaN where the inverse does not converge."""
        world = np.stack(self._world(lon, lat), axis=-1).reshape(-1, 2)
        with np.errstate(all="ignore"):
            try:
                found = self.wcs.all_world2pix(world, 0, tolerance=_TOLERANCE, adaptive=True)
            except NoConvergence as error:
                found = np.array(error.best_solution)
                for lost in (error.divergent, error.slow_conv):
                    if lost is not None:
                        found[lost] = np.nan
        return found.T.reshape(2, *lon.shape)

    def _closing(
        self, lon: np.ndarray, lat: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return pixels, NaN where they do not lead back to their positions."""
        back_lon, back_lat = self.to_sky(x, y)
        east = ((back_lon - lon + 180.0) % 360.0 - 180.0) * np.cos(np.radians(lat))
        with np.errstate(invalid="ignore"):
            closes = np.hypot(east, back_lat - lat) < _CLOSES * self.scale
        return np.where(closes, x, np.nan), np.where(closes, y, np.nan)
