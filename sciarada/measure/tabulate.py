"""Measured sources as columns of the catalogue: from pixels to the sky and to Jy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.measure.gaussians import PA, PC, X0, Y0, A
from sciarada.measure.local_beams import place_areas
from sciarada.measure.local_sky import LocalSky, beam_columns
from sciarada.measure.outline_regions import outline_regions
from sciarada.measure.shapes import axes, axes_errors, deconvolve, precision_to_sky
from sciarada.measure.source_moments import component_sums
from sciarada.measure.sources import MeasuredSource

Columns = dict[str, np.ndarray]


def source_columns(image: SkyImage, sources: Sequence[MeasuredSource]) -> Columns:
    """Return the columns of the sources table that follow from the pixels.

    Identifiers are left to the caller; NaN stands for what could not be measured. The beam,
    by which fluxes are divided and from which sizes are deconvolved, is that at the source.
    """
    centroids = np.array([s.centroid for s in sources]).reshape(-1, 2)
    peaks = np.array([s.peak_pixel for s in sources], float).reshape(-1, 2)
    here = LocalSky.at(image, centroids, peaks)
    ra_peak, dec_peak = image.pixel_to_sky(*peaks.T)
    covariance = np.array([s.centroid_covariance for s in sources]).reshape(-1, 2, 2)
    e_ra, e_dec = _spread(here.on_sky(covariance))

    peak, e_peak, rms = (_gather(sources, name) for name in ("peak", "e_peak", "rms"))
    mask_beam = _gather(sources, "beam_area")
    total, e_total = _fluxes(image, sources)
    on_sky = here.on_sky(np.array([s.shape for s in sources]).reshape(-1, 2, 2))
    major, minor, angle = axes(on_sky)
    errors = _shape_errors(sources, here.jacobian, major, minor)
    deconvolved = _deconvolved(sources, on_sky, here.sky_beam)
    pixels = np.array([s.mask.sum() for s in sources], int)
    regions, extents = outline_regions(image, [s.outline for s in sources])
    windows = [s.window for s in sources]
    columns = {
        "n_components": np.array([len(s.components) for s in sources], int),
        "ra": here.ra,
        "dec": here.dec,
        "e_ra": e_ra,
        "e_dec": e_dec,
        "ra_peak": ra_peak,
        "dec_peak": dec_peak,
        "x": here.x,
        "y": here.y,
        "x_min": np.array([w.x0 for w in windows], int),
        "x_max": np.array([w.x1 - 1 for w in windows], int),
        "y_min": np.array([w.y0 for w in windows], int),
        "y_max": np.array([w.y1 - 1 for w in windows], int),
        "peak_flux": peak,
        "e_peak_flux": e_peak,
        "total_flux": total,
        "e_total_flux": e_total,
        "mask_flux": _gather(sources, "mask_total") / mask_beam,
        "e_mask_flux": _gather(sources, "e_mask_total") / mask_beam,
        "local_rms": rms,
        "local_bkg": _gather(sources, "background"),
        "snr": peak / rms,
        "maj_axis": major,
        "e_maj_axis": errors[0],
        "min_axis": minor,
        "e_min_axis": errors[1],
        "pos_ang": angle,
        "e_pos_ang": errors[2],
        "dc_maj_axis": deconvolved[0],
        "dc_min_axis": deconvolved[1],
        "dc_pos_ang": deconvolved[2],
        "las": extents,
        "n_pix": pixels,
        "area": _mask_area(image, sources, pixels, here),
        "n_beams": _gather(sources, "n_beams"),
        "s_region": regions,
        "flags": np.array([s.flags for s in sources], int),
    }
    return columns | beam_columns(image, here)


def component_columns(image: SkyImage, sources: Sequence[MeasuredSource]) -> Columns:
    """Return the columns of the components table, and ``source`` as the index in ``sources``."""
    owner = np.repeat(np.arange(len(sources)), [len(s.components) for s in sources])
    values = np.concatenate([np.empty((0, 6)), *(s.components.values for s in sources)])
    free = np.concatenate([np.empty(0, bool), *(s.components.free for s in sources)])
    covariance = np.concatenate([np.empty((0, 6, 6)), *(s.components.covariance for s in sources)])
    total, e_total = _component_sums(sources)
    peaks = np.array([s.peak_pixel for s in sources], float).reshape(-1, 2)[owner]
    here = LocalSky.at(image, values[:, X0 : Y0 + 1], peaks)
    e_ra, e_dec = _spread(here.on_sky(covariance[:, X0 : Y0 + 1, X0 : Y0 + 1]))
    precision = values[:, PA : PC + 1]
    on_sky = precision_to_sky(precision, here.jacobian)
    major, minor, angle = axes(on_sky)
    held = ~free
    errors = axes_errors(precision, covariance[:, PA : PC + 1, PA : PC + 1], here.jacobian)
    intrinsic = [np.where(held, np.nan, value) for value in deconvolve(on_sky, here.sky_beam)]
    return {
        "source": owner,
        "ra": here.ra,
        "dec": here.dec,
        "e_ra": e_ra,
        "e_dec": e_dec,
        "x": here.x,
        "y": here.y,
        "peak_flux": values[:, A],
        "e_peak_flux": np.sqrt(covariance[:, A, A]),
        "total_flux": total / here.beam_area,
        "e_total_flux": e_total / here.beam_area,
        "maj_axis": major,
        "e_maj_axis": np.where(held, np.nan, errors[0]),
        "min_axis": minor,
        "e_min_axis": np.where(held, np.nan, errors[1]),
        "pos_ang": angle,
        "e_pos_ang": np.where(held, np.nan, errors[2]),
        "dc_maj_axis": intrinsic[0],
        "dc_min_axis": intrinsic[1],
        "dc_pos_ang": intrinsic[2],
        "local_rms": _gather(sources, "rms")[owner],
        "flags": np.array([s.flags for s in sources], int)[owner],
    }


def _component_sums(sources: Sequence[MeasuredSource]) -> tuple[np.ndarray, np.ndarray]:
    """Return the integral over pixels of each component of the sources, and its error."""
    sums = [component_sums(s.components) for s in sources if len(s.components)]
    totals, errors = (np.concatenate([np.empty(0), *(pair[i] for pair in sums)]) for i in range(2))
    return totals, errors


def _fluxes(image: SkyImage, sources: Sequence[MeasuredSource]) -> tuple[np.ndarray, np.ndarray]:
    """Return the flux (Jy) of each source and its error.

    It is that of its components, each divided by the beam area at its own place, or that of
    its pixels.
    """
    mask_beam = _gather(sources, "beam_area")
    by_pixels = np.array([s.by_pixels for s in sources], bool)
    owner = np.repeat(np.arange(len(sources)), [len(s.components) for s in sources])
    values = np.concatenate([np.empty((0, 6)), *(s.components.values for s in sources)])
    area = place_areas(image, values[:, X0], values[:, Y0])
    total, e_total = (sums / area for sums in _component_sums(sources))
    return (
        np.where(
            by_pixels,
            _gather(sources, "total") / mask_beam,
            np.bincount(owner, total, len(sources)),
        ),
        np.where(
            by_pixels,
            _gather(sources, "e_total") / mask_beam,
            np.sqrt(np.bincount(owner, e_total**2, len(sources))),
        ),
    )


def _gather(sources: Sequence[MeasuredSource], name: str) -> np.ndarray:
    return np.array([getattr(source, name) for source in sources], float)


def _spread(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard deviations of the first and the second axis."""
    return np.sqrt(covariance[:, 0, 0]), np.sqrt(covariance[:, 1, 1])


