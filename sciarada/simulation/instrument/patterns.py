"""Patterns of an array around a bright source: sidelobes, and rays of calibration errors.

An error of the antennas' gains in one interval of the track is an error of the spatial
frequencies that they sampled then, and its picture is the Fourier transform of that (Ekers
1999, ASP Conf. 180, 321). So the patterns are computed as the array makes them: the VLA's three
arms give six spokes, the ATCA's straight line gives a ray for each interval of the track, and a
two-dimensional array gives something less regular.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy import fft

from sciarada.simulation.instrument.arrays import ARRAYS, Array

DRAWS = 3  # independent pictures of calibration errors; sources mix them
_SAMPLES = 400_000  # about as many as fill the plane without gaps that matter
_CHANNELS = (8, 256)  # at least, at most


@lru_cache(maxsize=1)
def patterns(
    array: str,
    declination: float,
    jacobian: tuple[float, float, float, float],
    beam: tuple[float, float, float],
    side: int,
    seed: int,
) -> np.ndarray:
    """Return the patterns around a source of 1 Jy/beam.

    Parameters
    ----------
    array : str
        One of `ARRAYS`.
    declination : float
        Degrees.
    jacobian : tuple of float
        East by x, east by y, north by x, north by y: arcsec per pixel.
    beam : tuple of float
        Covariance xx, xy, yy of the restoring beam in pixels^2.
    side : int
        Even; the source is at pixel ``(side // 2, side // 2)``.
    seed : int
        Of the errors.

    Returns
    -------
    ndarray of float32, shape (1 + DRAWS, side, side)
        First the sidelobes of the dirty beam, then draws of what a random error of the gains
        of 100 % rms would add. All are zero at the source itself, whose flux is not changed.
    """
    layout = ARRAYS[array]
    row, column, flip, weight = _samples(layout, declination, jacobian, beam, side)
    total = 2 * weight.sum()
    clean = _clean_beam(beam, side)
    first, second = layout.baselines()
    result = np.empty((1 + DRAWS, side, side), dtype=np.float32)
    rng = np.random.default_rng(seed)
    for number in range(1 + DRAWS):
        if number == 0:
            error: np.ndarray = np.ones((1, 1, 1, 1))
        else:
            gains = rng.normal(0, math.sqrt(0.5), (2, len(layout.east), layout.intervals))
            gains = gains[0] + 1j * gains[1]
            error = (gains[first] + gains[second].conj())[:, :, None, None]
        value = np.broadcast_to(error, weight.shape)
        value = np.where(flip, value.conj(), value) * weight
        image = _image(row, column, value, side) / total
        result[number] = image - image[side // 2, side // 2] * clean
    return result


def envelopes(bank: np.ndarray) -> np.ndarray:
    """Return how strong patterns still are at and beyond each radius in whole pixels.

    Parameters
    ----------
    bank : ndarray, shape (n, side, side)
        The source is at ``side // 2``.

    Returns
    -------
    ndarray, shape (n, side // 2)
        Twice the root mean square in a ring, or further out if that is more.
    """
    half = bank.shape[-1] // 2
    step = np.arange(-half, half)
    radius = np.hypot(step[:, None], step).astype(np.int64).ravel()
    count = np.bincount(radius)[:half]
    power = [np.bincount(radius, np.square(part).ravel())[:half] / count for part in bank]
    return 2 * np.sqrt(np.maximum.accumulate(np.array(power)[:, ::-1], axis=1)[:, ::-1])


def _samples(
    layout: Array,
    declination: float,
    jacobian: tuple[float, float, float, float],
    beam: tuple[float, float, float],
    side: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the cell of each sample in the half plane, whether it is mirrored, its weight."""
    sky = np.array(jacobian).reshape(2, 2)
    covariance = np.array([[beam[0], beam[1]], [beam[1], beam[2]]])
    values, axes = np.linalg.eigh(8 * math.log(2) * sky @ covariance @ sky.T)
    # Stretched so that the longest baselines reach one wavelength per beam FWHM in all directions.
    per_arcsec = axes @ np.diag(values**-0.5) @ axes.T
    u, v = layout.coverage(declination)
    channels = int(np.clip(_SAMPLES // u.size, *_CHANNELS))
    # Channels that start elsewhere on each baseline leave no regular gaps, which would repeat
    # the pattern at a distance.
    begin = np.random.default_rng(0).uniform(0, 1, (len(u), 1, 1, 1))
    channel = 1 + layout.band * ((np.arange(channels) + begin) / channels - 0.5)
    u, v = (part[..., None] * channel for part in (u, v))
    # Cycles per pixel along x and y.
    (ax, ay), (bx, by) = sky.T @ per_arcsec
    kx, ky = ax * u + ay * v, bx * u + by * v
    spread = covariance[0, 0] * kx**2 + 2 * covariance[0, 1] * kx * ky + covariance[1, 1] * ky**2
    taper = np.exp(-2 * math.pi**2 * spread)
    flip = kx < 0
    sign = np.where(flip, -1.0, 1.0)
    column = np.rint(sign * kx * side).astype(np.int64)
    row = np.rint(sign * ky * side).astype(np.int64) % side
    inside = column <= side // 2
    column = np.minimum(column, side // 2)
    # Uniform weights: each cell that is sampled counts the same.
    cell = row * (side // 2 + 1) + column
    count = np.bincount(cell.ravel(), minlength=side * (side // 2 + 1))
    weight = taper * inside / count[cell]
    weight[column == 0] *= 0.5  # each of these cells is also the mirror image of another
    return row, column, flip, weight


def _image(row: np.ndarray, column: np.ndarray, value: np.ndarray, side: int) -> np.ndarray:
    """Return the picture of samples and their mirror images, the origin in the middle."""
    width = side // 2 + 1
    cell = (row * width + column).ravel()
    plane = np.empty((side, width), dtype=np.complex64)
    plane.real = np.bincount(cell, value.real.ravel(), side * width).reshape(side, width)
    plane.imag = np.bincount(cell, value.imag.ravel(), side * width).reshape(side, width)
    # Samples with kx = 0 stand for themselves and their mirror image.
    plane[:, 0] += np.roll(plane[::-1, 0], 1).conj()
    image = fft.irfft2(plane, s=(side, side), norm="forward", overwrite_x=True)
    return fft.fftshift(image)


def _clean_beam(beam: tuple[float, float, float], side: int) -> np.ndarray:
    xx, xy, yy = beam
    step = np.arange(-(side // 2), side // 2)
    x, y = step, step[:, None]
    distance2 = (yy * x**2 - 2 * xy * x * y + xx * y**2) / (xx * yy - xy**2)
    return np.exp(-0.5 * distance2).astype(np.float32)
