"""Measured sources as columns of the catalogue: from pixels to the sky and to Jy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.measure.gaussians import PA, PC, X0, Y0, A
from sciarada.measure.shapes import axes, axes_errors, deconvolve, precision_to_sky
from sciarada.measure.sources import MeasuredSource, component_sums

Columns = dict[str, np.ndarray]


def source_columns(image: SkyImage, sources: Sequence[MeasuredSource]) -> Columns:
    """Return the columns of the sources table that follow from the pixels.

    Identifiers are left to the caller; NaN stands for what could not be measured.
    """
    x, y = np.array([s.centroid for s in sources]).reshape(-1, 2).T
    peak_x, peak_y = np.array([s.peak_pixel for s in sources], float).reshape(-1, 2).T
    ra, dec = image.pixel_to_sky(x, y)
    ra_peak, dec_peak = image.pixel_to_sky(peak_x, peak_y)
    jacobian = image.sky_jacobian(x, y).reshape(-1, 2, 2)
    covariance = np.array([s.centroid_covariance for s in sources]).reshape(-1, 2, 2)
    e_ra, e_dec = _spread(jacobian @ covariance @ np.swapaxes(jacobian, 1, 2))

    peak, e_peak, rms = (_gather(sources, name) for name in ("peak", "e_peak", "rms"))
    to_flux = np.nan if image.beam_area is None else 1.0 / image.beam_area
    total, e_total = (_gather(sources, name) * to_flux for name in ("total", "e_total"))
    shape = np.array([s.shape for s in sources]).reshape(-1, 2, 2)
    on_sky = jacobian @ shape @ np.swapaxes(jacobian, 1, 2)
    major, minor, angle = axes(on_sky)
    errors = _shape_errors(sources, jacobian, major, minor)
    deconvolved = _deconvolved(image, sources, on_sky)
    pixels = np.array([s.mask.sum() for s in sources], int)
    area = pixels * image.pixel_area
    windows = [s.window for s in sources]
    columns = {
        "n_components": np.array([len(s.components) for s in sources], int),
        "ra": ra,
        "dec": dec,
        "e_ra": e_ra,
        "e_dec": e_dec,
        "ra_peak": ra_peak,
        "dec_peak": dec_peak,
        "x": x,
        "y": y,
        "x_min": np.array([w.x0 for w in windows], int),
        "x_max": np.array([w.x1 - 1 for w in windows], int),
        "y_min": np.array([w.y0 for w in windows], int),
        "y_max": np.array([w.y1 - 1 for w in windows], int),
        "peak_flux": peak,
        "e_peak_flux": e_peak,
        "total_flux": total,
        "e_total_flux": e_total,
        "mask_flux": _gather(sources, "mask_total") * to_flux,
        "e_mask_flux": _gather(sources, "e_mask_total") * to_flux,
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
        "las": _gather(sources, "extent") * image.pixel_scale,
        "n_pix": pixels,
        "area": area,
        "n_beams": pixels * to_flux,
        "s_region": outline_regions(image, [s.outline for s in sources]),
        "flags": np.array([s.flags for s in sources], int),
    }
    return columns | _constant_columns(image, len(sources))


def component_columns(image: SkyImage, sources: Sequence[MeasuredSource]) -> Columns:
    """Return the columns of the components table, and ``source`` as the index in ``sources``."""
    owner = np.repeat(np.arange(len(sources)), [len(s.components) for s in sources])
    values = np.concatenate([np.empty((0, 6)), *(s.components.values for s in sources)])
    free = np.concatenate([np.empty(0, bool), *(s.components.free for s in sources)])
    covariance = np.concatenate([np.empty((0, 6, 6)), *(s.components.covariance for s in sources)])
    sums = [component_sums(s.components) for s in sources if len(s.components)]
    total, e_total = (np.concatenate([np.empty(0), *(pair[i] for pair in sums)]) for i in range(2))
    x, y = values[:, X0], values[:, Y0]
    ra, dec = image.pixel_to_sky(x, y)
    jacobian = image.sky_jacobian(x, y).reshape(-1, 2, 2)
    position = covariance[:, X0 : Y0 + 1, X0 : Y0 + 1]
    e_ra, e_dec = _spread(jacobian @ position @ np.swapaxes(jacobian, 1, 2))
    precision = values[:, PA : PC + 1]
    on_sky = precision_to_sky(precision, jacobian)
    major, minor, angle = axes(on_sky)
    held = ~free
    errors = axes_errors(precision, covariance[:, PA : PC + 1, PA : PC + 1], jacobian)
    if image.beam is None:
        intrinsic = [np.full(len(values), np.nan)] * 3
    else:
        intrinsic = [np.where(held, np.nan, v) for v in deconvolve(on_sky, image.beam)]
    to_flux = np.nan if image.beam_area is None else 1.0 / image.beam_area
    return {
        "source": owner,
        "ra": ra,
        "dec": dec,
        "e_ra": e_ra,
        "e_dec": e_dec,
        "x": x,
        "y": y,
        "peak_flux": values[:, A],
        "e_peak_flux": np.sqrt(covariance[:, A, A]),
        "total_flux": total * to_flux,
        "e_total_flux": e_total * to_flux,
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


def outline_regions(image: SkyImage, outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Return STC-S polygons (ICRS, decimal degrees) for outlines in image pixels, as bytes."""
    if not len(outlines):
        return np.empty(0, bytes)
    ends = np.cumsum([len(ring) for ring in outlines])
    ra, dec = image.pixel_to_sky(*np.concatenate(outlines).T)
    decimals = max(5, int(np.ceil(np.log10(3600.0 / image.pixel_scale))) + 1)
    return np.array(
        [
            _polygon(ra[start:stop], dec[start:stop], decimals)
            for start, stop in zip([0, *ends[:-1]], ends, strict=True)
        ]
    )


def _polygon(ra: np.ndarray, dec: np.ndarray, decimals: int) -> bytes:
    corners = zip(ra.tolist(), dec.tolist(), strict=True)
    words = " ".join(f"{r:.{decimals}f} {d:.{decimals}f}" for r, d in corners)
    return f"POLYGON ICRS {words}".encode("ascii")


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
    image: SkyImage, sources: Sequence[MeasuredSource], on_sky: np.ndarray
) -> list[np.ndarray]:
    if image.beam is None:
        return [np.full(len(sources), np.nan)] * 3
    point = np.array([len(s.components) == 1 and not s.components.free[0] for s in sources], bool)
    return [np.where(point, np.nan, value) for value in deconvolve(on_sky, image.beam)]


def _constant_columns(image: SkyImage, count: int) -> Columns:
    beam = image.beam
    constants = {
        "beam_maj": np.nan if beam is None else beam.major,
        "beam_min": np.nan if beam is None else beam.minor,
        "beam_pa": np.nan if beam is None else beam.pa,
        "freq": np.nan if image.frequency is None else image.frequency,
    }
    return {name: np.full(count, value, float) for name, value in constants.items()}
