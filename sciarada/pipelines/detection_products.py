"""The files that a detection run leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import numpy as np

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.detection.settings import DetectSettings
from sciarada.detection.tasks import MeasuredBatch, StripMaps, WriteMaps, gaussian_window
from sciarada.geometry.windows import Window
from sciarada.io.checkpoints import Region
from sciarada.io.maps import MapFile, Storage
from sciarada.measure.background_model import BackgroundModel
from sciarada.pipelines.catalogue_files import write_catalogue_files
from sciarada.report.preview import draw_preview
from sciarada.running.executor import in_order, submit
from sciarada.running.progress import Progress

STRIP_PIXELS = 1 << 20


def write_products(
    folder: Path,
    image: SkyImage,
    model: BackgroundModel,
    catalogue: SourceCatalogue,
    batches: Sequence[MeasuredBatch],
    rms: float | None,
    settings: DetectSettings,
    pool: Executor,
    progress: Progress,
) -> int:
    """Write the maps, the tables, the regions and the preview into a folder.

    The preview and the maps are made by the pool while this process writes the tables.

    Returns
    -------
    int
        Number of pixels that have a value.
    """
    preview = submit(pool, partial(draw_preview, rms=rms), image, catalogue, folder / "preview.png")
    strips = list(_strips(image.shape, batches))
    step = WriteMaps(image, model, **_map_files(folder, image))
    shown = iter(progress(in_order(pool, step, strips), "writing maps", len(strips)))
    valid = next(shown)
    write_catalogue_files(folder, catalogue, "catalogue", "sources", settings.parquet)
    valid += sum(shown)
    preview.result()
    return valid


def _map_files(folder: Path, image: SkyImage) -> dict[str, MapFile]:
    storage, labels = Storage.of(image), Storage.of(image, unit="")
    files = {
        name: MapFile.create(folder / f"{name}.fits", storage, image.shape, "float32")
        for name in ("background", "rms", "residual")
    }
    files["segmentation"] = MapFile.create(
        folder / "segmentation.fits", labels, image.shape, "int32"
    )
    return files


def _strips(shape: tuple[int, int], batches: Sequence[MeasuredBatch]) -> Iterator[StripMaps]:
    """Yield for each strip of rows the masks and the components that lie on it."""
    rows = max(1, min(shape[0], STRIP_PIXELS // shape[1]))
    masks: dict[int, list[tuple[int, Region]]] = defaultdict(list)
    gaussians: dict[int, list[np.ndarray]] = defaultdict(list)
    islands = np.concatenate([np.empty(0), *(batch.sources["island_id"] for batch in batches)])
    numbers = iter(np.argsort(np.argsort(islands, kind="stable")) + 1)
    for batch in batches:
        for window, mask in batch.masks:
            number = int(next(numbers))
            for strip in range(window.y0 // rows, (window.y1 - 1) // rows + 1):
                masks[strip].append((number, (window, mask)))
        for component in batch.gaussians:
            window = gaussian_window(component)
            for strip in range(window.y0 // rows, (window.y1 - 1) // rows + 1):
                gaussians[strip].append(component)
    for strip, y0 in enumerate(range(0, shape[0], rows)):
        window = Window(y0, min(y0 + rows, shape[0]), 0, shape[1])
        on_it = np.array(gaussians[strip]).reshape(-1, 6)
        yield StripMaps(window, masks[strip], on_it)
