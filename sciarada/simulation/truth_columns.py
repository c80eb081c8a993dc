"""Columns of the truth: positions, fluxes, shapes, pixels, components."""

from __future__ import annotations

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.local_sky import determinant
from sciarada.measure.local_beams import place_areas
from sciarada.measure.shapes import axes
from sciarada.simulation.run_length_masks import RunLengthMasks
from sciarada.simulation.sky import SkySources
from sciarada.simulation.sources import PixelGaussians, sky_covariance

Columns = dict[str, np.ndarray]


def positions(sources: SkySources, x: np.ndarray, y: np.ndarray) -> Columns:
    """Return where sources are, their flux and their size; ``x`` and ``y`` in pixels."""
    return {
        "n_components": np.bincount(sources.gaussians.source, minlength=len(sources)),
        "ra": sources.ra,
        "dec": sources.dec,
        "x": x,
        "y": y,
        "total_flux": sources.flux,
        "las": np.where(sources.size > 0, sources.size, np.nan),
    }


def shapes(
    sources: SkySources, drawn: PixelGaussians, image: SkyImage, x: np.ndarray, y: np.ndarray
) -> Columns:
    """Return the axes of Gaussians with the second moments of the sources."""
    intrinsic, seen = _moments(sources, drawn, image, x, y)
    major, minor, angle = axes(seen)
    true_major, true_minor, true_angle = axes(intrinsic)
    resolved = sources.size > 0
    return {
        "maj_axis": major,
        "min_axis": minor,
        "pos_ang": angle,
        "dc_maj_axis": np.where(resolved, true_major, np.nan),
        "dc_min_axis": np.where(resolved, true_minor, np.nan),
        "dc_pos_ang": np.where(resolved, true_angle, np.nan),
    }


def _moments(
    sources: SkySources, drawn: PixelGaussians, image: SkyImage, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each source's covariance (n, 2, 2) in arcsec^2, before and behind the beam."""
    row = sources.gaussians.source
    jacobian = image.sky_jacobian(x, y)[row]
    offset = jacobian @ np.stack([drawn.x - x[row], drawn.y - y[row]], axis=-1)[:, :, None]
    spread = offset * offset.transpose(0, 2, 1)
    pixel = np.stack([drawn.xx, drawn.xy, drawn.xy, drawn.yy], axis=-1).reshape(-1, 2, 2)
    share = (sources.gaussians.flux / sources.flux[row])[:, None, None]
    shapes = (
        sky_covariance(sources.gaussians) + spread,
        jacobian @ pixel @ jacobian.transpose(0, 2, 1) + spread,
    )
    totals = np.zeros((2, len(sources), 2, 2))
    for total, shape in zip(totals, shapes, strict=True):
        np.add.at(total, row, share * shape)
    return totals[0], totals[1]


def masks(runs: RunLengthMasks, image: SkyImage, x: np.ndarray, y: np.ndarray) -> Columns:
    """Return the columns that follow from the pixels of each of some objects at (x, y)."""
    boxes = zip(("x_min", "x_max", "y_min", "y_max"), runs.boxes(len(x)), strict=True)
    pixels = runs.count(len(x))
    return dict(boxes) | {
        "n_pix": pixels,
        "area": pixels * np.abs(determinant(image.sky_jacobian(x, y))),
        "n_beams": pixels / place_areas(image, x, y),
    }


def components(
    sources: SkySources,
    drawn: PixelGaussians,
    image: SkyImage,
    rms: np.ndarray,
    seen: np.ndarray,
    number: np.ndarray,
) -> Columns:
    """Return the columns of the Gaussians that the sources are made of."""
    chosen = seen[sources.gaussians.source]
    gaussians, drawn = sources.gaussians.select(chosen), drawn.select(chosen)
    pixel = np.stack([drawn.xx, drawn.xy, drawn.xy, drawn.yy], axis=-1).reshape(-1, 2, 2)
    jacobian = image.sky_jacobian(drawn.x, drawn.y)
    major, minor, angle = axes(jacobian @ pixel @ jacobian.transpose(0, 2, 1))
    resolved = gaussians.major > 0
    return {
        "component_id": np.arange(1, len(gaussians) + 1),
        "source_id": number[gaussians.source],
        "ra": gaussians.ra,
        "dec": gaussians.dec,
        "x": drawn.x,
        "y": drawn.y,
        "peak_flux": drawn.peak,
        "total_flux": gaussians.flux,
        "maj_axis": major,
        "min_axis": minor,
        "pos_ang": angle,
        "dc_maj_axis": np.where(resolved, gaussians.major, np.nan),
        "dc_min_axis": np.where(resolved, gaussians.minor, np.nan),
        "dc_pos_ang": np.where(resolved, gaussians.pa, np.nan),
        "local_rms": rms[gaussians.source],
        "flags": np.zeros(len(gaussians), dtype=np.int64),
    }
