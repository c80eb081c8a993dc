"""The truth about a simulated field, in the columns of a detected catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.measure.shapes import axes
from sciarada.simulate.footprints import footprints
from sciarada.simulate.noise import NoiseLevel
from sciarada.simulate.sky import SkySources
from sciarada.simulate.sources import PixelGaussians, sky_covariance


def true_catalogue(
    sources: SkySources,
    drawn: PixelGaussians,
    image: SkyImage,
    level: NoiseLevel,
    meta: Mapping[str, Any],
) -> SourceCatalogue:
    """Return the truth as a catalogue like those that are detected.

    Parameters
    ----------
    sources : SkySources
        What is there.
    drawn : PixelGaussians
        Its Gaussians in the image's pixels.
    image : SkyImage
        Gives the WCS, the beam and the shape; its pixels are not read.
    level : NoiseLevel
        The true rms.
    meta : mapping
        What the catalogue says about itself.

    Returns
    -------
    SourceCatalogue
        ``peak_flux`` is the highest surface brightness of the source alone, without noise;
        ``maj_axis``, ``min_axis`` and ``pos_ang`` are those of a Gaussian with the source's
        second moments, ``dc_...`` the same before the beam; ``class_name`` is the
        morphology. Sources without intrinsic size have null ``dc_...`` and ``las``.
        ``n_pix``, the box and ``s_region`` belong to the pixels above three times the local
        rms, or above half the peak of a source whose peak is below six times the rms.
    """
    count = len(sources)
    x, y = image.sky_to_pixel(sources.ra, sources.dec)
    rms = level.at(x, y)
    marks = footprints(drawn, sources.gaussians.source, rms, image)
    intrinsic, seen = _moments(sources, drawn, image, x, y)
    major, minor, angle = axes(seen)
    true_major, true_minor, true_angle = axes(intrinsic)
    resolved = sources.size > 0
    last_row, last_column = np.array(image.shape) - 1
    on_edge = (
        (marks.x_min == 0)
        | (marks.y_min == 0)
        | (marks.x_max == last_column)
        | (marks.y_max == last_row)
    )
    return SourceCatalogue.from_columns(
        {
            "source_id": np.arange(1, count + 1),
            "n_components": np.bincount(sources.gaussians.source, minlength=count),
            "ra": sources.ra,
            "dec": sources.dec,
            "x": x,
            "y": y,
            "x_min": marks.x_min,
            "x_max": marks.x_max,
            "y_min": marks.y_min,
            "y_max": marks.y_max,
            "peak_flux": marks.peak,
            "total_flux": sources.flux,
            "local_rms": rms,
            "local_bkg": np.zeros(count),
            "snr": marks.peak / rms,
            "maj_axis": major,
            "min_axis": minor,
            "pos_ang": angle,
            "dc_maj_axis": np.where(resolved, true_major, np.nan),
            "dc_min_axis": np.where(resolved, true_minor, np.nan),
            "dc_pos_ang": np.where(resolved, true_angle, np.nan),
            "las": np.where(resolved, sources.size, np.nan),
            "n_pix": marks.n_pix,
            "area": marks.n_pix * image.pixel_area,
            "n_beams": marks.n_pix / image.beam_area,
            "beam_maj": np.full(count, image.beam.major),
            "beam_min": np.full(count, image.beam.minor),
            "beam_pa": np.full(count, image.beam.pa),
            "freq": np.full(count, image.frequency),
            "s_region": marks.s_region,
            "class_name": sources.morphology,
            "flags": np.where(on_edge, Flag.EDGE, 0),
        },
        _components(sources, drawn, image, rms),
        meta,
    )


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


def _components(
    sources: SkySources, drawn: PixelGaussians, image: SkyImage, rms: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of the Gaussians that the sources are made of."""
    gaussians = sources.gaussians
    pixel = np.stack([drawn.xx, drawn.xy, drawn.xy, drawn.yy], axis=-1).reshape(-1, 2, 2)
    jacobian = image.sky_jacobian(drawn.x, drawn.y)
    major, minor, angle = axes(jacobian @ pixel @ jacobian.transpose(0, 2, 1))
    resolved = gaussians.major > 0
    return {
        "component_id": np.arange(1, len(gaussians) + 1),
        "source_id": gaussians.source + 1,
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
