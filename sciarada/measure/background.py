"""Background and noise maps that stay right near bright and extended sources.

The image is covered by a mesh of boxes anchored at its first pixel, so the maps do
not depend on how the image is tiled. Each box gives one location and one scale; the
maps are their bilinear interpolation, which cannot overshoot and so is never negative
in the noise.

Two things keep sources out of the numbers:

1. samples are clipped iteratively about the median of their box;
2. in a second pass islands above the first maps, and what is around them, are left
   out. The scale is the spread of the samples *below* the background, which emission does
   not widen.

The boxes are a few beams wide, so that the background follows clouds on which compact sources
lie. It follows diffuse emission as well. Where that is looked for and measured, a background on
three times wider boxes is subtracted, from which boxes are left out whose location stands above
their neighbourhood or above the whole image.
"""

from __future__ import annotations

import logging
import warnings
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.shapes import beam_pixels
from sciarada.running.executor import Serial, in_order

logger = logging.getLogger(__name__)

CLIP_SIGMA = 3.0
CLIP_ROUNDS = 6
SOURCE_SIGMA, GROW_SIGMA = 5.0, 3.0
SMALL_SAMPLE = 1.44  # the spread in a box of n beams is 1.44 / n too low; from simulated noise
SMOOTHING, NOISE_SMOOTHING = 3, 7  # boxes: noise varies less than the background
WIDER = 3  # fine boxes along the side of a wide one
MARGIN = 2
ROUGH_SAMPLES = 24
QUARTILES_PER_SIGMA = 1.4826
ROUNDING = 10 * float(np.finfo(np.float32).eps)
TINY = float(np.finfo(np.float32).tiny)
LOWEST_VALID_FRACTION = 0.25
SMALLEST_BOX, LARGEST_BOX = 24, 256
BOX_IN_BEAMS, MIN_BEAMS = 6.0, 5.0
MIN_SAMPLES = 12  # along the side of a box
SAMPLES_PER_BEAM = 2.5


def default_box(image: SkyImage) -> int:
    """Return the side in pixels of a mesh box: 6 beams, within 24 and 256 pixels.

    However wide the beam is, it is 5 beams at the least.
    """
    if image.beam is None:
        return 64
    beam = beam_pixels(image)
    largest = max(LARGEST_BOX, round(MIN_BEAMS * beam))
    return int(np.clip(round(BOX_IN_BEAMS * beam), SMALLEST_BOX, largest))


