"""The steps of a detection run: pure, picklable functions of one item each.

Whatever an executor is handed comes from here. None of them knows how many others run
beside it, and each result can be stored and read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sciarada.core.detections import Detection, TileView
from sciarada.core.image import SkyImage
from sciarada.detection.detector_calls import detections_of
from sciarada.geometry.tiles import Tile, TileGrid
from sciarada.geometry.windows import Window
from sciarada.hooks.protocols import Detector
from sciarada.io.checkpoints import Arrays, Region, pack_regions, unpack_regions
from sciarada.io.maps import MapFile
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.gaussians import evaluate
from sciarada.measure.island_stamps import IslandTask
from sciarada.measure.islands import keep_in_tile
from sciarada.measure.sources import Measurer
from sciarada.measure.tabulate import Columns, component_columns, source_columns

RENDERED_SIGMAS = 5.0


@dataclass(frozen=True, eq=False)
class TileDetections:
    """The detections that a tile keeps."""

    detections: Sequence[Detection]

    def to_arrays(self) -> Arrays:
        """Return windows, masks, labels and scores as arrays."""
        return {
            **pack_regions([(d.window, d.mask) for d in self.detections]),
            "complete": np.array([d.complete for d in self.detections], bool),
            "labels": np.array([d.label or "" for d in self.detections], str),
            "scores": np.array(
                [np.nan if d.score is None else d.score for d in self.detections], float
            ),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> TileDetections:
        """Return the object stored by `to_arrays`."""
        return cls(
            [
                Detection(
                    window,
                    mask,
                    str(label) or None,
                    None if np.isnan(score) else float(score),
                    bool(complete),
                )
                for (window, mask), label, score, complete in zip(
                    unpack_regions(arrays),
                    arrays["labels"],
                    arrays["scores"],
                    arrays["complete"],
                    strict=True,
                )
            ]
        )


@dataclass(frozen=True, eq=False)
class BatchDetections:
    """The detections that each tile of a batch keeps."""

    tiles: Sequence[TileDetections]

    def to_arrays(self) -> Arrays:
        """Return the arrays of all tiles, numbered."""
        return {
            f"{number}_{name}": array
            for number, tile in enumerate(self.tiles)
            for name, array in tile.to_arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> BatchDetections:
        """Return the object stored by `to_arrays`."""
        tiles: dict[int, Arrays] = {}
        for key, array in arrays.items():
            number, _, name = key.partition("_")
            tiles.setdefault(int(number), {})[name] = array
        return cls([TileDetections.from_arrays(tiles[number]) for number in sorted(tiles)])


@dataclass(frozen=True, eq=False)
class DetectTiles:
    """Runs a detector on a batch of tiles."""

    image: SkyImage
    background: BackgroundModel
    detector: Detector
    name: str
    grid: TileGrid

    def __call__(self, tiles: Sequence[Tile]) -> BatchDetections:
        """Return the detections of each tile that no other tile has a better view of.

        Raises
        ------
        PluginError
            If the detector failed.
        """
        views = [self._view(tile) for tile in tiles]
        shown = [view for view in views if np.isfinite(view.pixels).any()]
        found = {
            view.tile: TileDetections(keep_in_tile(detections, view.tile, self.grid))
            for view, detections in zip(
                shown, detections_of(self.detector, self.name, shown), strict=True
            )
        }
        return BatchDetections([found.get(tile, TileDetections([])) for tile in tiles])

    def _view(self, tile: Tile) -> TileView:
        window = tile.window
        return TileView(
            tile,
            self.image.read(window),
            self.background.background(window),
            self.background.rms(window),
            self.image.window_wcs(window),
            self.image.beam,
            self.image.pixel_scale,
            None if self.image.beam_map is None else self.image.beam_map.min_area,
        )


@dataclass(frozen=True, eq=False)
class Batch:
    """Islands to be measured together, numbered in the order of the catalogue."""

    number: int
    tasks: Sequence[IslandTask]
    island_ids: Sequence[int]


@dataclass(frozen=True, eq=False)
class MeasuredBatch:
    """The columns of the catalogue for some islands, and the data for the maps.

    Parameters
    ----------
    sources, components : dict of ndarray
        Columns; ``source`` of a component is the row in ``sources``.
    masks : sequence of (Window, ndarray)
        Pixels of each source.
    gaussians : ndarray, shape (n, 6)
        Components in pixels and image unit.
    """

    sources: Columns
    components: Columns
    masks: Sequence[Region]
    gaussians: np.ndarray

    def to_arrays(self) -> Arrays:
        """Return everything as arrays by name."""
        return {
            **{f"s_{name}": values for name, values in self.sources.items()},
            **{f"c_{name}": values for name, values in self.components.items()},
            **pack_regions(self.masks),
            "gaussians": self.gaussians,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> MeasuredBatch:
        """Return the object stored by `to_arrays`."""
        sources, components = (
            {name[2:]: arrays[name] for name in arrays if name.startswith(prefix)}
            for prefix in ("s_", "c_")
        )
        return cls(sources, components, unpack_regions(arrays), arrays["gaussians"])


@dataclass(frozen=True, eq=False)
class MeasureBatch:
    """Measures a batch of islands."""

    measurer: Measurer

    def __call__(self, batch: Batch) -> MeasuredBatch:
        """Return columns and pixels of the batch's sources."""
        image = self.measurer.image
        measured = self.measurer(batch.tasks)
        sources = [source for found in measured for source in found]
        counts = [len(found) for found in measured]
        islands = [task.island for task in batch.tasks]
        columns = {
            "island_id": np.repeat(np.array(batch.island_ids, int), counts),
            **source_columns(image, sources),
            "tile_id": np.repeat(np.array([i.tile_id for i in islands], str), counts),
            "det_class": np.repeat(np.array([i.label or "" for i in islands], str), counts),
            "det_score": np.repeat(
                np.array([np.nan if i.score is None else i.score for i in islands], float), counts
            ),
        }
        return MeasuredBatch(
            columns,
            component_columns(image, sources),
            [(source.window, source.mask) for source in sources],
            np.concatenate([np.empty((0, 6)), *(s.components.values for s in sources)]),
        )


