"""The truth about a simulated field, in the columns of a detected catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.measure.shapes import axes
from sciarada.measure.tabulate import outline_regions
from sciarada.simulate.blocks import BLOCK
from sciarada.simulate.footprints import THRESHOLD, Footprints, footprints
from sciarada.simulate.instrument import Observation
from sciarada.simulate.labels import (
    SPURIOUS,
    beams_across,
    detection_classes,
    fr_classes,
    rgz_classes,
    structure_classes,
)
from sciarada.simulate.runs import Runs
from sciarada.simulate.segmentation import Brightness, Segmentation, without_overlap
from sciarada.simulate.sky import SkySources
from sciarada.simulate.sources import PixelGaussians, sky_covariance
from sciarada.simulate.spurious import SPOILT, Spurious, find_artefacts

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known about a simulated field.

    Parameters
    ----------
    catalogue : SourceCatalogue
        The sources, then the artefacts that would be taken for sources.
    segmentation : Segmentation
        Its labels are the ``source_id`` of the catalogue.
    """

    catalogue: SourceCatalogue
    segmentation: Segmentation


def field_truth(
    sources: SkySources,
    drawn: PixelGaussians,
    image: SkyImage,
    observation: Observation,
    meta: Mapping[str, Any],
) -> Truth:
    """Return the truth about a field.

    Parameters
    ----------
    sources : SkySources
        What is there.
    drawn : PixelGaussians
        Its Gaussians in the image's pixels.
    image : SkyImage
        Gives the WCS, the beam and the shape; its pixels are not read.
    observation : Observation
        The true rms, the artefacts and which pixels are valid.
    meta : mapping
        What the catalogue says about itself.

    Returns
    -------
    Truth
        The columns and classes are explained in ``docs/reference/truth.md``. A source no
        pixel of whose footprint is valid is left out.
    """
    count, shape = len(sources), image.shape
    x, y = image.sky_to_pixel(sources.ra, sources.dec)
    rms = observation.level.at(x, y)
    marks = footprints(drawn, sources.gaussians.source, rms, image)
    filled = marks.runs.where(observation.valid, shape, BLOCK)
    starts = np.searchsorted(sources.gaussians.source, np.arange(count + 1))
    light = Brightness(drawn, starts)
    visible = marks.peak >= THRESHOLD * rms
    segments = without_overlap(filled.select(visible[filled.owner]), light, shape, BLOCK)
    spurious, share = find_artefacts(
        observation, segments, filled, count, light, shape, image.beam_area, BLOCK
    )
    columns = (
        _positions(sources, x, y)
        | _shapes(sources, drawn, image, x, y)
        | _masks(filled, count, image)
        | _classes(sources, marks, share > SPOILT, image)
        | {
            "peak_flux": marks.peak,
            "local_rms": rms,
            "snr": marks.peak / rms,
            "local_bkg": np.zeros(count),
        }
    )
    columns["flags"] = _flags(columns, marks, segments, filled, visible, share > SPOILT, shape)
    seen = columns["n_pix"] > 0
    number = np.cumsum(seen)
    columns = {name: values[seen] for name, values in columns.items()}
    columns["source_id"] = number[seen]
    found = _artefacts(spurious, image, observation, first=int(seen.sum()) + 1)
    rings = [ring for ring, shown in zip(marks.outlines, seen, strict=True) if shown]
    catalogue = SourceCatalogue.from_columns(
        _stack(columns, found)
        | _constants(image, len(rings) + len(spurious.outlines))
        | {"s_region": outline_regions(image, rings + spurious.outlines)},
        _components(sources, drawn, image, rms, seen, number),
        meta,
    )
    labels = (
        replace(segments, owner=number[segments.owner]),
        replace(spurious.runs, owner=spurious.runs.owner + int(seen.sum()) + 1),
    )
    return Truth(catalogue, Segmentation(shape, labels))