def _shape_errors(
    sources: Sequence[MeasuredSource],
    jacobian: np.ndarray,
    major: np.ndarray,
    minor: np.ndarray,
) -> list[np.ndarray]:
    """Return the errors of major and minor axis (arcsec) and angle (deg).

    One Gaussian has those of its fit, none where it was held at the beam. For moments of
    several, or of pixels, the relative errors of axes and flux are taken to be alike, as
    they are for one Gaussian (Condon 1997).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(_gather(sources, "e_total") / _gather(sources, "total"))
        turn = np.degrees(np.sqrt(2.0) * relative * major * minor / (major**2 - minor**2))
    errors = [major * relative, minor * relative, np.minimum(turn, 90.0)]
    single = np.array([len(s.components) == 1 and not s.by_pixels for s in sources], bool)
    if single.any():
        chosen = [s.components for s, one in zip(sources, single, strict=True) if one]
        fitted = axes_errors(
            np.concatenate([c.values[:, PA : PC + 1] for c in chosen]),
            np.concatenate([c.covariance[:, PA : PC + 1, PA : PC + 1] for c in chosen]),
            jacobian[single],
        )
        held = ~np.concatenate([c.free for c in chosen])
        for error, value in zip(errors, fitted, strict=True):
            error[single] = np.where(held, np.nan, value)
    return errors


def _deconvolved(
    sources: Sequence[MeasuredSource], on_sky: np.ndarray, beam: np.ndarray
) -> list[np.ndarray]:
    point = np.array([len(s.components) == 1 and not s.components.free[0] for s in sources], bool)
    return [np.where(point, np.nan, value) for value in deconvolve(on_sky, beam)]


def _mask_area(
    image: SkyImage, sources: Sequence[MeasuredSource], pixels: np.ndarray, here: LocalSky
) -> np.ndarray:
    """Return the solid angle of the masks in arcsec^2."""
    if image.beam is None or image.beam_rule.in_plane:
        return pixels * here.pixel_area
    return _gather(sources, "n_beams") * image.beam.area