def estimate_background(
    image: SkyImage, box: int | None = None, executor: Executor | None = None
) -> BackgroundModel:
    """Measure the background and the noise of an image.

    Parameters
    ----------
    image : SkyImage
        Read strip by strip.
    box : int, optional
        Side of a mesh box in pixels; `default_box` where it is not given.
    executor : Executor, optional
        Runs the strips, in this process by default.

    Returns
    -------
    BackgroundModel
    """
    executor = executor or Serial()
    box = min(box or default_box(image), max(image.shape))
    stride = min(_sampling_stride(image), max(1, box // MIN_SAMPLES))
    rough_stride = max(stride, min(2 * stride, box // ROUGH_SAMPLES))
    logger.debug("background of %s: mesh boxes of %d px, every %d px", image.name, box, stride)
    edges = _strip_edges(image.shape[0], box)

    for step in sorted({1, rough_stride}, reverse=True):  # all that is sampled may be blank
        look = partial(_box_statistics, image, box, step, None)
        location, scale = _stacked(list(in_order(executor, look, edges)))
        if np.isfinite(location).any():
            break
    else:
        return BackgroundModel(box, location, scale, np.ones(location.shape, bool))
    rough = _finish(box, location, scale)

    look = partial(_box_statistics, image, box, stride, rough)
    second = list(in_order(executor, look, edges))
    location, scale = _stacked(second)
    if not np.isfinite(location).any():
        return rough
    scale *= _small_sample_factor(image, box)
    return replace(_finish(box, location, scale), wide=_wide(box, location, scale))


def _small_sample_factor(image: SkyImage, box: int) -> float:
    """Return what the spread is to be multiplied with because its location follows the noise."""
    if image.beam is None:
        return 1.0
    return 1.0 + SMALL_SAMPLE * min(beam_pixels(image) / box, 1.0 / MIN_BEAMS) ** 2


def _wide(box: int, location: np.ndarray, scale: np.ndarray) -> BackgroundModel:
    """Return the background on wide boxes, without those that diffuse emission raises."""
    location, scale = (_block_medians(values, WIDER) for values in (location, scale))
    raised = _stands_above(location, scale)
    return _finish(WIDER * box, location, scale, raised, smoothing=SMOOTHING)


def _block_medians(values: np.ndarray, side: int) -> np.ndarray:
    """Return the medians of square blocks of a mesh; NaN where a block has no value."""
    rows, columns = (-(-length // side) * side for length in values.shape)
    padding = [(0, rows - values.shape[0]), (0, columns - values.shape[1])]
    padded = np.pad(values, padding, constant_values=np.nan)
    parted = padded.reshape(rows // side, side, columns // side, side)
    blocks = parted.swapaxes(1, 2).reshape(rows // side, columns // side, side * side)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice")
        return np.nanmedian(blocks, axis=2)


def _stacked(strips: list[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    """Return the boxes' numbers as float32 maps, one per kind of number."""
    return [np.stack(values).astype(np.float32) for values in zip(*strips, strict=True)]


def _sampling_stride(image: SkyImage) -> int:
    """Return the pixel stride that still samples the beam, for neighbours repeat the noise."""
    if image.beam is None:
        return 1
    return max(1, int(image.beam.minor / image.pixel_scale / SAMPLES_PER_BEAM))


def _strip_edges(rows: int, box: int) -> list[tuple[int, int]]:
    """Return the row bounds of the mesh; a last strip under half a box joins the one before."""
    bounds = list(range(0, rows, box))
    if len(bounds) > 1 and rows - bounds[-1] < box / 2:
        bounds.pop()
    return list(zip(bounds, [*bounds[1:], rows], strict=True))


def _box_statistics(
    image: SkyImage, box: int, stride: int, rough: BackgroundModel | None, rows: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return location and scale of each box of one strip (a pure function)."""
    margin = MARGIN * stride
    window = Window(rows[0], rows[1], 0, image.shape[1])
    seen = window.grow(margin, image.shape) if rough else window
    pixels = image.read(seen)
    lowest = max(4.0, LOWEST_VALID_FRACTION * (box // stride) ** 2) if rough else 4.0
    offset = (rows[0] - seen.y0) % stride
    samples = pixels[offset::stride, ::stride].copy()
    if rough is not None:
        background = rough.background(seen)[offset::stride, ::stride]
        rms = rough.rms(seen)[offset::stride, ::stride]
        with np.errstate(over="ignore"):  # without noise everything is infinitely bright
            samples[_bright((samples - background) / rms)] = np.nan
        kept = slice((rows[0] - seen.y0) // stride, -(-(rows[1] - seen.y0 - offset) // stride))
        samples = samples[kept]
    edges = [(-(-x0 // stride), -(-x1 // stride)) for x0, x1 in _strip_edges(image.shape[1], box)]
    return _clipped([samples[:, x0:x1] for x0, x1 in edges], lowest, rough is not None)


def _bright(snr: np.ndarray) -> np.ndarray:
    """Return the mask of islands that peak high, two samples wider than they are."""
    labels, count = ndimage.label(snr > GROW_SIGMA)
    peaks = np.zeros(count + 1, bool)
    peaks[labels[snr > SOURCE_SIGMA]] = True
    mask = peaks[labels]
    for _ in range(MARGIN):
        wider = mask.copy()
        wider[1:] |= mask[:-1]
        wider[:-1] |= mask[1:]
        wider[:, 1:] |= mask[:, :-1]
        wider[:, :-1] |= mask[:, 1:]
        mask = wider
    return mask


def _clipped(
    boxes: list[np.ndarray], lowest: float, cleaned: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the clipped median of each box's samples and their spread.

    The spread is the root mean square of the lower half about the median once sources have been
    taken out (`cleaned`); before that it is the distance of the lower quartile.
    """
    values = np.full((len(boxes), max(box.size for box in boxes)), np.nan, np.float32)
    for row, box in zip(values, boxes, strict=True):
        row[: box.size] = box.ravel()
    values.sort(axis=1)
    count = np.isfinite(values).sum(axis=1)
    few = count < lowest
    values[few] = 0.0
    count[few] = values.shape[1]

    box = np.arange(len(values))
    low, high = np.zeros_like(count), count
    for _ in range(CLIP_ROUNDS):
        location = 0.5 * (values[box, (low + high - 1) // 2] + values[box, (low + high) // 2])
        scale = QUARTILES_PER_SIGMA * (location - values[box, low + (high - low) // 4])
        reach = CLIP_SIGMA * scale
        bounds = zip(values, location - reach, location + reach, strict=True)
        below, inside = np.array([np.searchsorted(row, ends) for row, *ends in bounds]).T
        if (below == low).all() and (inside == high).all():
            break
        low, high = below, np.maximum(inside, below + 1)
    if cleaned:
        offset = values - location[:, None]
        used = np.abs(offset) < np.maximum(2 * CLIP_SIGMA * scale, TINY)[:, None]
        square = np.where(used, offset, 0.0) ** 2
        lower = used & (offset <= 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = np.sqrt(np.where(lower, square, 0.0).sum(axis=1) / lower.sum(axis=1))
        scale = np.nan_to_num(half)
    return np.where(few, np.nan, location), np.where(few, np.nan, scale)


def _finish(
    box: int,
    location: np.ndarray,
    scale: np.ndarray,
    raised: np.ndarray | bool = False,
    smoothing: int = NOISE_SMOOTHING,
) -> BackgroundModel:
    """Replace boxes that emission raises, fill holes, smooth, and keep the noise positive."""
    failed = ~np.isfinite(location) | ~np.isfinite(scale) | raised
    if failed.all():
        failed = ~np.isfinite(location)
    location, scale = (_fill(np.where(failed, np.nan, v)) for v in (location, scale))
    location = ndimage.median_filter(location, size=SMOOTHING, mode="nearest")
    scale = ndimage.median_filter(scale, size=smoothing, mode="nearest")
    typical = float(np.median(scale))
    # Below the last digits of the background there is no noise but that of rounding.
    floor = max(0.05 * typical, ROUNDING * float(np.abs(location).max()), TINY)
    return BackgroundModel(
        box,
        location.astype(np.float32),
        np.maximum(scale, floor).astype(np.float32),
        failed,
    )


def _stands_above(location: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return which boxes lie above their surroundings by more than the noise explains."""
    known = np.isfinite(location)
    if known.sum() < 4:
        return np.zeros(location.shape, bool)
    filled, noise = _fill(location), _fill(scale)
    around = ndimage.percentile_filter(filled, 40, size=7, mode="nearest")
    noise_around = ndimage.percentile_filter(noise, 40, size=7, mode="nearest")
    middle = np.median(location[known])
    spread = middle - np.percentile(location[known], 15.87)
    everywhere = middle + np.maximum(4.0 * spread, noise_around)
    return (filled > around + noise_around) | (filled > everywhere)


def _fill(values: np.ndarray) -> np.ndarray:
    """Return values with NaN replaced by their nearest known neighbours, smoothed."""
    known = np.isfinite(values)
    if known.all() or not known.any():
        return values
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    filled = values[tuple(nearest)]
    smooth = ndimage.uniform_filter(filled, size=3, mode="nearest")
    return np.where(known, values, smooth)