def _positions(sources: SkySources, x: np.ndarray, y: np.ndarray) -> Columns:
    return {
        "n_components": np.bincount(sources.gaussians.source, minlength=len(sources)),
        "ra": sources.ra,
        "dec": sources.dec,
        "x": x,
        "y": y,
        "total_flux": sources.flux,
        "las": np.where(sources.size > 0, sources.size, np.nan),
    }


def _shapes(
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


def _masks(runs: Runs, count: int, image: SkyImage) -> Columns:
    """Return the columns that follow from the pixels of each of ``count`` objects."""
    boxes = zip(("x_min", "x_max", "y_min", "y_max"), runs.boxes(count), strict=True)
    pixels = runs.count(count)
    return dict(boxes) | {
        "n_pix": pixels,
        "area": pixels * image.pixel_area,
        "n_beams": pixels / image.beam_area,
    }


def _classes(
    sources: SkySources, marks: Footprints, spoilt: np.ndarray, image: SkyImage
) -> Columns:
    n_islands, n_peaks = marks.n_islands, marks.n_peaks
    beam = np.sqrt(image.beam.major * image.beam.minor)
    across = beams_across(sources.size, marks.extent * image.pixel_scale, n_islands, beam)
    return {
        "class_name": detection_classes(n_islands, across, spoilt),
        "morphology": sources.morphology,
        "rgz_class": rgz_classes(n_islands, n_peaks),
        "n_islands": n_islands,
        "n_peaks": n_peaks,
        "fr_class": fr_classes(sources.fr_class, n_islands, across),
        "structure_class": structure_classes(sources.structure, n_islands, n_peaks, across),
    }


def _flags(
    columns: Columns,
    marks: Footprints,
    segments: Runs,
    filled: Runs,
    visible: np.ndarray,
    spoilt: np.ndarray,
    shape: tuple[int, int],
) -> np.ndarray:
    count = len(visible)
    on_edge = (
        (columns["x_min"] == 0)
        | (columns["y_min"] == 0)
        | (columns["x_max"] == shape[1] - 1)
        | (columns["y_max"] == shape[0] - 1)
    )
    kept = segments.count(count)
    lost = visible & (kept < filled.count(count))
    flags = np.where(on_edge, Flag.EDGE, 0)
    flags |= np.where(filled.count(count) < marks.runs.count(count), Flag.NEAR_NAN, 0)
    flags |= np.where(lost, Flag.BLENDED, 0)
    return flags | np.where(spoilt, Flag.ARTEFACT, 0)


def _artefacts(
    spurious: Spurious, image: SkyImage, observation: Observation, first: int
) -> Columns:
    """Return the columns of artefacts that would be taken for sources."""
    count = len(spurious.x)
    ra, dec = image.pixel_to_sky(spurious.x, spurious.y)
    return _masks(spurious.runs, count, image) | {
        "source_id": np.arange(first, first + count),
        "ra": ra,
        "dec": dec,
        "x": spurious.x,
        "y": spurious.y,
        "peak_flux": spurious.peak,
        "snr": spurious.snr,
        "local_rms": observation.level.at(spurious.x, spurious.y),
        "class_name": np.full(count, SPURIOUS),
        "morphology": np.full(count, "artefact"),
        "structure_class": np.full(count, "artifact"),
        "flags": np.full(count, int(Flag.ARTEFACT)),
    }


def _stack(columns: Columns, below: Columns) -> dict[str, Any]:
    """Return two sets of columns on top of each other, None where the second has none."""
    nulls = [None] * len(below["x"])
    return {
        name: np.concatenate([values, below[name]])
        if name in below
        else np.ma.concatenate([values, np.ma.masked_all(len(nulls), values.dtype)])
        for name, values in columns.items()
    }


def _constants(image: SkyImage, count: int) -> Columns:
    return {
        "beam_maj": np.full(count, image.beam.major),
        "beam_min": np.full(count, image.beam.minor),
        "beam_pa": np.full(count, image.beam.pa),
        "freq": np.full(count, np.nan if image.frequency is None else image.frequency),
    }


def _components(
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
