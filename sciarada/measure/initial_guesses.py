"""Initial guesses of the fits of components."""

from __future__ import annotations

import numpy as np

from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.measure.gaussians import PA, PB, PC, SIZE, X0, Y0, A, Components
from sciarada.measure.island_stamps import IslandPixels

MIN_LENGTH = 0.6  # of the deconvolved ellipse, in sigmas of the beam


def from_peaks(island: IslandPixels, peaks: np.ndarray, beam: np.ndarray) -> Components:
    """Return starting components: at the peaks, with the shape of the beam or the moments."""
    values = np.empty((len(peaks), SIZE))
    values[:, A] = island.snr[tuple(peaks.T)]
    values[:, X0], values[:, Y0] = peaks[:, 1], peaks[:, 0]
    values[:, PA:] = beam[0, 0], beam[0, 1], beam[1, 1]
    if len(peaks) == 1:
        values = one_shape(island, values, beam)
    return Components.started(values)


def one_shape(island: IslandPixels, values: np.ndarray, beam: np.ndarray) -> np.ndarray:
    """Return the start (1, 6) of a single component with the shape of the whole island."""
    peak = values[0, [Y0, X0]]
    shape = _moment_shape(island, peak, beam)
    single = values.copy()
    single[:, PA:] = shape[0, 0], shape[0, 1], shape[1, 1]
    return single


def _moment_shape(island: IslandPixels, peak: np.ndarray, beam: np.ndarray) -> np.ndarray:
    """Return a starting shape from the second moments, never smaller than the beam.

    Moments of a Gaussian cut at its contour of height ``t`` (in units of the peak) are too
    small by ``1 + t ln t / (1 - t)``; the starting shape is corrected for that.
    """
    rows, columns = np.nonzero(island.mask)
    weight = np.maximum(island.snr[rows, columns], 0)
    total = weight.sum()
    if not total > 0:
        return beam
    offsets = np.stack([columns - peak[1], rows - peak[0]]).astype(float)
    offsets -= ((offsets * weight).sum(axis=1) / total)[:, None]
    covariance = (offsets * weight) @ offsets.T / total
    cut = min(0.9, max(0.01, weight.min() / weight.max()))
    covariance /= 1 + cut * np.log(cut) / (1 - cut)
    if np.linalg.det(covariance) * np.linalg.det(beam) < 1:
        return beam
    return np.linalg.inv(covariance)


def two_points(ellipse: np.ndarray, beam: np.ndarray) -> np.ndarray | None:
    """Return two points (2, 6) spread along the major axis of an ellipse, None for a round one."""
    own = np.linalg.inv([[ellipse[PA], ellipse[PB]], [ellipse[PB], ellipse[PC]]])
    variance, axes = np.linalg.eigh(own - np.linalg.inv(beam))
    if variance[1] * np.sqrt(np.linalg.det(beam)) < MIN_LENGTH**2:
        return None
    step = np.sqrt(variance[1]) * axes[:, 1]
    points = np.repeat(ellipse[None], 2, axis=0)
    points[:, [X0, Y0]] += [step, -step]
    points[:, A] *= 0.7
    return points


def beam_width(beam: np.ndarray) -> float:
    """Return the geometric mean FWHM in pixels of a precision matrix."""
    return FWHM_PER_SIGMA * float(np.linalg.det(beam)) ** -0.25
