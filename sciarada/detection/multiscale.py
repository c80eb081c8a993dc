"""Diffuse emission: structures detected, or detected as one, only at coarser resolution.

The full-resolution islands of compact sources are taken out, the rest is averaged in
blocks of a few beams, and the same detector looks at that image. What it finds is either
emission too faint to show at full resolution or the whole of which full-resolution
islands are shreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from astropy.wcs import WCS
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.detection.compactness import Compactness
from sciarada.geometry.beam import Beam
from sciarada.geometry.tiles import TileGrid
from sciarada.geometry.windows import Window
from sciarada.measure.islands import Island, paste, position
from sciarada.measure.shapes import beam_pixels
from sciarada.running.executor import in_order

PIXELS_PER_COARSE_BEAM = 2.5
MIN_INSIDE = 0.5
MAX_KNOWN = 0.5
STRIP_PIXELS = 4_000_000


@dataclass(frozen=True)
class Scale:
    """A coarser look at an image.

    Parameters
    ----------
    factor : int
        Side of the averaged blocks in pixels.
    """

    factor: int

    @classmethod
    def of(cls, image: SkyImage, beams: float) -> Scale:
        """Return the scale at which the given number of beams becomes one, or the whole image."""
        pixels = min(beams * beam_pixels(image) / PIXELS_PER_COARSE_BEAM, max(image.shape))
        return cls(max(2, round(pixels)))

    def fits(self, image: SkyImage) -> bool:
        """Return whether enough blocks are left to look at."""
        return min(image.shape) >= 16 * self.factor


def coarse_image(
    image: SkyImage, compact: Sequence[Island], scale: Scale, executor: Executor
) -> SkyImage:
    """Return the image without the given islands, averaged in blocks.

    Blocks without a pixel take the mean of their neighbours, so that a compact source
    leaves no hole in the emission around it.
    """
    factor = scale.factor
    margin = max(1, round(0.5 * beam_pixels(image)))
    rows = max(1, STRIP_PIXELS // (image.shape[1] * factor)) * factor
    strips = [
        Window(y0, min(y0 + rows, image.shape[0] // factor * factor), 0, image.shape[1])
        for y0 in range(0, image.shape[0] // factor * factor, rows)
    ]
    items = [
        (
            strip,
            [(i.window, i.mask) for i in compact if i.window.grow(margin).overlap(strip)],
        )
        for strip in strips
    ]
    means = np.concatenate(
        list(in_order(executor, partial(_block_means, image, factor, margin), items))
    )
    coarse = SkyImage.from_array(
        _fill_holes(means),
        _coarse_wcs(image.wcs, factor),
        beam=_coarse_beam(image, factor),
        unit=image.unit,
        frequency=image.frequency,
        name=f"{image.name}/{factor}",
    )
    turn = coarse.beam_rule.rotation - image.beam_rule.rotation
    return coarse if coarse.beam is None else replace(coarse, beam=coarse.beam.turned(turn))


def lift(found: Sequence[Island], scale: Scale, image: SkyImage, grid: TileGrid) -> list[Island]:
    """Return islands of the coarse image as islands of the image, with smooth outlines."""
    lifted = []
    for island in found:
        window = Window(*(edge * scale.factor for edge in _edges(island.window.grow(1))))
        fine = ndimage.zoom(
            np.pad(island.mask, 1).astype(np.float32),
            scale.factor,
            order=1,
            grid_mode=True,
            mode="grid-constant",
        )
        inside = window.clip(image.shape)
        whole = _trimmed(replace(island, window=inside, mask=fine[inside.slices_in(window)] > 0.5))
        box = whole.window
        owner = grid.owner((box.y0 + box.y1 - 1) // 2, (box.x0 + box.x1 - 1) // 2)
        lifted.append(replace(whole, scale=scale.factor, tile_id=owner.tile_id))
    return lifted


def merge_scales(
    fine: Sequence[tuple[Island, Compactness]],
    diffuse: Sequence[tuple[Island, Compactness]],
) -> list[Island]:
    """Join diffuse islands with the full-resolution ones on them.

    A diffuse island swallows the extended islands that lie at least half in it, if it is
    more than their sum, that is, if they hold less than half of its flux. Otherwise it is
    dropped. Compact islands on it
    remain separate sources, *embedded* in it.

    Parameters
    ----------
    fine : sequence of (Island, Compactness)
        Islands at full resolution.
    diffuse : sequence of (Island, Compactness)
        Islands of a coarse image, lifted to full resolution, and their compactness, in the same
        unit as that of the fine ones.
    """
    points = {id(island) for island, compactness in fine if compactness.is_compact}
    totals = {id(island): compactness.total for island, compactness in fine}
    kept = [island for island, _ in fine]
    embedded: set[int] = set()
    wholes: list[Island] = []
    for whole, compactness in diffuse:
        share = {id(i): _inside(i, whole) for i in _near(kept, whole.window)}
        touched = [i for i in kept if share.get(id(i), 0.0) > 0]
        on_it = [i for i in touched if share[id(i)] >= MIN_INSIDE]
        extended = [i for i in on_it if id(i) not in points]
        if sum(totals[id(i)] for i in extended) > MAX_KNOWN * compactness.total:
            continue
        joined = _union(whole, extended)
        swallowed = {id(i) for i in extended}
        taken = [(i.window, i.mask) for i in touched if id(i) not in swallowed]
        taken += [(i.window, i.mask) for i in wholes]
        joined = replace(joined, mask=joined.mask & ~paste(joined.window, taken))
        if not joined.mask.any():
            continue
        embedded |= {id(i) for i in on_it} - swallowed
        kept = [i for i in kept if id(i) not in swallowed]
        wholes.append(_trimmed(joined))
    kept = [replace(i, embedded=True) if id(i) in embedded else i for i in kept]
    return sorted([*kept, *wholes], key=position)


def _coarse_wcs(wcs: WCS, factor: int) -> WCS:
    """Return the WCS of an image averaged in blocks; distortions are omitted."""
    coarse = wcs.deepcopy()
    coarse.sip = None
    coarse.wcs.crpix = (np.array(wcs.wcs.crpix) - 0.5) / factor + 0.5
    if coarse.wcs.has_cd():
        coarse.wcs.cd = np.array(wcs.wcs.cd) * factor
    else:
        coarse.wcs.cdelt = np.array(wcs.wcs.cdelt) * factor
    coarse.wcs.set()
    return coarse


def _coarse_beam(image: SkyImage, factor: int) -> Beam | None:
    if image.beam is None:
        return None
    block = factor * image.pixel_scale
    return Beam(
        float(np.hypot(image.beam.major, block)),
        float(np.hypot(image.beam.minor, block)),
        image.beam.pa,
        image.beam.origin,
    )


def _block_means(
    image: SkyImage,
    factor: int,
    margin: int,
    item: tuple[Window, list[tuple[Window, np.ndarray]]],
) -> np.ndarray:
    """Return the means of the blocks of a strip, NaN for empty blocks (a pure function)."""
    strip, masks = item
    pixels = image.read(strip)[:, : strip.x1 // factor * factor]
    for window, mask in masks:
        wide = window.grow(margin)
        grown = ndimage.binary_dilation(np.pad(mask, margin), iterations=margin)
        common = wide.overlap(Window(strip.y0, strip.y1, 0, pixels.shape[1]))
        if common is not None:
            pixels[common.slices_in(strip)][grown[common.slices_in(wide)]] = np.nan
    blocks = pixels.reshape(pixels.shape[0] // factor, factor, -1, factor)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, 0).sum(axis=(1, 3), dtype=np.float64)
    with np.errstate(invalid="ignore"):
        means = np.where(count >= 0.25 * factor**2, total / np.maximum(count, 1), np.nan)
    return means.astype(np.float32)


def _fill_holes(values: np.ndarray) -> np.ndarray:
    """Give isolated blank blocks the mean of their known neighbours."""
    known = np.isfinite(values)
    weight = ndimage.uniform_filter(known.astype(np.float32), 3, mode="constant")
    mean = ndimage.uniform_filter(np.where(known, values, 0), 3, mode="constant")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, values, np.where(weight > 0.5, mean / weight, np.nan))


def _edges(window: Window) -> tuple[int, int, int, int]:
    return (window.y0, window.y1, window.x0, window.x1)


def _near(islands: Sequence[Island], window: Window) -> list[Island]:
    """Return the islands with boxes that overlap a window."""
    return [
        i
        for i in islands
        if i.window.y0 < window.y1
        and window.y0 < i.window.y1
        and i.window.x0 < window.x1
        and window.x0 < i.window.x1
    ]


def _inside(island: Island, whole: Island) -> float:
    """Return the fraction of an island within another one."""
    common = island.window.overlap(whole.window)
    if common is None:
        return 0.0
    both = island.mask[common.slices_in(island.window)] & whole.mask[common.slices_in(whole.window)]
    return float(both.sum() / island.mask.sum())


def _union(whole: Island, parts: Sequence[Island]) -> Island:
    window = whole.window
    for part in parts:
        window = window.union(part.window)
    mask = paste(window, [(i.window, i.mask) for i in (whole, *parts)])
    return replace(whole, window=window, mask=mask, seam=whole.seam or any(i.seam for i in parts))


def _trimmed(island: Island) -> Island:
    """Return the island in the smallest box that holds its mask."""
    rows, columns = ndimage.find_objects(island.mask.astype(np.int8))[0]
    window = island.window
    box = Window(
        window.y0 + rows.start,
        window.y0 + rows.stop,
        window.x0 + columns.start,
        window.x0 + columns.stop,
    )
    return replace(island, window=box, mask=island.mask[rows, columns])
