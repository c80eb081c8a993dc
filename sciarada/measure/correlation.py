"""The correlation of the noise of neighbouring pixels, measured from the image.

Smoothed white noise is correlated over the root of two times the beam, the noise of a
naturally weighted interferometer over the beam, a resampled mosaic over something else;
errors that assume one of them are wrong for the others. The autocorrelation of
source-free pixels is measured at short lags and described by an elliptical Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import ndimage
from scipy.linalg import toeplitz
from scipy.optimize import least_squares

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel

LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (2, 2), (2, -2), (0, 3), (3, 0))
MIN_CORRELATION = 0.15
CLIP_SIGMA = 4.0
SOURCE_MARGIN = 2
PATCH, PIECE = 256, 64  # pixels
PAIRS = 500  # fewest of a piece
MAX_PATCHES = 9
KERNEL_PRECISION = 1e-3


@dataclass(frozen=True, eq=False)
class NoiseCorrelation:
    """The autocorrelation of the noise: a Gaussian of the distance in pixels.

    Parameters
    ----------
    shape : ndarray, shape (2, 2), or None
        Precision matrix Q in pixels^-2, order (x, y), of ``exp(-d'Qd / 2)``; None for
        independent pixels.
    follows_sky : bool
        Whether the noise is constant on the sky; then the shape is that in pixels at the
        reference of the image.
    """

    shape: np.ndarray | None
    follows_sky: bool = False

    @property
    def area(self) -> float:
        """Number of pixels that share one independent value."""
        if self.shape is None:
            return 1.0
        return max(1.0, 2 * np.pi / np.sqrt(np.linalg.det(self.shape)))

    def smooth(self, images: np.ndarray) -> np.ndarray:
        """Return images (..., ny, nx) times the covariance matrix of their pixels.

        The kernel is written as a short sum of products of a function of x and one of y
        (its singular value decomposition), so each term is two small matrix products.
        """
        if self.shape is None:
            return images
        total = np.zeros(images.shape)
        for rows, columns in _kernel_terms(*self.shape.ravel()[[0, 1, 3]], *images.shape[-2:]):
            total += rows @ images @ columns
        return total


@lru_cache(maxsize=64)
def _kernel_terms(
    q_xx: float, q_xy: float, q_yy: float, ny: int, nx: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return pairs of matrices (ny, ny) and (nx, nx) with products that sum to the smoothing."""
    dy, dx = np.mgrid[1 - ny : ny, 1 - nx : nx]
    kernel = np.exp(-0.5 * (q_xx * dx * dx + 2 * q_xy * dx * dy + q_yy * dy * dy))
    along_y, strength, along_x = np.linalg.svd(kernel, full_matrices=False)
    return [
        (
            strength[k] * toeplitz(along_y[ny - 1 :, k], along_y[ny - 1 :: -1, k]),
            toeplitz(along_x[k, nx - 1 :: -1], along_x[k, nx - 1 :]),
        )
        for k in np.flatnonzero(strength > KERNEL_PRECISION * strength[0])
    ]


def measure_correlation(image: SkyImage, model: BackgroundModel) -> NoiseCorrelation:
    """Measure the noise autocorrelation of an image.

    In a map on which the beam is constant on the sky, the noise may be so, too: whichever of
    the two, constant in pixels or on the sky, describes the pixels better is taken.

    Parameters
    ----------
    image : SkyImage
        Up to nine patches of 256x256 pixels are read.
    model : BackgroundModel
        The image's background and noise.

    Returns
    -------
    NoiseCorrelation
        Without a shape where pixels are independent or too few to tell.
    """
    follows = not image.beam_rule.in_plane
    pieces: list[Window] = []
    sums: list[np.ndarray] = []
    for window in _patches(image.shape):
        values = _noise_alone(image, model, window)
        for piece in _pieces(window, PIECE if follows else PATCH):
            pieces.append(piece)
            sums.append(_lagged_sums(values[piece.slices_in(window)]))
    products, pairs = np.sum(sums, axis=0)
    if not (pairs > 1000).all() or products[0] <= 0:
        return NoiseCorrelation(None)
    shape = _fitted((products / pairs)[1:] / (products[0] / pairs[0]))
    if shape is None or not follows:
        return NoiseCorrelation(shape)
    return _on_sky_if_better(image, shape, pieces, np.array(sums))


def stretches(image: SkyImage, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how pixels at (x, y) lie on the sky, in pixels of the reference, (n, 2, 2).

    Off the sky they are taken to be like those of the reference.
    """
    there = image.geometry.frame_jacobian(x, y)
    here = image.geometry.frame_jacobian(*image.reference)
    stretch = np.linalg.solve(here, there)
    known = np.isfinite(stretch).all(axis=(-2, -1), keepdims=True)
    return np.where(known, stretch, np.eye(2))


def _noise_alone(image: SkyImage, model: BackgroundModel, window: Window) -> np.ndarray:
    """Return signal to noise, NaN where there are sources."""
    values = (image.read(window) - model.background(window)) / model.rms(window)
    sources = ndimage.binary_dilation(values > CLIP_SIGMA, iterations=SOURCE_MARGIN)
    values[sources | ~(np.abs(values) < CLIP_SIGMA)] = np.nan
    return values


def _lagged_sums(values: np.ndarray) -> np.ndarray:
    """Return the sums of products and the numbers of pairs at no lag and at `LAGS`."""
    found = [_lagged_product(values, *lag) for lag in ((0, 0), *LAGS)]
    return np.array([[product.sum() for product in found], [product.size for product in found]])


def _fitted(correlation: np.ndarray) -> np.ndarray | None:
    """Return the precision matrix that describes the correlations at `LAGS`, if any does."""
    used = correlation > MIN_CORRELATION
    if used.sum() < 3:
        return None
    dy, dx = np.array(LAGS, float)[used].T
    design = np.stack([dx * dx, 2 * dx * dy, dy * dy], axis=1)
    weight = correlation[used][:, None]
    target = -2 * np.log(correlation[used])
    q_xx, q_xy, q_yy = np.linalg.lstsq(design * weight, target * weight[:, 0], rcond=None)[0]
    shape = np.array([[q_xx, q_xy], [q_xy, q_yy]])
    return shape if np.linalg.eigvalsh(shape)[0] > 0 else None


def _on_sky_if_better(
    image: SkyImage, shape: np.ndarray, pieces: list[Window], sums: np.ndarray
) -> NoiseCorrelation:
    """Return noise that follows the sky where that describes the pieces better."""
    kept = (sums[:, 1] > PAIRS).all(axis=1) & (sums[:, 0, 0] > 0)
    if not kept.any():
        return NoiseCorrelation(shape)
    means = sums[kept, 0] / sums[kept, 1]
    measured = means[:, 1:] / means[:, :1]
    middles = np.array([[w.x0 + w.x1 - 1, w.y0 + w.y1 - 1] for w in pieces])[kept] / 2.0
    lags = np.array(LAGS, float)[:, ::-1]
    on_sky = lags @ np.swapaxes(stretches(image, *middles.T), 1, 2)
    start = np.linalg.cholesky(shape)[[0, 1, 1], [0, 0, 1]]
    in_pixels, follows = (
        least_squares(_misfit, start, args=(measured, where)) for where in (lags, on_sky)
    )
    if in_pixels.cost <= follows.cost:
        return NoiseCorrelation(shape)
    first, mixed, last = follows.x
    lower = np.array([[first, 0.0], [mixed, last]])
    return NoiseCorrelation(lower @ lower.T, follows_sky=True)


def _misfit(lower: np.ndarray, measured: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Return the differences of correlations at lags (x, y) from those of a Cholesky factor."""
    first, mixed, last = lower
    squares = (first * lags[..., 0] + mixed * lags[..., 1]) ** 2 + (last * lags[..., 1]) ** 2
    return (measured - np.exp(-0.5 * squares)).ravel()


def _pieces(window: Window, side: int) -> list[Window]:
    """Return a window cut into squares."""
    return [
        Window(y, min(y + side, window.y1), x, min(x + side, window.x1))
        for y in range(window.y0, window.y1, side)
        for x in range(window.x0, window.x1, side)
    ]


def _patches(image_shape: tuple[int, int]) -> list[Window]:
    """Return patches spread evenly over the image."""
    starts = [
        np.unique(np.linspace(0, max(0, side - PATCH), int(np.sqrt(MAX_PATCHES))).astype(int))
        for side in image_shape
    ]
    return [
        Window(y, y + PATCH, x, x + PATCH).clip(image_shape) for y in starts[0] for x in starts[1]
    ]


def _lagged_product(values: np.ndarray, dy: int, dx: int) -> np.ndarray:
    """Return the products of all valid pairs of pixels at one lag (dy >= 0)."""
    ny, nx = values.shape
    if ny <= dy or nx <= abs(dx):
        return np.empty(0)
    one = values[: ny - dy, max(0, -dx) : nx - max(0, dx)]
    other = values[dy:, max(0, dx) : nx - max(0, -dx)]
    product = one * other
    return product[np.isfinite(product)]
