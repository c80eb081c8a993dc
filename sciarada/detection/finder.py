"""From tiles to islands: a detector on every tile, at full resolution and at coarser scales."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sciarada.core.detections import Detection
from sciarada.core.image import SkyImage
from sciarada.detection.cells import cells
from sciarada.detection.compactness import Compactness, MeasureCompactness, is_diffuse
from sciarada.detection.detector_calls import check_sendable, halo_of
from sciarada.detection.multiscale import Scale, coarse_image, lift, merge_scales
from sciarada.detection.tasks import BatchDetections, DetectTiles, TileDetections
from sciarada.detection.workbench import Workbench
from sciarada.geometry.tiles import Tile, TileGrid
from sciarada.io.checkpoints import Remembered
from sciarada.measure.background import estimate_background
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.islands import Island, stitch
from sciarada.running.executor import in_order

logger = logging.getLogger(__name__)


def find_islands(
    bench: Workbench, image: SkyImage, model: BackgroundModel, look: str
) -> list[Island]:
    """Run the detector on all tiles of an image, coarse or not, and stitch its islands."""
    halo = halo_of(bench.detector, bench.name, image)
    grid = TileGrid(image.shape, bench.settings.tile, halo)
    if not np.isfinite(model.location).any():
        return []
    pool = bench.tiles_pool
    check_sendable(bench.detector, bench.name, pool)
    step = Remembered(
        DetectTiles(image, model, bench.detector, bench.name, grid),
        BatchDetections,
        bench.finished,
        partial(_batch_name, look),
    )
    batches = _batches(list(grid), bench.tiles_at_once)
    found = bench.progress(in_order(pool, step, batches), f"detecting ({look})", len(batches))
    results = [result for batch in found for result in batch.tiles]
    detections = [_logged(tile, result, look) for tile, result in zip(grid, results, strict=True)]
    return stitch(list(zip(grid, detections, strict=True)), grid)


def _batches(tiles: list[Tile], size: int) -> list[list[Tile]]:
    return [tiles[first : first + size] for first in range(0, len(tiles), size)]


def _logged(tile: Tile, result: TileDetections, look: str) -> Sequence[Detection]:
    """Return the detections of a tile, after logging their number."""
    at, found = tile.window, result.detections
    where = f"x {at.x0}-{at.x1 - 1}, y {at.y0}-{at.y1 - 1}"
    logger.debug("tile %s (%s), %s: %d detections", tile.tile_id, look, where, len(found))
    return found


def _batch_name(look: str, tiles: Sequence[Tile]) -> str:
    """Return the file name of a batch; batches of other sizes have other names."""
    several = f"-{len(tiles)}" if len(tiles) > 1 else ""
    return f"tile-{look}-{tiles[0].tile_id}{several}"


def add_diffuse(
    bench: Workbench, model: BackgroundModel, islands: list[Island], peak_sigma: float
) -> list[Island]:
    """Look for diffuse emission at each coarser scale and join it with the islands."""
    image = bench.image
    grid = TileGrid(image.shape, bench.settings.tile)
    for beams in bench.settings.scales:
        scale = Scale.of(image, beams)
        if not scale.fits(image):
            continue
        compactnesses = _compactness(bench, image, model, islands)
        compact = [
            i
            for i, compactness in zip(islands, compactnesses, strict=True)
            if compactness.is_compact
        ]
        coarse = coarse_image(image, compact, scale, bench.pool)
        coarse_model = estimate_background(coarse).under_diffuse
        found = find_islands(bench, coarse, coarse_model, f"{beams:g} beams")
        diffuse = [
            (whole, compactness)
            for whole, compactness in zip(
                lift(found, scale, image, grid),
                _compactness(bench, coarse, coarse_model, found),
                strict=True,
            )
            if is_diffuse(compactness, peak_sigma)
        ]
        to_fine = scale.factor**2 * float(np.median(coarse_model.scale) / np.median(model.scale))
        islands = merge_scales(
            list(zip(islands, compactnesses, strict=True)),
            [
                (whole, replace(compactness, total=compactness.total * to_fine))
                for whole, compactness in diffuse
            ],
        )
    return islands


def _compactness(
    bench: Workbench, image: SkyImage, model: BackgroundModel, islands: list[Island]
) -> list[Compactness]:
    """Return the compactness of each island."""
    groups_of_islands = cells(islands)
    groups = [[islands[i] for i in cell] for cell in groups_of_islands]
    found = in_order(bench.pool, MeasureCompactness(image, model), groups)
    compactnesses = {
        i: compactness
        for cell, part in zip(groups_of_islands, found, strict=True)
        for i, compactness in zip(cell, part, strict=True)
    }
    return [compactnesses[i] for i in range(len(islands))]
