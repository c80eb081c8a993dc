"""Smooth random fields without edges: sums of plane waves in random directions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sciarada.geometry.windows import Window

_RIPPLES = 6
_PER_OCTAVE = 16
_OCTAVES = 5


@dataclass(frozen=True, eq=False)
class Waves:
    """A sum of plane waves: Gaussian where there are many, and known everywhere.

    Parameters
    ----------
    kx, ky : ndarray
        Wavenumbers in radians per pixel.
    phase : ndarray
        Radians.
    amplitude : ndarray
        Of each wave; half the sum of the squares is the variance over a large area.
    """

    kx: np.ndarray
    ky: np.ndarray
    phase: np.ndarray
    amplitude: np.ndarray

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the field at zero-based pixel positions, float64, broadcast over x and y."""
        x, y = np.asarray(x)[..., None], np.asarray(y)[..., None]
        return np.cos(self.kx * x + self.ky * y + self.phase) @ self.amplitude

    def over(self, window: Window) -> np.ndarray:
        """Return the field over a window, float32, ``[y, x]``."""
        along_x = np.outer(self.kx, np.arange(window.x0, window.x1)) + self.phase[:, None]
        along_y = np.outer(np.arange(window.y0, window.y1), self.ky)
        left = np.concatenate([np.cos(along_y), -np.sin(along_y)], axis=1)
        right = self.amplitude[:, None] * np.stack([np.cos(along_x), np.sin(along_x)])
        right = right.reshape(left.shape[1], -1)
        return left.astype(np.float32) @ right.astype(np.float32)


def ripples(strength: float, wavelength: float, rng: np.random.Generator) -> Waves:
    """Return a few waves of about one length.

    Parameters
    ----------
    strength : float
        Standard deviation of the sum.
    wavelength : float
        Typical length in pixels.
    rng : numpy.random.Generator
        Random generator.
    """
    length = wavelength * rng.uniform(0.7, 1.4, _RIPPLES)
    return _waves(2 * np.pi / length, np.full(_RIPPLES, 1.0), strength, rng)


def power_law(strength: float, size: float, slope: float, rng: np.random.Generator) -> Waves:
    """Return waves with a power spectrum ``P(k) ~ k^-slope`` below a largest length.

    They span five octaves, evenly in the logarithm of the wavenumber.

    Parameters
    ----------
    strength : float
        Standard deviation of the sum.
    size : float
        Largest length in pixels.
    slope : float
        Of the power spectrum in two dimensions.
    rng : numpy.random.Generator
        Random generator.
    """
    count = _PER_OCTAVE * _OCTAVES
    octave = (np.arange(count) + rng.uniform(0, 1, count)) / _PER_OCTAVE
    wavenumber = 2 * np.pi / size * 2**octave
    # Power in an interval of ln k is k^2 P(k), and the waves are even in ln k.
    return _waves(wavenumber, wavenumber ** (1 - slope / 2), strength, rng)


def _waves(
    wavenumber: np.ndarray, weight: np.ndarray, strength: float, rng: np.random.Generator
) -> Waves:
    angle, phase = rng.uniform(0, 2 * np.pi, (2, len(wavenumber)))
    amplitude = strength * weight * math.sqrt(2 / np.sum(weight**2))
    return Waves(wavenumber * np.cos(angle), wavenumber * np.sin(angle), phase, amplitude)
