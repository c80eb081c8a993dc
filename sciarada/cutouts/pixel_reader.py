"""Read the pixels of cutouts, in this process or by an executor."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import numpy as np

from sciarada.core.cutout_source import CutoutSource, Rows, batches, row_numbers
from sciarada.running.executor import in_order

PART = 32
"""Number of cutouts that an executor reads in one call."""

ReadPixels = Callable[[Rows], np.ndarray]


def pixel_reader(source: CutoutSource, npix: int, executor: Executor | None = None) -> ReadPixels:
    """Return a function that reads the pixels of given rows.

    Parameters
    ----------
    source : CutoutSource
        The set.
    npix : int
        Side of the cutouts in pixels.
    executor : concurrent.futures.Executor, optional
        Reads parts of the rows in parallel; the pixels are the same as without it. Parts of sets
        of images in memory are sent to other processes together with these images.

    Returns
    -------
    callable
        Takes rows and returns float32 of shape (n, npix, npix).

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> import numpy as np
    >>> import sciarada as sc
    >>> image = sc.simulate("emu", size=128, seed=1).image
    >>> ra, dec = image.pixel_to_sky([40, 80], [70, 60])
    >>> cutouts = sc.CutoutSet.from_positions(image, ra, dec, 16)
    >>> with ThreadPoolExecutor() as executor:
    ...     pixels = pixel_reader(cutouts, 16, executor)([1, 0])
    >>> bool(np.array_equal(pixels, cutouts.pixels([1, 0], 16)))
    True
    """
    if executor is None:
        return partial(source.pixels, npix=npix)
    return partial(_read_in_parts, source, npix, executor)


def _read_in_parts(source: CutoutSource, npix: int, executor: Executor, rows: Rows) -> np.ndarray:
    chosen, places = np.unique(row_numbers(rows, len(source)), return_inverse=True)
    parts = [source[chosen[part]] for part in batches(len(chosen), PART)]
    stacks = in_order(executor, partial(_pixels, npix), parts, ahead=len(parts))
    return np.concatenate([np.empty((0, npix, npix), np.float32), *stacks])[places]


def _pixels(npix: int, source: CutoutSource) -> np.ndarray:
    return source.pixels(npix=npix)
