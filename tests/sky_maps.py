"""Maps of a known sky, drawn with closed formulae and with astropy's WCS alone."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning

NORM = 4.0 * np.log(2.0)


@dataclass
class SkyMap:
    """A map to be drawn.

    Parameters
    ----------
    projection : str
    shape : tuple of int
        (ny, nx).
    step : float
        Pixel in degrees.
    centre : tuple of float
        CRVAL in degrees.
    beam : tuple of float
        FWHM in degrees and BPA.
    axes : tuple of str
        Kinds of longitude and latitude.
    angle : float
        Degrees by which the image is turned.
    east : int
        -1 for east to the left, 1 for a mirrored image.
    cards : dict
        Further cards of the header, which replace others.
    """

    projection: str = "SIN"
    shape: tuple[int, int] = (100, 100)
    step: float = 2.0 / 3600
    centre: tuple[float, float] = (150.0, -30.0)
    beam: tuple[float, float, float] = (12.0 / 3600, 8.0 / 3600, 30.0)
    axes: tuple[str, str] = ("RA", "DEC")
    angle: float = 0.0
    east: int = -1
    cards: dict = field(default_factory=dict)
    noise: float = 1e-3
    seed: int = 1

    def __post_init__(self) -> None:
        ny, nx = self.shape
        cos, sin = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        self.header = fits.Header()
        for axis, kind in enumerate(self.axes, start=1):
            self.header[f"CTYPE{axis}"] = f"{kind:-<4}-{self.projection}"
            self.header[f"CRVAL{axis}"] = self.centre[axis - 1]
            self.header[f"CUNIT{axis}"] = "deg"
        self.header["CRPIX1"], self.header["CRPIX2"] = (nx + 1) / 2, (ny + 1) / 2
        self.header["CD1_1"] = self.east * self.step * cos
        self.header["CD1_2"] = -self.east * self.step * sin
        self.header["CD2_1"], self.header["CD2_2"] = self.step * sin, self.step * cos
        self.header["BUNIT"], self.header["RESTFRQ"] = "Jy/beam", 1.4e9
        self.header["BMAJ"], self.header["BMIN"], self.header["BPA"] = self.beam
        self.header.update(self.cards)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FITSFixedWarning)  # NCP is written as SIN
            self.wcs = WCS(self.header)
        self.data = np.random.default_rng(self.seed).normal(0.0, self.noise, self.shape)

    def in_plane(self, x: float, y: float, peak: float) -> None:
        """Add the beam as it is at the reference point: one shape in pixels."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]]
        offsets = np.stack([columns - x, rows - y], axis=-1) @ self.wcs.pixel_scale_matrix.T
        self.data += peak * _gaussian(*np.moveaxis(offsets, -1, 0), *self.beam)

    def on_sky(self, lon: float, lat: float, peak: float) -> None:
        """Add the beam as one shape on the sky, BPA from the local north of the map's frame."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]]
        with np.errstate(invalid="ignore"):
            sky = self.wcs.all_pix2world(columns, rows, 0)
        self.add_on_sky(*sky, lon, lat, peak)

    def add_on_sky(self, lons, lats, lon: float, lat: float, peak: float) -> None:
        """Add the beam at (lon, lat), given where each pixel lies."""
        lons, lats, lon, lat = (np.radians(v) for v in (lons, lats, lon, lat))
        half = np.sin((lats - lat) / 2) ** 2
        half += np.cos(lats) * np.cos(lat) * np.sin((lons - lon) / 2) ** 2
        distance = np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
        bearing = np.arctan2(
            np.cos(lats) * np.sin(lons - lon),
            np.sin(lats) * np.cos(lat) - np.cos(lats) * np.sin(lat) * np.cos(lons - lon),
        )
        light = _gaussian(distance * np.sin(bearing), distance * np.cos(bearing), *self.beam)
        self.data += peak * np.nan_to_num(light)

    def write(self, path: Path) -> Path:
        """Write the map and return where it is."""
        fits.writeto(path, self.data.astype(np.float32), self.header)
        return path


def _gaussian(east, north, major: float, minor: float, pa: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(pa)), np.sin(np.radians(pa))
    along, across = east * sin + north * cos, east * cos - north * sin
    return np.exp(-NORM * ((along / major) ** 2 + (across / minor) ** 2))
