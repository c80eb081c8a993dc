"""From an image to a catalogue and its products: background, islands, measurement, maps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.executor import in_order, submit
from sciarada.core.image import SkyImage
from sciarada.core.schema import Flag
from sciarada.core.tiles import Tile, TileGrid
from sciarada.core.windows import Window
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options, resolved
from sciarada.hooks.protocols import Detector
from sciarada.io.checkpoints import Remembered
from sciarada.io.staging import staging
from sciarada.measure.artefacts import find_artefacts
from sciarada.measure.background import BackgroundModel, estimate_background
from sciarada.measure.correlation import measure_correlation
from sciarada.measure.cutting import IslandTask
from sciarada.measure.fitting import FitSettings
from sciarada.measure.islands import Island, neighbours, stitch
from sciarada.measure.light import Light, MeasureLight, is_diffuse
from sciarada.measure.scales import Scale, coarse_image, lift, merge_scales
from sciarada.measure.shapes import ASSUMED_BEAM_PIXELS
from sciarada.measure.sources import Measurer, MeasureSettings
from sciarada.pipelines.detection.assembly import assemble
from sciarada.pipelines.detection.products import write_products
from sciarada.pipelines.detection.settings import DetectSettings
from sciarada.pipelines.detection.steps import (
    Batch,
    DetectTile,
    MeasureBatch,
    MeasuredBatch,
    TileDetections,
)
from sciarada.pipelines.progress import Progress, Stopwatch, silent
from sciarada.pipelines.record import catalogue_facts, run_key, run_record
from sciarada.pipelines.workers import executor_or_local

CELL = 1024
NEIGHBOUR_MARGIN = 3.0
ASSUMED_BEAM_AREA = 10.0  # pixels, where no beam is known


@dataclass(frozen=True, eq=False)
class DetectResult:
    """A finished detection run.

    Parameters
    ----------
    catalogue : SourceCatalogue
    out : `~pathlib.Path`
        Folder of the products.
    run : dict
        What ``run.json`` holds.
    """

    catalogue: SourceCatalogue
    out: Path
    run: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Bench:
    """What the stages share: the image, the chosen detector and where work is run and kept."""

    image: SkyImage
    detector: Detector
    name: str
    settings: DetectSettings
    pool: Executor
    finished: Path
    progress: Progress
    watch: Stopwatch = field(default_factory=Stopwatch)


def run_detect(
    image: SkyImage,
    out: Path,
    settings: DetectSettings | None = None,
    *,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> DetectResult:
    """Find and measure the sources of an image and write all products.

    Parameters
    ----------
    image : SkyImage
    out : `~pathlib.Path`
        Folder to be made.
    settings : DetectSettings, optional
    overwrite : bool
        Replace the products of an earlier run.
    resume : bool
        Go on from the finished tiles of a stopped run.
    progress : Progress
        Shows how far the run has come.
    executor : concurrent.futures.Executor, optional
        Where work is run; processes of this machine by default.

    Returns
    -------
    DetectResult

    Raises
    ------
    SciaradaError
        If a plugin, an option, the image or the output cannot be used. Nothing is left
        behind then.
    """
    settings = settings or DetectSettings()
    manager = PluginManager.discover()
    spec = manager.find("detector", settings.detector)
    options = parse_options(spec.options, settings.options, plugin=spec.name)
    detector = spec.build(options)
    configuration = {**settings.science(), "options": resolved(options)}
    key = run_key(image, configuration, spec)
    fit = _measure_settings(options)
    watch = Stopwatch()
    with (
        staging(Path(out), key, overwrite=overwrite, resume=resume) as stage,
        executor_or_local(executor, settings.workers) as pool,
    ):
        bench = _Bench(image, detector, spec.name, settings, pool, stage.finished, progress, watch)
        digest = submit(pool, SkyImage.sha256, image)
        with watch.time("background"):
            model = estimate_background(image, settings.box, pool)
            correlation = measure_correlation(image, model)
        with watch.time("islands"):
            islands = _find_islands(bench, image, model, "fine")
        with watch.time("scales"):
            islands = _add_diffuse(bench, model, islands, fit.fit.peak_sigma)
        with watch.time("measure"):
            measurer = Measurer(image, model, correlation, fit)
            batches = _measure(bench, measurer, islands)
        facts = catalogue_facts(
            image, digest.result(), configuration, spec, manager, model, correlation, stage.resumed
        )
        catalogue = assemble(batches, facts, f"{spec.name}@{spec.owner.version}", image.name)
        with watch.time("artefacts"):
            artefacts = find_artefacts(image, model, catalogue)
            catalogue = catalogue.with_flag(Flag.ARTEFACT, artefacts)
        run = run_record(facts, catalogue, len(islands), watch)
        write_products(
            stage.products, image, model, catalogue, batches, run, settings, pool, progress
        )
    result = DetectResult(catalogue, Path(out), run)
    manager.run_finished(result)
    return result


def _measure_settings(options: Any) -> MeasureSettings:
    """Return settings that fit the detector's thresholds, where it has any."""
    fit = FitSettings(peak_sigma=getattr(options, "peak_sigma", FitSettings.peak_sigma))
    return MeasureSettings(fit, getattr(options, "grow_sigma", MeasureSettings.grow_sigma))


