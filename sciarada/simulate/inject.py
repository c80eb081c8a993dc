"""Sources put into an image, to measure what a detector makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.core.pixels import PixelSource
from sciarada.core.windows import Window
from sciarada.simulate.blocks import assemble
from sciarada.simulate.sources import PixelGaussians, SkyGaussians, project, render


@dataclass(frozen=True, eq=False)
class InjectedPixels:
    """The pixels of an image with sources added when they are read.

    Parameters
    ----------
    pixels : PixelSource
        The image as it was; missing pixels stay missing.
    gaussians : PixelGaussians
        What is added.
    """

    pixels: PixelSource
    gaussians: PixelGaussians

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.pixels.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh float32 array of a window, ``[y, x]``."""
        return self.pixels.read(window) + assemble(window, partial(render, self.gaussians))


def with_sources(image: SkyImage, sources: SkyGaussians) -> SkyImage:
    """Return an image with sources added.

    Parameters
    ----------
    image : SkyImage
        Any image with a beam, in Jy/beam or without a unit.
    sources : SkyGaussians
        What to add; fluxes in Jy, sizes before the beam. Sources that the image's projection
        does not show are left out.

    Returns
    -------
    SkyImage
        Nothing is computed until its pixels are read.

    Raises
    ------
    ValueError
        The image has no beam, or is in a unit other than Jy/beam.
    """
    if image.unit not in (None, JY_PER_BEAM):
        raise ValueError(
            f"sources can be added to {JY_PER_BEAM}, but {image.name} is in {image.unit}"
        )
    seen = np.isfinite(image.sky_to_pixel(sources.ra, sources.dec)).all(axis=0)
    drawn = project(sources.select(seen), image)
    return replace(image, pixels=InjectedPixels(image.pixels, drawn), path=None)


def inject(image: SkyImage, sources: SkyGaussians, window: Window | None = None) -> np.ndarray:
    """Return the pixels of an image with sources added.

    Parameters
    ----------
    image, sources
        As in `with_sources`.
    window : Window, optional
        Which pixels; by default all.

    Returns
    -------
    ndarray of float32
        ``[y, x]``, NaN where the image has none.

    Raises
    ------
    ValueError
        The image has no beam, or is in a unit other than Jy/beam.
    """
    return with_sources(image, sources).read(window)


def scattered_positions(
    shape: tuple[int, int], spacing: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions all over an image, none near another or the border.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx).
    spacing : float
        Side in pixels of the cells of a grid; each whole cell holds one position, in its
        middle half, so that two positions are at least half a spacing apart.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    x, y : ndarray
        Zero-based pixels.
    """
    rows, columns = int(shape[0] // spacing), int(shape[1] // spacing)
    row, column = np.mgrid[:rows, :columns].reshape(2, -1)
    shift_x, shift_y = rng.uniform(0.25, 0.75, (2, rows * columns))
    return (column + shift_x) * spacing - 0.5, (row + shift_y) * spacing - 0.5
