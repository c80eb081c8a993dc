"""What is known of the sky under the cutouts of a set, and channels that depend on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np
import torch
from torch import Tensor

from sciarada.core.cutout_source import CutoutSource, Rows, batches, row_numbers
from sciarada.cutouts.pixel_reader import PART
from sciarada.cutouts.surroundings import sky_around
from sciarada.hooks.protocols import SkyInfo
from sciarada.running.executor import in_order

ReadSky = Callable[[Rows], SkyInfo]
MakeChannels = Callable[..., Tensor]


def uses_sky(channels: MakeChannels) -> bool:
    """Return whether channels depend on the level of the sky and its noise."""
    return getattr(channels, "uses_sky", False)


def channels_of(channels: MakeChannels, pixels: Tensor, sky: SkyInfo | None) -> Tensor:
    """Return the channels of pixels ``(n, h, w)``, given the sky if they depend on it."""
    return channels(pixels, sky) if uses_sky(channels) else channels(pixels)


def sky_reader(
    source: CutoutSource,
    npix: int,
    channels: MakeChannels,
    executor: Executor | None = None,
) -> ReadSky:
    """Return a function that gives what is known of the sky under given rows.

    Parameters
    ----------
    source : CutoutSource
        The set.
    npix : int
        Side in pixels, with which its cutouts are read.
    channels : callable
        The level of the sky and its noise are known only if these channels depend on them.
    executor : concurrent.futures.Executor, optional
        Measures them in parallel; the values are the same as without it.
    """
    scale, beam = (_tensor(values) for values in (source.size / npix, source.beam_major))
    around = level_reader(source, npix, executor) if uses_sky(channels) else lambda rows: ()

    def read(rows: Rows) -> SkyInfo:
        chosen = row_numbers(rows, len(source))
        return SkyInfo(scale[chosen], beam[chosen], *around(chosen))

    return read


def level_reader(
    source: CutoutSource, npix: int, executor: Executor | None = None
) -> Callable[[Rows], tuple[Tensor, ...]]:
    """Return a function that gives level and noise of the sky around given rows, ``(n,)`` each.

    They are measured when a row is asked for the first time, by the executor if one is given.
    """
    measure = _mapped(partial(_sky_around, npix), executor)
    measured, seen = np.full((2, len(source)), np.nan, np.float32), np.zeros(len(source), bool)

    def read(rows: Rows) -> tuple[Tensor, ...]:
        chosen = row_numbers(rows, len(source))
        new = np.unique(chosen[~seen[chosen]])
        if len(new):
            parts = [source[new[rows]] for rows in batches(len(new), PART)]
            measured[:, new] = np.concatenate(list(measure(parts)), axis=1)
            seen[new] = True
        return tuple(torch.from_numpy(values[chosen]) for values in measured)

    return read


def _mapped(
    function: Callable[[CutoutSource], np.ndarray], executor: Executor | None
) -> Callable[[list[CutoutSource]], Iterator[np.ndarray]]:
    if executor is None:
        return partial(map, function)
    return lambda parts: in_order(executor, function, parts, ahead=len(parts))


def _sky_around(npix: int, source: CutoutSource) -> np.ndarray:
    return np.stack(sky_around(source, np.arange(len(source)), npix))


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
