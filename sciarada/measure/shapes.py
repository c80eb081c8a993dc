"""Sizes and angles on the sky, their errors, and deconvolution from the beam.

Shapes travel as covariance matrices; axes are FWHM in arcsec, position angles degrees
from north through east. Deconvolution of Gaussians is subtraction of covariances
(Wild 1970, AuJPh 23, 113, in matrix form).
"""

from __future__ import annotations

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA

ASSUMED_BEAM_PIXELS = 3.0  # FWHM, where no beam is known


def beam_pixels(image: SkyImage) -> float:
    """Return the geometric mean FWHM in pixels of the beam at the image's reference.

    Without a beam it is a guess.
    """
    if image.beam_area is None:
        return ASSUMED_BEAM_PIXELS
    return FWHM_PER_SIGMA * float(np.sqrt(image.beam_area / (2.0 * np.pi)))


def precision_to_sky(precision: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    """Return covariances (n, 2, 2) in arcsec^2 for pixel precisions (n, 3) = a, b, c."""
    a, b, c = precision.T
    determinant = a * c - b * b
    pixel = np.stack([c, -b, -b, a], axis=-1).reshape(-1, 2, 2) / determinant[:, None, None]
    return jacobian @ pixel @ np.swapaxes(jacobian, 1, 2)


def axes(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return major and minor FWHM (arcsec) and position angle (deg) of (n, 2, 2).

    Axes with a variance that is not positive are NaN.
    """
    east, cross, north = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    middle = 0.5 * (east + north)
    half = np.hypot(0.5 * (north - east), cross)
    with np.errstate(invalid="ignore"):
        major = FWHM_PER_SIGMA * np.sqrt(middle + half)
        minor = FWHM_PER_SIGMA * np.sqrt(middle - half)
    angle = np.degrees(0.5 * np.arctan2(2 * cross, north - east)) % 180.0
    return major, minor, np.where(angle >= 180.0, 0.0, angle)


def axes_errors(
    precision: np.ndarray, covariance: np.ndarray, jacobian: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Propagate errors of a, b, c to major and minor axis (arcsec) and angle (deg).

    Parameters
    ----------
    precision : ndarray, shape (n, 3)
    covariance : ndarray, shape (n, 3, 3)
    jacobian : ndarray, shape (n, 2, 2)
    """
    gradient = np.empty((3, len(precision), 3))
    step = 1e-4 * np.sqrt(np.abs(precision[:, 0] * precision[:, 2]))
    for i in range(3):
        shift = np.zeros_like(precision)
        shift[:, i] = step
        high = axes(precision_to_sky(precision + shift, jacobian))
        low = axes(precision_to_sky(precision - shift, jacobian))
        for j in range(2):
            gradient[j, :, i] = (high[j] - low[j]) / (2 * step)
        turn = (high[2] - low[2] + 90.0) % 180.0 - 90.0
        gradient[2, :, i] = turn / (2 * step)
    variance = np.einsum("jni,nik,jnk->jn", gradient, covariance, gradient)
    major, minor, angle = np.sqrt(np.maximum(variance, 0.0))
    return major, minor, np.minimum(angle, 90.0)


def deconvolve(
    covariance: np.ndarray, beam: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return axes and angle of shapes (n, 2, 2) without the beam, NaN where nothing is left.

    Parameters
    ----------
    covariance : ndarray, shape (n, 2, 2)
        Of the sources in arcsec^2, axes in the order (east, north).
    beam : ndarray, shape (n, 2, 2) or (2, 2)
        Of the beam at each source.
    """
    major, minor, angle = axes(covariance - beam)
    return major, minor, np.where(np.isfinite(major), angle, np.nan)
