"""From islands to measured sources, in batches of islands near each other."""

from __future__ import annotations

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.detection.cells import cells
from sciarada.detection.tasks import Batch, MeasureBatch, MeasuredBatch
from sciarada.detection.workbench import Workbench
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.hooks.thresholds import Thresholds
from sciarada.io.checkpoints import Remembered
from sciarada.measure.fitting import FitSettings
from sciarada.measure.island_stamps import IslandTask
from sciarada.measure.islands import Island, neighbours
from sciarada.measure.local_beams import island_beams
from sciarada.measure.sources import Measurer, MeasureSettings
from sciarada.running.executor import in_order

NEIGHBOUR_MARGIN = 3.0  # beams


def measure_settings(thresholds: Thresholds) -> MeasureSettings:
    """Return the settings of the measurement that fit a detector's thresholds."""
    return MeasureSettings(FitSettings(peak_sigma=thresholds.peak_sigma), thresholds.grow_sigma)


def measure_islands(
    bench: Workbench, measurer: Measurer, islands: list[Island]
) -> list[MeasuredBatch]:
    """Return the measurements of all islands, batch by batch."""
    around = neighbours(islands, _margin(bench.image, islands))
    tasks = [
        IslandTask(island, [islands[j] for j in near])
        for island, near in zip(islands, around, strict=True)
    ]
    batches = [
        Batch(number, [tasks[i] for i in members], [i + 1 for i in members])
        for number, members in enumerate(cells(islands))
    ]
    step = Remembered(MeasureBatch(measurer), MeasuredBatch, bench.finished, _batch_name)
    measured = in_order(bench.pool, step, batches)
    return list(bench.progress(measured, "measuring", len(batches)))


def _margin(image: SkyImage, islands: list[Island]) -> int:
    """Return how far from an island's box, in pixels, another is its neighbour."""
    if not islands:
        return 0
    narrowest = np.linalg.eigvalsh(island_beams(image, islands))[:, 0].min()
    return int(np.ceil(NEIGHBOUR_MARGIN * FWHM_PER_SIGMA / np.sqrt(narrowest)))


def _batch_name(batch: Batch) -> str:
    return f"batch-{batch.number:05d}"
