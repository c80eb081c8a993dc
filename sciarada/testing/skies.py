"""A small simulated sky for tests, always the same for the same arguments."""

from __future__ import annotations

import numpy as np
from astropy.wcs import WCS
from scipy.ndimage import gaussian_filter

from sciarada.core.detections import TileView
from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam
from sciarada.geometry.tiles import Tile
from sciarada.geometry.windows import Window

PIXEL = 2.0  # arcsec
BEAM = Beam(8.0, 8.0)
NOISE = 1e-4  # Jy/beam


def small_sky(shape: tuple[int, int] = (200, 260), *, sources: int = 12, seed: int = 1) -> SkyImage:
    """Return a simulated image: noise correlated by the beam, with sources on it.

    A third of the sources, at least one if there are any, are four beams wide. Peaks lie between
    10 and 100 times the noise, which is 1e-4 Jy/beam.

    Parameters
    ----------
    shape : tuple of int
        (ny, nx); a pixel is 2 arcsec wide and the beam 8 arcsec.
    sources : int
        Number of sources.
    seed : int
        Seed of the noise and the sources.

    Returns
    -------
    SkyImage

    See Also
    --------
    tile_view : Makes a tile of it for a detector.
    sciarada.simulate : Makes a realistic field with known sources.

    Examples
    --------
    >>> from sciarada.testing import small_sky
    >>> image = small_sky((64, 96), sources=3)
    >>> image.shape, image.beam.major
    ((64, 96), 8.0)
    """
    rng = np.random.default_rng(seed)
    sigma = BEAM.major / FWHM_PER_SIGMA / PIXEL
    noise = gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    pixels = noise * (NOISE / noise.std())
    y, x = np.indices(shape)
    for number in range(sources):
        y0, x0 = rng.uniform(0.1, 0.9, 2) * shape
        width = sigma * (4 if number % 3 == 0 else 1)
        peak = NOISE * 10.0 ** rng.uniform(1, 2)
        pixels += peak * np.exp(-0.5 * ((y - y0) ** 2 + (x - x0) ** 2) / width**2)
    return SkyImage.from_array(
        pixels.astype(np.float32), _wcs(shape), beam=BEAM, frequency=943.5e6, name="small-sky"
    )


def tile_view(image: SkyImage, window: Window | None = None, *, rms: float = NOISE) -> TileView:
    """Return a window of an image as a detector sees it.

    Parameters
    ----------
    image : SkyImage
        The image.
    window : Window, optional
        The only tile, its own core, without a halo; by default the whole image.
    rms : float
        Noise everywhere, in the unit of the image; the background is zero.

    Returns
    -------
    TileView

    See Also
    --------
    small_sky : Makes an image to use it on.

    Examples
    --------
    >>> from sciarada.testing import small_sky, tile_view
    >>> view = tile_view(small_sky((64, 96)))
    >>> view.pixels.shape
    (64, 96)
    >>> bool(view.snr.max() > 10)
    True
    """
    window = image.window if window is None else window
    pixels = image.read(window)
    return TileView(
        tile=Tile(0, 0, core=window, window=window),
        pixels=pixels,
        background=np.zeros_like(pixels),
        rms=np.full_like(pixels, rms),
        wcs=image.window_wcs(window),
        beam=image.beam,
        pixel_scale=image.pixel_scale,
        beam_area=image.beam_area,
    )


def _wcs(shape: tuple[int, int]) -> WCS:
    """Return a tangent-plane WCS with its reference at the middle of the image."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [180.0, -40.0]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-PIXEL / 3600, PIXEL / 3600]
    wcs.wcs.radesys = "ICRS"
    return wcs
