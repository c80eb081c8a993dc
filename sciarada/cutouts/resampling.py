"""Laying a square grid of new pixels over an image and reading the image there.

The value of a new pixel is the mean surface brightness under it: cubic convolution (Keys
1981, IEEE Trans. ASSP 29, 1153, with a = -1/2) between the old pixels, averaged over as many
points as the new pixel is old pixels wide. So Jy/beam stay Jy/beam, a constant stays that
constant, and nothing is aliased when the new pixels are the larger ones.

Only finite old pixels count, the kernel being normalised over them. Where less than half of
its weight falls on finite pixels the new pixel is NaN.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from astropy.wcs import WCS, Sip
from scipy.sparse import csr_array

from sciarada.errors import ImageError
from sciarada.geometry.windows import Window

_TAPS = np.arange(-1, 3)
_MIN_COVER = 0.5
_ROUNDING = 1e-6  # pixels
REACH = 2  # pixels beyond its window that a grid needs
_IDENTITY = ((1.0, 0.0), (0.0, 1.0))


@dataclass(frozen=True)
class PixelGrid:
    """A square of new pixels over an image.

    Parameters
    ----------
    npix : int
        New pixels along each side.
    x, y : float
        Centre of the square, in zero-based pixels of the image.
    matrix : tuple of two pairs of float
        Steps in the image's pixels, ``((dx/du, dx/dv), (dy/du, dy/dv))``, for a step of one
        new pixel along the columns (u) and the rows (v).
    """

    npix: int
    x: float
    y: float
    matrix: tuple[tuple[float, float], tuple[float, float]] = _IDENTITY

    @classmethod
    def over(cls, window: Window) -> PixelGrid:
        """Return the grid with the pixels of a square window."""
        return cls(
            window.shape[0], 0.5 * (window.x0 + window.x1 - 1), 0.5 * (window.y0 + window.y1 - 1)
        )

    @property
    def origin(self) -> tuple[float, float]:
        """Position (x, y) of the centre of new pixel (0, 0)."""
        half = 0.5 * (self.npix - 1)
        (a, b), (c, d) = self.matrix
        return (self.x - half * (a + b), self.y - half * (c + d))

    @property
    def aligned(self) -> bool:
        """Whether the rows and columns are parallel to those of the image."""
        return self.matrix[0][1] == 0 and self.matrix[1][0] == 0

    @property
    def density(self) -> int:
        """Points read along each side of a new pixel, at most one old pixel apart."""
        (a, b), (c, d) = self.matrix
        return max(1, math.ceil(max(math.hypot(a, c), math.hypot(b, d)) - _ROUNDING))

    @property
    def window(self) -> Window:
        """The pixels of the image under the square, which may lie beyond the image."""
        half = 0.5 * self.npix
        (a, b), (c, d) = self.matrix
        reach_x, reach_y = half * (abs(a) + abs(b)), half * (abs(c) + abs(d))
        return Window(
            math.floor(self.y - reach_y + 0.5 + _ROUNDING),
            math.ceil(self.y + reach_y + 0.5 - _ROUNDING),
            math.floor(self.x - reach_x + 0.5 + _ROUNDING),
            math.ceil(self.x + reach_x + 0.5 - _ROUNDING),
        )

    def wcs(self, wcs: WCS) -> WCS:
        """Return the celestial WCS of the new pixels, given the WCS of the image.

        Raises
        ------
        ImageError
            Where the image's WCS has distortion terms and the new pixels are not merely some
            of the old ones.
        """
        if wcs.has_distortion and self.matrix != _IDENTITY:
            raise ImageError(
                "an image whose WCS has distortion terms cannot be resampled: leave out npix and "
                "north_up, or regrid the image without distortion first"
            )
        new = wcs.deepcopy()
        matrix = np.array(self.matrix)
        first = np.array(self.origin) + 1.0
        new.wcs.crpix = np.linalg.solve(matrix, wcs.wcs.crpix - first) + 1.0
        if wcs.sip is not None:
            new.sip = Sip(wcs.sip.a, wcs.sip.b, wcs.sip.ap, wcs.sip.bp, new.wcs.crpix)
        if self.matrix != _IDENTITY:
            steps = wcs.pixel_scale_matrix @ matrix
            if new.wcs.has_cd():
                new.wcs.cd = steps
            else:
                new.wcs.pc = steps / new.wcs.cdelt[:, np.newaxis]
        new.wcs.set()
        new.pixel_shape = (self.npix, self.npix)
        return new


def resample(pixels: np.ndarray, window: Window, grid: PixelGrid) -> np.ndarray:
    """Return the surface brightness of an image on a grid of new pixels.

    Parameters
    ----------
    pixels : ndarray of float32
        The part of the image that ``window`` covers, ``[y, x]``, NaN where there is nothing.
    window : Window
        Holds at least ``grid.window`` grown by `REACH`.
    grid : PixelGrid
        The new pixels.

    Returns
    -------
    ndarray of float32
        ``[npix, npix]``, in the unit of the image.
    """
    finite = np.isfinite(pixels)
    apply: Callable[[np.ndarray], np.ndarray]
    if grid.aligned:
        across, down = _axis_weights(window, grid)
        apply = functools.partial(_read_along_axes, across, down)
    else:
        apply = _plane_kernel(window, grid)
    number = np.count_nonzero(finite)
    if number == finite.size:
        return apply(pixels)
    brightness = apply(np.where(finite, pixels, np.float32(0)))
    rows, columns = finite.any(axis=1), finite.any(axis=0)
    if grid.aligned and number == rows.sum() * columns.sum():  # a rectangle, as most are
        cover = np.outer(down @ rows.astype(np.float32), across @ columns.astype(np.float32))
    else:
        cover = apply(finite.astype(np.float32))
    covered = cover >= _MIN_COVER
    brightness[~covered] = np.nan
    return np.divide(brightness, cover, out=brightness, where=covered)


@functools.lru_cache(maxsize=32)
def _axis_weights(window: Window, grid: PixelGrid) -> tuple[csr_array, csr_array]:
    """Return the weights of old pixels in new ones along x and y: pictures of a set share them."""
    points = _points(grid) + 0.5 * (grid.npix - 1)
    x0, y0 = grid.origin
    across = _weights(x0 - window.x0 + grid.matrix[0][0] * points, window.shape[1])
    down = _weights(y0 - window.y0 + grid.matrix[1][1] * points, window.shape[0])
    return across, down


def _read_along_axes(across: csr_array, down: csr_array, plane: np.ndarray) -> np.ndarray:
    """Return new pixels of a plane, interpolated along one axis after the other."""
    return np.ascontiguousarray((across @ (down @ plane).T).T)


def _plane_kernel(window: Window, grid: PixelGrid) -> Callable[[np.ndarray], np.ndarray]:
    """Return the reading of a plane at points that do not run along its rows and columns."""
    points, width = _points(grid), window.shape[1]
    (a, b), (c, d) = grid.matrix

    def apply(plane: np.ndarray) -> np.ndarray:
        flat = plane.ravel()
        total = np.zeros((grid.npix, grid.npix), np.float32)
        for v, u in product(points.T[..., np.newaxis], points.T):  # one point of each new pixel
            left, across = _taps(grid.x - window.x0 + a * u + b * v)
            lower, down = _taps(grid.y - window.y0 + c * u + d * v)
            first = lower * width + left
            for row, of_row in zip(_TAPS, down, strict=True):
                line = np.zeros_like(total)
                for column, of_column in zip(_TAPS, across, strict=True):
                    line += of_column * flat.take(first + (row * width + column))
                total += of_row * line
        return total / np.float32(grid.density**2)

    return apply


def _points(grid: PixelGrid) -> np.ndarray:
    """Return where the points of each new pixel lie, from the middle: [npix, density]."""
    within = (np.arange(grid.density) + 0.5) / grid.density - 0.5
    return np.arange(grid.npix)[:, np.newaxis] - 0.5 * (grid.npix - 1) + within


def _taps(position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixel at or below each position, and the weights of the four pixels round it.

    The weights have the four pixels, at `_TAPS` from the first, on a new first axis.
    """
    base = np.floor(position)
    t = position - base
    weights = np.stack([_far(1.0 + t), _near(t), _near(1.0 - t), _far(2.0 - t)])
    return base.astype(np.int64), weights.astype(np.float32)


def _near(distance: np.ndarray) -> np.ndarray:
    """Return the kernel up to one pixel from its middle."""
    return (1.5 * distance - 2.5) * distance**2 + 1.0


def _far(distance: np.ndarray) -> np.ndarray:
    """Return the kernel between one and two pixels from its middle."""
    return ((-0.5 * distance + 2.5) * distance - 4.0) * distance + 2.0


def _weights(position: np.ndarray, length: int) -> csr_array:
    """Return the weight of each of ``length`` old pixels in each new pixel of one axis."""
    npix, density = position.shape
    base, weights = _taps(position)
    pixels = base[..., np.newaxis] + _TAPS
    starts = np.arange(0, weights.size + 1, density * _TAPS.size)
    values = np.moveaxis(weights, 0, -1).ravel() / density
    matrix = csr_array((values, pixels.ravel(), starts), shape=(npix, length))
    matrix.sum_duplicates()  # points of a new pixel share old ones
    return matrix