def _find_islands(
    bench: _Bench, image: SkyImage, model: BackgroundModel, look: str
) -> list[Island]:
    """Run the detector over all tiles of an image, coarse or not, and join what it finds."""
    grid = TileGrid(image.shape, bench.settings.tile, bench.detector.halo(image))
    if not np.isfinite(model.location).any():
        return []
    step = Remembered(
        DetectTile(image, model, bench.detector, bench.name, grid),
        TileDetections,
        bench.finished,
        partial(_tile_name, look),
    )
    found = bench.progress(in_order(bench.pool, step, grid), f"detecting ({look})", len(grid))
    return stitch(
        [(tile, result.detections) for tile, result in zip(grid, found, strict=True)], grid
    )


def _tile_name(look: str, tile: Tile) -> str:
    return f"tile-{look}-{tile.tile_id}"


def _add_diffuse(
    bench: _Bench, model: BackgroundModel, islands: list[Island], peak_sigma: float
) -> list[Island]:
    """Look for diffuse emission at each coarser scale and join it with the islands."""
    image = bench.image
    area = image.beam_area or ASSUMED_BEAM_AREA
    grid = TileGrid(image.shape, bench.settings.tile)
    for beams in bench.settings.scales:
        scale = Scale.of(image, beams)
        if not scale.fits(image):
            continue
        lights = _lights(bench, image, model, islands)
        compact = [i for i, light in zip(islands, lights, strict=True) if light.is_compact(area)]
        coarse = coarse_image(image, compact, scale, bench.pool)
        coarse_model = estimate_background(coarse)
        found = _find_islands(bench, coarse, coarse_model, f"{beams:g} beams")
        coarse_area = coarse.beam_area or ASSUMED_BEAM_AREA
        diffuse = [
            (whole, light)
            for whole, light in zip(
                lift(found, scale, image, grid),
                _lights(bench, coarse, coarse_model, found),
                strict=True,
            )
            if is_diffuse(light, coarse_area, peak_sigma)
        ]
        to_fine = scale.factor**2 * float(np.median(coarse_model.scale) / np.median(model.scale))
        islands = merge_scales(
            list(zip(islands, lights, strict=True)),
            [(whole, replace(light, total=light.total * to_fine)) for whole, light in diffuse],
            area,
        )
    return islands


def _lights(
    bench: _Bench, image: SkyImage, model: BackgroundModel, islands: list[Island]
) -> list[Light]:
    """Return how the light of each island is spread."""
    cells = _cells(islands)
    groups = [[islands[i] for i in cell] for cell in cells]
    found = in_order(bench.pool, MeasureLight(image, model), groups)
    lights = {
        i: light
        for cell, part in zip(cells, found, strict=True)
        for i, light in zip(cell, part, strict=True)
    }
    return [lights[i] for i in range(len(islands))]


def _measure(bench: _Bench, measurer: Measurer, islands: list[Island]) -> list[MeasuredBatch]:
    image = bench.image
    beam = ASSUMED_BEAM_PIXELS if image.beam is None else image.beam.major / image.pixel_scale
    around = neighbours(islands, int(np.ceil(NEIGHBOUR_MARGIN * beam)))
    tasks = [
        IslandTask(island, [islands[j] for j in near])
        for island, near in zip(islands, around, strict=True)
    ]
    batches = [
        Batch(number, [tasks[i] for i in members], [i + 1 for i in members])
        for number, members in enumerate(_cells(islands))
    ]
    step = Remembered(MeasureBatch(measurer), MeasuredBatch, bench.finished, _batch_name)
    measured = in_order(bench.pool, step, batches)
    return list(bench.progress(measured, "measuring", len(batches)))


def _cells(islands: Sequence[Island]) -> list[list[int]]:
    """Return the numbers of the islands, those near each other together."""
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, island in enumerate(islands):
        cells[_cell(island.window)].append(i)
    return list(cells.values())


def _cell(window: Window) -> tuple[int, int]:
    """Return the cell in which an island is measured, the same for every tile size.

    An island larger than a cell has one to itself.
    """
    if max(window.shape) > CELL:
        return (-window.y0, -window.x0)
    return (window.y0 // CELL + 1, window.x0 // CELL + 1)


def _batch_name(batch: Batch) -> str:
    return f"batch-{batch.number:05d}"
