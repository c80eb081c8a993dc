"""Artefacts that would be taken for sources, and sources that artefacts spoil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sciarada.geometry.windows import Window
from sciarada.measure.outlines import outlines
from sciarada.simulation.blocks import BLOCK, strips
from sciarada.simulation.measured import AnyObservation
from sciarada.simulation.run_length_masks import RunLengthMasks, connected
from sciarada.simulation.segmentation import Brightness

PEAK, GROWN = 5.0, 3.0  # in units of the local rms
MIN_BEAMS = 0.5  # solid angle below which an artefact is not taken for a source
SPOILT = 0.25  # share of a footprint with artefacts beyond ``GROWN``
_GRID = 32  # pixels; between its points the rms is not below so many times theirs:
_MIN_OF_GRID = 0.7


@dataclass(frozen=True, eq=False)
class Spurious:
    """Artefacts that look like sources.

    Parameters
    ----------
    runs : RunLengthMasks
        Their pixels; the owner is the artefact, 0 to n - 1.
    x, y : ndarray
        Centres, weighted by brightness.
    peak : ndarray
        Highest brightness in Jy/beam.
    snr : ndarray
        Highest brightness in units of the local rms.
    outlines : list of ndarray
        Vertices (x, y) of the line around each.
    """

    runs: RunLengthMasks
    x: np.ndarray
    y: np.ndarray
    peak: np.ndarray
    snr: np.ndarray
    outlines: list[np.ndarray]


@dataclass(frozen=True, eq=False)
class _Bright:
    """Masks on which artefacts are bright, and their sums, one value per run."""

    runs: RunLengthMasks
    total: np.ndarray
    moment_x: np.ndarray
    moment_y: np.ndarray
    peak: np.ndarray
    snr: np.ndarray


def find_artefacts(
    observation: AnyObservation,
    segments: RunLengthMasks,
    every: RunLengthMasks,
    n_sources: int,
    brightness: Brightness,
    shape: tuple[int, int],
    beam_area: float,
) -> tuple[Spurious, np.ndarray]:
    """Return the artefacts that would be detected, and the share of each source they spoil.

    An artefact is a connected region in which the artefacts alone are above 3 times the local
    rms and brighter than the source to which the pixel belongs, if any. Its peak is above 5
    times the rms, and it is at least half a beam large.

    Parameters
    ----------
    observation : Observation or MeasuredObservation
        The artefacts, the rms and which pixels are valid.
    segments : RunLengthMasks
        Pixels of the segmentation; the owner is the row of the source.
    every : RunLengthMasks
        Pixels of all footprints, which may overlap.
    n_sources : int
        Number of sources.
    brightness : Brightness
        Of the sources.
    shape : tuple of int
        (ny, nx).
    beam_area : float
        Pixels a beam.

    Returns
    -------
    spurious : Spurious
    share : ndarray
        For each source, of its footprint, where artefacts, positive or negative, are beyond 3
        times the rms.
    """
    spoilt = np.zeros(n_sources)
    parts = []
    for strip in strips(shape):
        artefacts = observation.artefacts(strip)
        snr = _signal_to_noise(artefacts, observation, strip)
        if not snr.any():
            continue
        here = every.between(strip.y0, strip.y1)
        run, y, x = here.pixels()
        struck = np.abs(snr[y - strip.y0, x]) > GROWN
        spoilt += np.bincount(here.owner[run[struck]], minlength=n_sources)
        bright = snr > GROWN
        _leave_to_sources(
            bright, artefacts, segments.between(strip.y0, strip.y1), brightness, strip
        )
        parts.append(_sum_up(bright, artefacts, snr, strip))
    share = spoilt / np.maximum(every.count(n_sources), 1)
    return _regions(parts, MIN_BEAMS * beam_area), share


def _signal_to_noise(
    artefacts: np.ndarray, observation: AnyObservation, strip: Window
) -> np.ndarray:
    """Return artefacts in units of the rms, 0 in blocks where they are weak all over.

    The rms of a block is looked up on a grid first, since a whole map of it takes long.
    """
    snr = np.zeros(strip.shape, dtype=np.float32)
    for x0 in range(strip.x0, strip.x1, BLOCK):
        block = Window(strip.y0, strip.y1, x0, min(x0 + BLOCK, strip.x1))
        inside = block.slices_in(strip)
        strongest = np.abs(artefacts[inside]).max()
        if not strongest:
            continue
        x, y = np.arange(block.x0, block.x1, _GRID), np.arange(block.y0, block.y1, _GRID)
        least = _MIN_OF_GRID * observation.level.at(x, y[:, None]).min()
        if strongest > GROWN * least:
            snr[inside] = artefacts[inside] / observation.level.over(block)
            snr[inside][~observation.valid(block)] = 0
    return snr


def _leave_to_sources(
    bright: np.ndarray,
    artefacts: np.ndarray,
    segments: RunLengthMasks,
    brightness: Brightness,
    strip: Window,
) -> None:
    """Clear those pixels of a mask in which a source is brighter than the artefacts."""
    run, y, x = segments.pixels()
    both = bright[y - strip.y0, x]
    run, y, x = run[both], y[both], x[both]
    source = brightness.at(segments.owner[run], x, y)
    bright[y - strip.y0, x] = artefacts[y - strip.y0, x] > source


def _sum_up(bright: np.ndarray, artefacts: np.ndarray, snr: np.ndarray, strip: Window) -> _Bright:
    runs = RunLengthMasks.of_mask(bright, strip)
    run, y, x = runs.pixels()
    value = artefacts[y - strip.y0, x].astype(np.float64)
    total, moment_x, moment_y = (
        np.bincount(run, weights=value * weight, minlength=len(runs)) for weight in (1.0, x, y)
    )
    starts = np.cumsum(runs.lengths) - runs.lengths
    if not len(runs):
        return _Bright(runs, total, moment_x, moment_y, total, total)
    peak = np.maximum.reduceat(value, starts)
    highest = np.maximum.reduceat(snr[y - strip.y0, x], starts)
    return _Bright(runs, total, moment_x, moment_y, peak, highest)


def _regions(parts: Sequence[_Bright], least: float) -> Spurious:
    """Join runs of all strips to regions, and keep those that would be detected."""
    runs = RunLengthMasks.join([part.runs for part in parts])
    total, moment_x, moment_y, peak, snr = (
        np.concatenate([np.zeros(0), *(getattr(part, name) for part in parts)])
        for name in ("total", "moment_x", "moment_y", "peak", "snr")
    )
    count, region = connected(runs)
    highest, brightest = np.zeros((2, count))
    np.maximum.at(highest, region, snr)
    np.maximum.at(brightest, region, peak)
    pixels = np.bincount(region, weights=runs.lengths, minlength=count)
    kept = (highest > PEAK) & (pixels >= least)
    number = np.cumsum(kept) - 1
    chosen = kept[region]
    owned = replace(runs, owner=np.where(chosen, number[region], -1)).select(chosen)
    flux, x, y = (
        np.bincount(region, weights=value, minlength=count)[kept]
        for value in (total, moment_x, moment_y)
    )
    return Spurious(
        owned, x / flux, y / flux, brightest[kept], highest[kept], _outlines(owned, len(flux))
    )


def _outlines(runs: RunLengthMasks, count: int) -> list[np.ndarray]:
    """Return the outline of each owner's pixels."""
    order = np.argsort(runs.owner, kind="stable")
    ends = np.cumsum(np.bincount(runs.owner, minlength=count))
    rings = []
    for rows in np.split(order, ends)[:count]:
        part = runs.select(rows)
        x, y = part.x0.min(), part.y.min()
        mask = np.zeros((part.y.max() - y + 1, part.x1.max() - x), dtype=bool)
        _, row, column = part.pixels()
        mask[row - y, column - x] = True
        rings.append(outlines([mask])[0] + np.array([x, y]))
    return rings
