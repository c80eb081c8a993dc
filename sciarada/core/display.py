"""Images and tables as a notebook shows them: figures with sky axes, and short HTML.

matplotlib and what brings it along are imported where they are used: only those who plot
wait for them.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from sciarada.geometry.windows import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sciarada.core.image import SkyImage

STRIP_PIXELS = 4_000_000  # pixels read at a time
LOWEST, HIGHEST = 1.0, 99.8  # percentiles of the pixels shown as black and as white
COORDINATES = {
    "pos.eq.ra": "Right ascension",
    "pos.eq.dec": "Declination",
    "pos.galactic.lon": "Galactic longitude",
    "pos.galactic.lat": "Galactic latitude",
}
"""Labels of axes, by the physical types of the WCS."""
SOFTENING = 0.1  # of the asinh stretch, as a fraction of the range


def plot_image(
    image: SkyImage, ax: Axes | None = None, *, long_side: int = 1500, **imshow: Any
) -> Axes:
    """Draw an image on axes that know its sky; see `sciarada.core.image.SkyImage.plot`."""
    if ax is None:
        ax = _sky_axes(image)
    pixels, factor = reduced(image, long_side)
    ny, nx = (factor * side for side in pixels.shape)
    shown = {"cmap": "gray", "origin": "lower", "interpolation": "nearest"} | imshow
    if not {"norm", "vmin", "vmax"} & shown.keys():
        shown["norm"] = _norm(pixels)
    ax.imshow(pixels, extent=(-0.5, nx - 0.5, -0.5, ny - 0.5), **shown)
    ax.set(xlim=(-0.5, image.shape[1] - 0.5), ylim=(-0.5, image.shape[0] - 0.5), title=image.name)
    return ax


def _sky_axes(image: SkyImage) -> Axes:
    """Return axes of a new figure, labelled with the names of the sky coordinates."""
    import matplotlib.pyplot as plt

    ax = plt.figure().add_subplot(projection=image.wcs)
    for coordinate, kind in zip(ax.coords, image.wcs.world_axis_physical_types, strict=True):
        coordinate.set_axislabel(COORDINATES.get(kind, kind or ""))
    return ax


def reduced(image: SkyImage, long_side: int) -> tuple[np.ndarray, int]:
    """Return the brightest pixel of each block of an image, and the side of the blocks.

    Parameters
    ----------
    image : SkyImage
        Read in strips, so that memory does not grow with it.
    long_side : int
        Largest number of blocks along an axis.

    Returns
    -------
    values : ndarray of float32, shape (ny, nx)
        NaN where a whole block is missing.
    factor : int
        Side of a block in pixels of the image; 1 for a small image, returned as it is.
    """
    ny, nx = image.shape
    factor = -(-max(ny, nx) // long_side)
    rows = factor * max(1, STRIP_PIXELS // (nx * factor))
    strips = (Window(y, min(y + rows, ny), 0, nx) for y in range(0, ny, rows))
    return np.concatenate([_brightest(image.read(strip), factor) for strip in strips]), factor


def _brightest(pixels: np.ndarray, factor: int) -> np.ndarray:
    if factor == 1:
        return pixels
    from astropy.nddata import block_reduce

    padding = [(0, -side % factor) for side in pixels.shape]
    pixels = np.pad(pixels, padding, constant_values=np.nan)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN")
        return block_reduce(pixels, factor, np.nanmax)


def _norm(pixels: np.ndarray) -> Any:
    from astropy.visualization import simple_norm

    finite = pixels[np.isfinite(pixels)]
    low, high = np.percentile(finite, [LOWEST, HIGHEST]) if finite.size else (0.0, 1.0)
    return simple_norm(
        finite, "asinh", asinh_a=SOFTENING, vmin=low, vmax=high if high > low else low + 1.0
    )


def picture(pixels: np.ndarray) -> str:
    """Return a grey picture of pixels as an HTML image, first row at the bottom."""
    from PIL import Image

    levels = np.ma.filled(_norm(pixels)(np.nan_to_num(pixels, nan=-np.inf)), 0.0)
    stream = io.BytesIO()
    Image.fromarray((255 * levels[::-1]).clip(0, 255).astype(np.uint8)).save(stream, "PNG")
    return f'<img alt="" src="{png_uri(stream.getvalue())}" style="image-rendering: pixelated">'


def png_uri(png: bytes) -> str:
    """Return a PNG file as an address that holds the whole picture."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def html_summary(title: str, facts: Iterable[tuple[str, object]], pictures: str = "") -> str:
    """Return a title, pictures and a table of facts as HTML for a notebook.

    Parameters
    ----------
    title : str
    facts : iterable of (str, object)
        Name and value; a value of None is omitted.
    pictures : str
        HTML, as of `picture`.
    """
    rows = "".join(
        f"<tr><th style='text-align: left'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in facts
        if value is not None
    )
    return f"<div><strong>{escape(title)}</strong><div>{pictures}</div><table>{rows}</table></div>"
