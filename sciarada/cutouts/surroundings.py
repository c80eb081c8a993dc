"""The level of the sky and its noise around cutouts of images.

A source that fills its cutout leaves no sky in it; the image goes on around it. There is nothing
around the pictures of a folder or a Zarr store: theirs are unknown.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.concatenated import ConcatenatedSource
from sciarada.cutouts.cropped_source import CroppedSource
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.resampling import REACH
from sciarada.cutouts.source_crop import crop_side
from sciarada.cutouts.square import squared

MARGIN = 0.25  # of the side of a cutout: the width of the frame around it
MIN_MARGIN = 2  # pixels
MIN_SHARE = 0.25  # of the pixels of a frame that must not be missing
MAD_TO_SIGMA = 1.4826

Sky = tuple[np.ndarray, np.ndarray]


def sky_around(source: CutoutSource, rows: np.ndarray, npix: int, crop: float | None = None) -> Sky:
    """Return the level of the sky and its noise around cutouts.

    They are those of a frame of a quarter of the side around each cutout, resampled in the same
    way: of pixels as the cutout has them. The level is the median of the frame, the noise 1.4826
    times the median distance of the fainter half to it, which other sources raise little.

    Parameters
    ----------
    source : CutoutSource
        The set.
    rows : ndarray of int64, shape (n,)
        Which of its cutouts.
    npix : int
        Side in pixels, with which they are read.
    crop : float, optional
        If they are cropped to their sources, the factor of the sides of the squares.

    Returns
    -------
    level, noise : ndarray of float32, shape (n,)
        In the unit of the pixels; NaN where unknown, as where most of the frame is missing.

    Raises
    ------
    ImageError
        If an image cannot be read.
    """
    level, noise = np.full((2, len(rows)), np.nan, np.float32)
    match source:
        case CroppedSource():
            return sky_around(source.source, rows, npix, source.times)
        case ConcatenatedSource():
            for part, own, places in source.parts(rows):
                level[places], noise[places] = sky_around(part, own, npix, crop)
        case CutoutSet():
            chosen = source[rows]
            if crop is None:
                return _of_frames(chosen, npix)
            return _of_cropped(chosen, npix, crop)
    return level, noise


def _of_frames(cutouts: CutoutSet, npix: int) -> Sky:
    wide = npix + 2 * _margin(npix)
    around = replace(cutouts, size=_shown_size(cutouts, npix) * (wide / npix)).pixels(npix=wide)
    return level_and_noise(around[:, _frame(npix)])


def _shown_size(cutouts: CutoutSet, npix: int) -> np.ndarray:
    """Return the sides in arcsec: of squares that are copied, those of their whole pixels."""
    return np.where(cutouts.npix == npix, npix * _scale(cutouts), cutouts.size)


def _of_cropped(cutouts: CutoutSet, npix: int, times: float) -> Sky:
    """Return level and noise around cutouts that are cropped to their sources."""
    wide, frame = npix + 2 * _margin(npix), _frame(npix)
    more = np.ceil(cutouts.npix * (wide - npix) / 2 / npix).astype(np.int64) + REACH
    wider = replace(cutouts, size=(cutouts.npix + 2 * more) * _scale(cutouts))
    values = np.empty((len(cutouts), np.count_nonzero(frame)), np.float32)
    for row, margin in enumerate(more.tolist()):
        picture = wider.pixels([row])[0]
        side = crop_side(picture[margin:-margin, margin:-margin], times)
        values[row] = squared(picture, wide, side * wide / npix)[frame]
    return level_and_noise(values)


def _margin(npix: int) -> int:
    return max(MIN_MARGIN, round(MARGIN * npix))


def _frame(npix: int) -> np.ndarray:
    """Return which pixels of a square and what is around it are around it."""
    return np.pad(np.zeros((npix, npix), bool), _margin(npix), constant_values=True)


def _scale(cutouts: CutoutSet) -> np.ndarray:
    """Return the side in arcsec of the pixels that each cutout is cut from."""
    return np.array([image.pixel_scale for image in cutouts.images])[cutouts.image_index]


def level_and_noise(values: np.ndarray) -> Sky:
    """Return level and noise of rows of pixels ``(n, p)``, NaN where most are missing."""
    values = np.sort(values, axis=1)  # NaN last
    count = np.isfinite(values).sum(axis=1)
    level = _median(values, count)
    noise = MAD_TO_SIGMA * (level - _median(values, (count + 1) // 2))
    unknown = count < MIN_SHARE * values.shape[1]
    return np.where(unknown, np.nan, level), np.where(unknown, np.nan, noise)


def _median(ordered: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the median of the first so many values of each row in ascending order."""
    if not ordered.size:
        return np.full(len(ordered), np.nan, np.float32)
    last = np.maximum(count - 1, 0)
    pair = np.take_along_axis(ordered, np.stack([last // 2, (last + 1) // 2], axis=1), axis=1)
    return pair.mean(axis=1, dtype=np.float32)
