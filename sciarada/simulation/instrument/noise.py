"""Noise as an interferometer's image shows it: Gaussian, and correlated over the beam.

White noise convolved with the restoring beam has the beam's own autocorrelation, a Gaussian
that is sqrt(2) wider than the beam. The white noise is a function of the seed and of the
position only: each small cell of the plane has its own stream of the counter-based generator
Philox (Salmon et al. 2011, SC '11). So any window of an endless noise plane can be made alone,
in bounded memory, and the same seed gives the same pixels for every tiling.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import fft

from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import BLOCK, assemble

CELL = 64
_CELL_ORIGIN = 2**31  # cells left of and below the image have negative numbers
_KERNEL_REACH = 5.0  # sigmas at which the beam is cut: 4e-6 of its peak


@dataclass(frozen=True, eq=False)
class CorrelatedNoise:
    """An endless plane of Gaussian noise of unit rms, correlated like the beam.

    Parameters
    ----------
    covariance : ndarray, shape (2, 2)
        Covariance matrix of the beam in pixels^2, axes in the order (x, y).
    seed : int
        The same seed gives the same noise.

    Notes
    -----
    The kernel is divided by the root of the sum of its squares, so the expected rms of a pixel
    is exactly 1. The measured rms of a region with N independent beams scatters about it by
    about ``1 / sqrt(2 N)``.
    """

    covariance: np.ndarray
    seed: int

    def read(self, window: Window) -> np.ndarray:
        """Return the noise in a window: float32, ``[y, x]``, of the window's shape."""
        kernel = _beam_kernel(self.covariance)
        margin = kernel.shape[0] // 2
        side = fft.next_fast_len(BLOCK + 2 * margin, real=True)
        response = fft.rfft2(kernel, s=(side, side))
        key = np.random.SeedSequence(self.seed).generate_state(2, np.uint64)
        return assemble(window, partial(_noise_block, key, response, side, margin))


def correlated_noise(
    shape: tuple[int, int],
    covariance: np.ndarray,
    seed: int,
    rms: float | Callable[[Window], np.ndarray] = 1.0,
) -> np.ndarray:
    """Return a whole image of beam-correlated noise.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    covariance : ndarray, shape (2, 2)
        Covariance matrix of the beam in pixels^2, axes in the order (x, y).
    seed : int
        The same seed gives the same noise.
    rms : float or callable
        The rms of a pixel, or a function of a window that gives a map of it, such as
        `~sciarada.simulation.instrument.level.NoiseLevel.over`.

    Returns
    -------
    ndarray of float32
        ``[y, x]``.
    """
    window = Window.whole(shape)
    level = rms(window) if callable(rms) else rms
    return (CorrelatedNoise(covariance, seed).read(window) * level).astype(np.float32)


def _beam_kernel(covariance: np.ndarray) -> np.ndarray:
    """Return the beam sampled on pixels, with a sum of squares of one."""
    covariance = np.asarray(covariance, dtype=np.float64)
    precision = np.linalg.inv(covariance)
    reach = math.ceil(_KERNEL_REACH * math.sqrt(np.linalg.eigvalsh(covariance)[-1]))
    step = np.arange(-reach, reach + 1, dtype=np.float64)
    y, x = step[:, None], step[None, :]
    distance2 = precision[0, 0] * x**2 + 2 * precision[0, 1] * x * y + precision[1, 1] * y**2
    kernel = np.exp(-0.5 * distance2)
    return (kernel / np.sqrt(np.sum(kernel**2))).astype(np.float32)


def _noise_block(
    key: np.ndarray, response: np.ndarray, side: int, margin: int, block: Window
) -> np.ndarray:
    """Return one block of the noise plane; ``response`` is the transform of the kernel."""
    white = np.zeros((side, side), dtype=np.float32)
    width = BLOCK + 2 * margin
    white[:width, :width] = _white_noise(key, block.grow(margin))
    smooth = fft.irfft2(fft.rfft2(white, overwrite_x=True) * response, s=(side, side))
    # A kernel that starts at pixel 0 instead of being centred there shifts by its half width.
    return smooth[2 * margin : width, 2 * margin : width]


def _white_noise(key: np.ndarray, window: Window) -> np.ndarray:
    """Return independent standard normal pixels that depend on their position only."""
    first_row, first_column = window.y0 // CELL, window.x0 // CELL
    rows, columns = -(-window.y1 // CELL) - first_row, -(-window.x1 // CELL) - first_column
    cells = np.empty((rows, CELL, columns, CELL), dtype=np.float32)
    for row in range(rows):
        for column in range(columns):
            place = (first_row + row + _CELL_ORIGIN, first_column + column + _CELL_ORIGIN)
            stream = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, *place]))
            cells[row, :, column, :] = stream.standard_normal((CELL, CELL), dtype=np.float32)
    plane = cells.reshape(rows * CELL, columns * CELL)
    return plane[
        window.y0 - first_row * CELL : window.y1 - first_row * CELL,
        window.x0 - first_column * CELL : window.x1 - first_column * CELL,
    ]
