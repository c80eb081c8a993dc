"""The light of one source: added up over its Gaussian components, or over its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.measure import gaussians
from sciarada.measure.gaussians import PA, PB, PC, SIZE, X0, Y0, A, Components


@dataclass(frozen=True, eq=False)
class SourceMoments:
    """Position, flux and shape of a source in units of the noise.

    Parameters
    ----------
    centroid, centroid_covariance : ndarray, shapes (2,) and (2, 2)
        Position (x, y) and its covariance in pixels.
    peak, e_peak : float
        Highest surface brightness.
    total, e_total : float
        Integral over pixels.
    shape : ndarray, shape (2, 2)
        Covariance (x, y) of the light in pixels^2.
    """

    centroid: np.ndarray
    centroid_covariance: np.ndarray
    peak: float
    e_peak: float
    total: float
    e_total: float
    shape: np.ndarray


def component_sums(components: Components) -> tuple[np.ndarray, np.ndarray]:
    """Return the integral over pixels of each component and its error."""
    amplitude, _, _, a, b, c = components.values.T
    determinant = a * c - b * b
    total = amplitude * 2 * np.pi / np.sqrt(determinant)
    gradient = np.zeros((len(components), SIZE))
    gradient[:, A] = total / amplitude
    free = components.free
    gradient[free, PA] = (-total * c / (2 * determinant))[free]
    gradient[free, PB] = (total * b / determinant)[free]
    gradient[free, PC] = (-total * a / (2 * determinant))[free]
    variance = np.einsum("ni,nij,nj->n", gradient, components.covariance, gradient)
    return total, np.sqrt(np.maximum(variance, 0.0))


def from_components(components: Components) -> SourceMoments:
    """Combine components: their sum, their common centroid and second moments."""
    total, e_total = component_sums(components)
    weight = total / total.sum()
    centres = components.values[:, [X0, Y0]]
    centroid = weight @ centres
    position = components.covariance[:, X0 : Y0 + 1, X0 : Y0 + 1]
    apart = centres - centroid
    peak, e_peak = _summed_peak(components, centroid)
    a, b, c = components.values[:, PA : PC + 1].T
    own = np.stack([c, -b, -b, a], axis=-1).reshape(-1, 2, 2)
    own /= (a * c - b * b)[:, None, None]
    return SourceMoments(
        centroid,
        np.einsum("n,nij->ij", weight**2, position),
        peak,
        e_peak,
        float(total.sum()),
        float(np.sqrt((e_total**2).sum())),
        np.einsum("n,nij->ij", weight, own + apart[:, :, None] * apart[:, None, :]),
    )


def _summed_peak(components: Components, centroid: np.ndarray) -> tuple[float, float]:
    """Return the highest value of the summed components and its error.

    It is looked for at their centres and at their common centroid; the error is that of the
    amplitudes, each weighed by its part in the value.
    """
    values = components.values
    if len(values) == 1:
        return float(values[0, A]), float(np.sqrt(components.covariance[0, A, A]))
    places = np.vstack([values[:, [X0, Y0]], centroid])
    parts = np.stack([gaussians.evaluate(row[None], *places.T) for row in values])
    top = int(np.argmax(parts.sum(axis=0)))
    share = parts[:, top] / values[:, A]
    variance = (share**2 * components.covariance[:, A, A]).sum()
    return float(parts[:, top].sum()), float(np.sqrt(variance))


def from_pixels(
    data: np.ndarray,
    position: np.ndarray,
    total: float,
    e_total: float,
    cells: float,
    top: int,
) -> SourceMoments:
    """Measure a source from the sums and moments of its pixels."""
    weight = np.maximum(data, 0.0)
    light = weight.sum()
    if light <= 0:
        weight, light = np.ones_like(data), float(data.size)
    centroid = position @ weight / light
    apart = position - centroid[:, None]
    share = np.full((2, 2), 1.0 / 12.0) * np.eye(2)
    return SourceMoments(
        centroid,
        cells * (apart @ apart.T) / light**2 + share / light**2,
        float(data[top]),
        1.0,
        total,
        e_total,
        (apart * weight) @ apart.T / light + share,
    )