@dataclass(frozen=True, eq=False)
class StripMaps:
    """The masks and components on one strip of rows."""

    window: Window
    masks: Sequence[tuple[int, Region]]
    gaussians: np.ndarray


@dataclass(frozen=True, eq=False)
class WriteMaps:
    """Writes one strip of the background, rms, segmentation and residual maps."""

    image: SkyImage
    model: BackgroundModel
    background: MapFile
    rms: MapFile
    segmentation: MapFile
    residual: MapFile

    def __call__(self, strip: StripMaps) -> int:
        """Write the strip and return its number of valid pixels."""
        window = strip.window
        pixels = self.image.read(window)
        background = self.model.background(window)
        self.background.write(window, background)
        self.rms.write(window, self.model.rms(window))
        labels = np.zeros(window.shape, np.int32)
        for number, (box, mask) in strip.masks:
            common = box.overlap(window)
            if common is not None:
                labels[common.slices_in(window)][mask[common.slices_in(box)]] = number
        self.segmentation.write(window, labels)
        pixels -= background
        for component in strip.gaussians:
            reached = gaussian_window(component).overlap(window)
            if reached is not None:
                y, x = np.mgrid[reached.slices]
                pixels[reached.slices_in(window)] -= evaluate(component[None], x, y)
        self.residual.write(window, pixels)
        return int(np.isfinite(pixels).sum())


def gaussian_window(component: np.ndarray) -> Window:
    """Return the box of pixels that a component (A, x, y, a, b, c) lights up."""
    _, x, y, a, b, c = component
    determinant = a * c - b * b
    reach_x, reach_y = (RENDERED_SIGMAS * np.sqrt(v / determinant) for v in (c, a))
    return Window(
        int(np.floor(y - reach_y)),
        int(np.ceil(y + reach_y)) + 1,
        int(np.floor(x - reach_x)),
        int(np.ceil(x + reach_x)) + 1,
    )
