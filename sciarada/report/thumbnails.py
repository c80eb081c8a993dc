"""Small pictures of single sources, as inline PNG with the outline and beam drawn over them."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.report.palette import BLANK, COLOUR_MAP, rgb
from sciarada.report.stretch import Stretch

SIDE = 176  # pixels of the picture
ROOM = 1.7  # side of the cutout in extents of the source
MIN_BEAMS = 6.0  # side of the cutout in beams, at the least
MIN_PIXELS = 24
MAX_PIXELS = 1024  # read at the most; a larger source is shown in part


@dataclass(frozen=True)
class Thumbnail:
    """A picture of one source.

    Parameters
    ----------
    picture : str
        PNG as a data URI.
    outline : str
        Corners of the source for an SVG polygon, in a square of 100 x 100 with y downwards;
        empty without an outline.
    beam : tuple of float or None
        Radii and angle (deg, clockwise) of the beam in the same square, if it can be seen.
    width : float
        Side of the picture in arcsec.
    """

    picture: str
    outline: str
    beam: tuple[float, float, float] | None
    width: float


def make_thumbnail(
    image: SkyImage,
    centre: np.ndarray,
    extent: np.ndarray,
    polygon: np.ndarray,
    rms: float | None = None,
) -> Thumbnail:
    """Return the picture of one source, with its own stretch.

    Parameters
    ----------
    image : SkyImage
    centre, extent : ndarray of float, shape (2,)
        Middle of the picture (x, y) and size of the source along x and y, in pixels.
    polygon : ndarray of float, shape (m, 2)
        Outline in zero-based pixels.
    rms : float, optional
        Noise at the source.
    """
    beam = image.beam_in_pixels(*centre)
    beams = MIN_BEAMS * (beam[0] * FWHM_PER_SIGMA if beam else 0.0)
    side = max(ROOM * float(extent.max()), beams, MIN_PIXELS)
    side = math.ceil(min(side, MAX_PIXELS))
    x0, y0 = (math.floor(value - (side - 1) / 2.0 + 0.5) for value in centre)
    pixels = _read(image, Window(y0, y0 + side, x0, x0 + side))
    unit = 100.0 / side
    corners = (polygon[np.isfinite(polygon).all(axis=1)] - (x0 - 0.5, y0 - 0.5)) * unit
    return Thumbnail(
        picture=_png(pixels, Stretch.fit(pixels, rms)),
        outline=" ".join(f"{x:.1f},{100.0 - y:.1f}" for x, y in corners),
        beam=_beam_mark(beam, unit),
        width=side * image.pixel_scale,
    )


def _read(image: SkyImage, window: Window) -> np.ndarray:
    """Return the pixels of a window, NaN where it reaches beyond the image."""
    pixels = np.full(window.shape, np.nan, np.float32)
    inside = window.clip(image.shape)
    if inside.size:
        pixels[inside.slices_in(window)] = image.read(inside)
    return pixels


def _png(pixels: np.ndarray, stretch: Stretch) -> str:
    """Return the picture as a data URI, north of the image up as it is displayed."""
    size = (SIDE, SIDE)
    filter_ = Image.Resampling.BICUBIC
    levels = np.asarray(Image.fromarray(stretch.levels(pixels)[::-1]).resize(size, filter_))
    missing = Image.fromarray(np.isnan(pixels)[::-1].astype(np.uint8) * 255)
    blank = np.asarray(missing.resize(size, Image.Resampling.NEAREST)) > 0
    # the lowest level gives way to the colour of pixels without data
    indices = np.where(blank, np.uint8(0), np.maximum(levels, np.uint8(1)))
    picture = Image.fromarray(indices)
    picture.putpalette(np.concatenate([[rgb(BLANK)], COLOUR_MAP[1:]]).astype(np.uint8).tobytes())
    stream = io.BytesIO()
    picture.save(stream, format="PNG", compress_level=6)
    return data_uri(stream.getvalue())


def data_uri(png: bytes) -> str:
    """Return a PNG as a data URI."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _beam_mark(
    beam: tuple[float, float, float] | None, unit: float
) -> tuple[float, float, float] | None:
    if beam is None:
        return None
    major, minor = (sigma * FWHM_PER_SIGMA / 2.0 * unit for sigma in beam[:2])
    if not 0.8 <= major <= 20.0:
        return None
    return (major, minor, -math.degrees(beam[2]))
