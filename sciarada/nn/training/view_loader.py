"""Load the views of the cutouts of each training step."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sciarada.core.cutout_source import CutoutSource, batches
from sciarada.cutouts.pixel_reader import ReadPixels, pixel_reader
from sciarada.hooks.protocols import SkyInfo
from sciarada.nn.sky import ReadSky
from sciarada.nn.training.batches import BatchPlan
from sciarada.nn.training.prefetch import prefetched
from sciarada.nn.views.building import Views

_READ_AT_ONCE = 512


def reader(
    source: CutoutSource, npix: int, cache: float, executor: Executor | None = None
) -> ReadPixels:
    """Return a function that gives the pixels of rows.

    Parameters
    ----------
    source : CutoutSource
        The set.
    npix : int
        Side of the pixels in which it is read.
    cache : float
        GiB; a set that takes no more is read once and kept, a larger one when it is needed.
    executor : concurrent.futures.Executor, optional
        Executor that reads the pixels, see `sciarada.cutouts.pixel_reader.pixel_reader`.
    """
    read = pixel_reader(source, npix, executor)
    if len(source) * npix**2 * 4 > cache * 2**30:
        return read
    kept = np.empty((len(source), npix, npix), np.float32)
    for rows in batches(len(source), _READ_AT_ONCE):
        kept[rows] = read(rows)
    return lambda rows: kept[rows]


@dataclass(frozen=True, eq=False)
class ViewLoader:
    """Makes the views of each step on the device that trains.

    Each step has a separate random generator, determined by the seed and the step. Several
    processes draw from separate streams, and one process with as many ``streams`` draws
    what they do together.

    Parameters
    ----------
    read : callable
        Gives the pixels of rows, see `reader`.
    sky : callable
        Gives what is known of the sky under rows, see `sciarada.nn.sky.sky_reader`.
    plan : BatchPlan
        Which cutouts each step takes.
    views : Views
        How views are made.
    table : Tensor or None
        What the partner augmentation made of the set.
    count : int
        Views of each cutout.
    device : torch.device
        Where the views are made.
    rank, processes, streams : int
        Which process this is, of how many, and into how many streams a batch is split.
    labels : Tensor of int64 or None
        Of all cutouts of the set, for what learns from them: they follow the views.
    """

    read: ReadPixels
    sky: ReadSky
    plan: BatchPlan
    views: Views
    table: Tensor | None
    count: int
    device: torch.device
    rank: int = 0
    processes: int = 1
    streams: int = 1
    labels: Tensor | None = None

    def __call__(self, first: int = 0) -> Iterator[tuple[int, list[Tensor]]]:
        """Yield the steps from ``first`` on, each with its views ``(n, c, npix, npix)``.

        With ``labels`` the last item are those, ``(n,)``.
        """
        steps = self.plan.remaining(first)
        for step, chosen in prefetched(self._fetch, steps):
            parts = [self._views(read, place) for _, read, place in chosen]
            views = [torch.cat(view) for view in zip(*parts, strict=True)]
            if self.labels is not None:
                rows = np.concatenate([shown for shown, *_ in chosen])
                views.append(self.labels[torch.from_numpy(rows).to(self.labels.device)])
            yield step, views

    def _fetch(self, step: int) -> tuple[int, list[tuple]]:
        """Read pixels and sky of one step, for each stream of this process."""
        mine = np.array_split(np.arange(self.streams), self.processes)[self.rank]
        fetched = []
        for stream in mine.tolist():
            chance = self._chance(step, stream)
            rows = self.plan.rows(step, stream, self.streams)
            others = [rows] * self.count
            if self.views.partner is not None and self.table is not None:
                with self.views.pipeline.faults_of(self.views.partner):
                    drawn = self.views.partner.partners(torch.from_numpy(rows), self.table, chance)
                others[1:] = [drawn.numpy()] * (self.count - 1)
            read = {id(part): (self.read(part), self.sky(part)) for part in others}
            fetched.append((rows, [read[id(part)] for part in others], (step, stream)))
        return step, fetched

    def _views(
        self, read: list[tuple[np.ndarray, SkyInfo]], place: tuple[int, int]
    ) -> list[Tensor]:
        chance = self._chance(*place, device=self.device)
        made = []
        for stack, sky in read:
            pixels = torch.from_numpy(stack).to(self.device)
            made.append(self.views.pipeline(pixels, sky.to(self.device), chance))
        return made

    def _chance(
        self, step: int, stream: int, device: torch.device | str = "cpu"
    ) -> torch.Generator:
        seed = np.random.SeedSequence([self.plan.seed, step, stream]).generate_state(1, np.uint64)
        return torch.Generator(device).manual_seed(int(seed[0] >> np.uint64(1)))
