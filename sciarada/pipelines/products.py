"""The files that a detection run leaves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.executor import in_order
from sciarada.core.image import SkyImage
from sciarada.core.tiles import TileGrid
from sciarada.core.windows import Window
from sciarada.io.checkpoints import Region
from sciarada.io.maps import MapFile
from sciarada.io.regions import write_component_regions, write_source_regions
from sciarada.io.tables import write_catalogue
from sciarada.measure.background import BackgroundModel
from sciarada.pipelines.progress import Progress
from sciarada.pipelines.settings import DetectSettings
from sciarada.pipelines.steps import MeasuredBatch, TileMaps, WriteMaps, gaussian_window
from sciarada.report.html import write_report
from sciarada.report.preview import draw_preview

LEAST_MAP_TILE = 512


def write_products(
    folder: Path,
    image: SkyImage,
    model: BackgroundModel,
    catalogue: SourceCatalogue,
    batches: Sequence[MeasuredBatch],
    run: dict[str, Any],
    settings: DetectSettings,
    pool: Executor,
    progress: Progress,
) -> None:
    """Write every file of the contract into a folder.

    The preview and the maps are made by the pool while this process writes the tables.
    """
    rms = run["rms"]["median"]
    preview = pool.submit(draw_preview, image, catalogue, folder / "preview.png", rms=rms)
    grid = TileGrid(image.shape, settings.tile and max(settings.tile, LEAST_MAP_TILE), halo=0)
    tiles = _tiles(grid, batches)
    step = WriteMaps(image, model, **_map_files(folder, image))
    writing = in_order(pool, step, tiles)
    shown = iter(progress(writing, "writing maps", len(grid)))
    valid = next(shown)
    _write_tables(folder, catalogue, settings.parquet)
    valid += sum(shown)
    preview.result()
    run["counts"]["valid_pixels"] = valid
    write_report(folder, catalogue, image, run)
    (folder / "run.json").write_text(json.dumps(run, indent=2) + "\n")


def _write_tables(folder: Path, catalogue: SourceCatalogue, parquet: bool) -> None:
    for suffix in ("fits", "vot", "ecsv", *(["parquet"] if parquet else [])):
        write_catalogue(catalogue, folder / f"catalogue.{suffix}")
    write_source_regions(catalogue, folder / "sources.reg")
    write_component_regions(catalogue, folder / "components.reg")


def _map_files(folder: Path, image: SkyImage) -> dict[str, MapFile]:
    header, labels = image.map_header(), image.map_header("")
    files = {
        name: MapFile.create(folder / f"{name}.fits", header, image.shape, "float32")
        for name in ("background", "rms", "residual")
    }
    files["segmentation"] = MapFile.create(
        folder / "segmentation.fits", labels, image.shape, "int32"
    )
    return files


def _tiles(grid: TileGrid, batches: Sequence[MeasuredBatch]) -> Iterator[TileMaps]:
    """Yield for each tile the masks and the components that lie on it."""
    masks: dict[tuple[int, int], list[tuple[int, Region]]] = defaultdict(list)
    gaussians: dict[tuple[int, int], list[np.ndarray]] = defaultdict(list)
    islands = np.concatenate([np.empty(0), *(batch.sources["island_id"] for batch in batches)])
    numbers = iter(np.argsort(np.argsort(islands, kind="stable")) + 1)
    for batch in batches:
        for window, mask in batch.masks:
            number = int(next(numbers))
            for place in _places(window, grid):
                masks[place].append((number, (window, mask)))
        for component in batch.gaussians:
            for place in _places(gaussian_window(component), grid):
                gaussians[place].append(component)
    for tile in grid:
        place = (tile.row, tile.column)
        on_it = np.array(gaussians[place]).reshape(-1, 6)
        yield TileMaps(tile.core, masks[place], on_it)


def _places(window: Window, grid: TileGrid) -> Iterator[tuple[int, int]]:
    """Yield the (row, column) of each tile that a window touches."""
    inside = window.clip(grid.shape)
    if not inside.size:
        return
    first = grid.owner(inside.y0, inside.x0)
    last = grid.owner(inside.y1 - 1, inside.x1 - 1)
    for row in range(first.row, last.row + 1):
        for column in range(first.column, last.column + 1):
            yield (row, column)
