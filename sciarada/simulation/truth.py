"""The truth about a simulated field, in the columns of a detected catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.geometry.beam import Beam
from sciarada.measure.local_sky import LocalSky, beam_columns
from sciarada.measure.outline_regions import outline_regions
from sciarada.simulation.blocks import strips
from sciarada.simulation.footprints import THRESHOLD, Footprints, footprints
from sciarada.simulation.labels import (
    SPURIOUS,
    beams_across,
    detection_classes,
    fr_classes,
    rgz_classes,
    structure_classes,
)
from sciarada.simulation.measured import AnyObservation
from sciarada.simulation.run_length_masks import RunLengthMasks
from sciarada.simulation.segmentation import Brightness, Segmentation, without_overlap
from sciarada.simulation.sky import SkySources
from sciarada.simulation.sources import PixelGaussians
from sciarada.simulation.spurious import SPOILT, Spurious, find_artefacts
from sciarada.simulation.truth_columns import (
    Columns,
    components,
    masks,
    positions,
    shapes,
)


@dataclass(frozen=True, eq=False)
class Truth:
    """The truth of a simulated field.

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
    observation: AnyObservation,
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
    observation : Observation or MeasuredObservation
        The true rms, the artefacts and which pixels are valid.
    meta : mapping
        What the catalogue says about itself.

    Returns
    -------
    Truth
        The columns and classes are explained in ``docs/reference/truth.md``. A source
        without valid pixels in its footprint is omitted.

    Raises
    ------
    ValueError
        The image has no beam.
    """
    if image.beam is None or image.beam_area is None:
        raise ValueError(f"{image.name} has no beam, so its sources have no peaks")
    count, shape = len(sources), image.shape
    x, y = image.sky_to_pixel(sources.ra, sources.dec)
    rms = observation.level.at(x, y)
    marks = footprints(drawn, sources.gaussians.source, rms, image)
    filled = marks.runs.where(observation.valid, shape)
    starts = np.searchsorted(sources.gaussians.source, np.arange(count + 1))
    brightness = Brightness(drawn, starts)
    visible = marks.peak >= THRESHOLD * rms
    segments = without_overlap(filled.select(visible[filled.owner]), brightness, shape)
    spurious, share = find_artefacts(
        observation, segments, filled, count, brightness, shape, image.beam_area
    )
    columns = (
        positions(sources, x, y)
        | shapes(sources, drawn, image, x, y)
        | masks(filled, image, x, y)
        | _classes(sources, marks, share > SPOILT, image, image.beam)
        | {
            "peak_flux": marks.peak,
            "local_rms": rms,
            "snr": marks.peak / rms,
        }
    )
    columns["flags"] = _flags(columns, marks, segments, filled, visible, shape)
    seen = columns["n_pix"] > 0
    number = np.cumsum(seen)
    columns = {name: values[seen] for name, values in columns.items()}
    columns["source_id"] = number[seen]
    found = _artefacts(spurious, image, observation, first=int(seen.sum()) + 1)
    rings = [ring for ring, shown in zip(marks.outlines, seen, strict=True) if shown]
    table = _stack(columns, found)
    table["local_bkg"] = _background(observation, table["x"], table["y"], shape)
    table["s_region"], _ = outline_regions(image, rings + spurious.outlines)
    here = LocalSky.at(image, np.column_stack([table["x"], table["y"]]))
    catalogue = SourceCatalogue.from_columns(
        table | beam_columns(image, here),
        components(sources, drawn, image, rms, seen, number),
        meta,
    )
    labels = (
        replace(segments, owner=number[segments.owner]),
        replace(spurious.runs, owner=spurious.runs.owner + int(seen.sum()) + 1),
    )
    return Truth(catalogue, Segmentation(shape, labels))


def _background(
    observation: AnyObservation, x: np.ndarray, y: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Return the background in the pixels nearest to positions."""
    column = np.clip(np.rint(x), 0, shape[1] - 1).astype(np.int64)
    row = np.clip(np.rint(y), 0, shape[0] - 1).astype(np.int64)
    background = np.zeros(len(x))
    for strip in strips(shape):
        here = np.flatnonzero((row >= strip.y0) & (row < strip.y1))
        if len(here):
            emission = observation.emission(strip)
            background[here] = emission[row[here] - strip.y0, column[here]]
    return background


def _classes(
    sources: SkySources, marks: Footprints, spoilt: np.ndarray, image: SkyImage, beam: Beam
) -> Columns:
    n_islands, n_peaks = marks.n_islands, marks.n_peaks
    width = np.sqrt(beam.major * beam.minor)
    across = beams_across(sources.size, marks.extent * image.pixel_scale, n_islands, width)
    return {
        "det_class": detection_classes(n_islands, across, spoilt),
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
    segments: RunLengthMasks,
    filled: RunLengthMasks,
    visible: np.ndarray,
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
    return flags | np.where(lost, Flag.BLENDED, 0)


def _artefacts(
    spurious: Spurious, image: SkyImage, observation: AnyObservation, first: int
) -> Columns:
    """Return the columns of artefacts that would be taken for sources."""
    count = len(spurious.x)
    ra, dec = image.pixel_to_sky(spurious.x, spurious.y)
    return masks(spurious.runs, image, spurious.x, spurious.y) | {
        "source_id": np.arange(first, first + count),
        "ra": ra,
        "dec": dec,
        "x": spurious.x,
        "y": spurious.y,
        "peak_flux": spurious.peak,
        "snr": spurious.snr,
        "local_rms": observation.level.at(spurious.x, spurious.y),
        "det_class": np.full(count, SPURIOUS),
        "morphology": np.full(count, "artefact"),
        "structure_class": np.full(count, "artifact"),
        "flags": np.full(count, int(Flag.ARTEFACT)),
    }


def _stack(columns: Columns, below: Columns) -> dict[str, Any]:
    """Return two sets of columns stacked by rows, masked where the second lacks a column."""
    count = len(below["x"])
    return {
        name: np.concatenate([values, below[name]])
        if name in below
        else np.ma.concatenate([values, np.ma.masked_all(count, values.dtype)])
        for name, values in columns.items()
    }
