"""How the noise of neighbouring pixels is correlated, measured from the image itself.

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

from sciarada.core.image import SkyImage
from sciarada.core.windows import Window
from sciarada.measure.background import BackgroundModel

LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (2, 2), (2, -2), (0, 3), (3, 0))
LEAST_CORRELATION = 0.15
CLIP_SIGMA = 4.0
SOURCE_MARGIN = 2
PATCH = 256
MOST_PATCHES = 9
KERNEL_PRECISION = 1e-3


@dataclass(frozen=True, eq=False)
class NoiseCorrelation:
    """The autocorrelation of the noise: a Gaussian of the distance in pixels.

    Parameters
    ----------
    shape : ndarray, shape (2, 2), or None
        Precision matrix Q in pixels^-2, order (x, y), of ``exp(-d'Qd / 2)``; None for
        independent pixels.
    """

    shape: np.ndarray | None

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
    """Return pairs of matrices (ny, ny) and (nx, nx) whose products sum to the smoothing."""
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
    products = np.zeros(len(LAGS) + 1)
    pairs = np.zeros(len(LAGS) + 1)
    for window in _patches(image.shape):
        values = (image.read(window) - model.background(window)) / model.rms(window)
        sources = ndimage.binary_dilation(values > CLIP_SIGMA, iterations=SOURCE_MARGIN)
        values[sources | ~(np.abs(values) < CLIP_SIGMA)] = np.nan
        for i, lag in enumerate(((0, 0), *LAGS)):
            product = _lagged_product(values, *lag)
            products[i] += product.sum()
            pairs[i] += product.size
    if not (pairs > 1000).all() or products[0] <= 0:
        return NoiseCorrelation(None)
    correlation = (products / pairs)[1:] / (products[0] / pairs[0])
    used = correlation > LEAST_CORRELATION
    if used.sum() < 3:
        return NoiseCorrelation(None)
    dy, dx = np.array(LAGS, float)[used].T
    design = np.stack([dx * dx, 2 * dx * dy, dy * dy], axis=1)
    weight = correlation[used][:, None]
    target = -2 * np.log(correlation[used])
    q_xx, q_xy, q_yy = np.linalg.lstsq(design * weight, target * weight[:, 0], rcond=None)[0]
    shape = np.array([[q_xx, q_xy], [q_xy, q_yy]])
    return NoiseCorrelation(shape if np.linalg.eigvalsh(shape)[0] > 0 else None)


def _patches(image_shape: tuple[int, int]) -> list[Window]:
    """Return patches spread evenly over the image."""
    starts = [
        np.unique(np.linspace(0, max(0, side - PATCH), int(np.sqrt(MOST_PATCHES))).astype(int))
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
