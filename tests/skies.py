"""Small skies with a known truth, drawn without the package's own simulator and geometry."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from scipy import ndimage

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.geometry.windows import Window
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.islands import Island

PIXEL = 2.0  # arcsec
BEAM = Beam(10.0, 8.0, 30.0)
CENTRE = (150.0, -30.0)
FWHM = np.sqrt(8 * np.log(2))
AXES = {"icrs": ("RA---TAN", "DEC--TAN"), "galactic": ("GLON-TAN", "GLAT-TAN")}


def tan_wcs(
    shape: tuple[int, int],
    *,
    pixel: float = PIXEL,
    rotation: float = 0.0,
    parity: int = 1,
    frame: str = "icrs",
    centre: tuple[float, float] = CENTRE,
) -> WCS:
    """Return the WCS of an image about ``centre`` (ICRS, deg), turned by ``rotation`` degrees.

    East is to the left for parity 1 and to the right for -1.
    """
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = AXES[frame]
    middle = SkyCoord(*centre, unit="deg").transform_to(frame).spherical
    wcs.wcs.crval = [middle.lon.deg, middle.lat.deg]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-parity * pixel / 3600, pixel / 3600]
    angle = np.radians(rotation)
    wcs.wcs.pc = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    if frame == "icrs":
        wcs.wcs.radesys = "ICRS"
    wcs.wcs.set()
    return wcs


def gaussian(
    wcs: WCS,
    shape: tuple[int, int],
    ra: float,
    dec: float,
    peak: float,
    major: float,
    minor: float,
    pa: float,
) -> np.ndarray:
    """Draw an elliptical Gaussian of a peak, FWHM (arcsec) and position angle on the sky (deg).

    Each pixel's distance and position angle from the centre are those of astropy.
    """
    centre = SkyCoord(ra, dec, unit="deg")
    y, x = np.mgrid[: shape[0], : shape[1]]
    places = wcs.pixel_to_world(x, y).icrs
    distance = centre.separation(places).arcsec
    angle = centre.position_angle(places).rad - np.radians(pa)
    along, across = distance * np.cos(angle), distance * np.sin(angle)
    return peak * 2.0 ** (-((2 * along / major) ** 2) - (2 * across / minor) ** 2)


def place(wcs: WCS, x: float, y: float) -> tuple[float, float]:
    """Return ICRS (ra, dec) in degrees of a pixel position."""
    sky = wcs.pixel_to_world(x, y).icrs
    return float(sky.ra.deg), float(sky.dec.deg)


def ellipse_in_pixels(
    wcs: WCS, ra: float, dec: float, major: float, minor: float, pa: float
) -> np.ndarray:
    """Return the covariance (x, y) in pixels^2 of a Gaussian of FWHM (arcsec) on the sky."""
    centre = SkyCoord(ra, dec, unit="deg")
    step = 0.01
    origin = np.array(wcs.world_to_pixel(centre))
    columns = []
    for width, angle in ((major, pa), (minor, pa + 90.0)):
        end = centre.directional_offset_by(angle * u.deg, step * u.arcsec)
        columns.append((np.array(wcs.world_to_pixel(end)) - origin) * width / FWHM / step)
    half_axes = np.stack(columns, axis=1)
    return half_axes @ half_axes.T


def white_noise(shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return independent Gaussian noise of unit rms."""
    return np.random.default_rng(seed).normal(0.0, 1.0, shape)


def correlated_noise(shape: tuple[int, int], covariance: np.ndarray, seed: int) -> np.ndarray:
    """Return white noise smoothed by a Gaussian of a covariance (x, y; pixels^2), of unit rms."""
    fy, fx = np.meshgrid(np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1]), indexing="ij")
    (xx, xy), (_, yy) = covariance
    response = np.exp(-2 * np.pi**2 * (xx * fx * fx + 2 * xy * fx * fy + yy * fy * fy))
    smooth = np.fft.irfft2(np.fft.rfft2(white_noise(shape, seed)) * response, shape)
    power = np.abs(np.fft.irfft2(response, shape)) ** 2
    return smooth / np.sqrt(power.sum())


def beam_noise(wcs: WCS, shape: tuple[int, int], seed: int, beam: Beam = BEAM) -> np.ndarray:
    """Return noise of unit rms that is correlated like a beam, in an image about `CENTRE`."""
    covariance = ellipse_in_pixels(wcs, *CENTRE, beam.major, beam.minor, beam.pa)
    return correlated_noise(shape, covariance, seed)


def sky_image(data: np.ndarray, *, beam: Beam | None = BEAM, wcs: WCS | None = None) -> SkyImage:
    """Return an image in memory."""
    wcs = tan_wcs(data.shape) if wcs is None else wcs
    return SkyImage.from_array(data.astype(np.float32), wcs, beam=beam, frequency=9.435e8)


def flat_background(location: float = 0.0, scale: float = 1.0) -> BackgroundModel:
    """Return a model of the same background and noise everywhere."""
    return BackgroundModel(
        64,
        np.full((1, 1), location, np.float32),
        np.full((1, 1), scale, np.float32),
        np.zeros((1, 1), bool),
    )


def islands_of(data: np.ndarray, peak: float = 5.0, grow: float = 3.0) -> list[Island]:
    """Return the eight-connected regions above ``grow`` that reach ``peak``."""
    labels, _ = ndimage.label(np.nan_to_num(data) > grow, np.ones((3, 3)))
    found = []
    for number, slices in enumerate(ndimage.find_objects(labels), start=1):
        mask = labels[slices] == number
        if np.nanmax(data[slices][mask]) > peak:
            found.append(Island(Window.from_slices(slices), mask, "r000c000"))
    return found
