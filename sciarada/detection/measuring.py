"""From islands to measured sources, in batches of islands near each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from sciarada.core.executor import in_order
from sciarada.detection.cells import cells
from sciarada.detection.tasks import Batch, MeasureBatch, MeasuredBatch
from sciarada.detection.workbench import Workbench
from sciarada.io.checkpoints import Remembered
from sciarada.measure.cutting import IslandTask
from sciarada.measure.fitting import FitSettings
from sciarada.measure.islands import Island, neighbours
from sciarada.measure.shapes import ASSUMED_BEAM_PIXELS
from sciarada.measure.sources import Measurer, MeasureSettings

NEIGHBOUR_MARGIN = 3.0  # beams


def measure_settings(options: Any) -> MeasureSettings:
    """Return settings that fit the detector's thresholds, where it has any."""
    fit = FitSettings(peak_sigma=getattr(options, "peak_sigma", FitSettings.peak_sigma))
    return MeasureSettings(fit, getattr(options, "grow_sigma", MeasureSettings.grow_sigma))


def measure_islands(
    bench: Workbench, measurer: Measurer, islands: list[Island]
) -> list[MeasuredBatch]:
    """Return what is measured of all islands, batch by batch."""
    image = bench.image
    beam = ASSUMED_BEAM_PIXELS if image.beam is None else image.beam.major / image.pixel_scale
    around = neighbours(islands, int(np.ceil(NEIGHBOUR_MARGIN * beam)))
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


def _batch_name(batch: Batch) -> str:
    return f"batch-{batch.number:05d}"
