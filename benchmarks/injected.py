"""Images with Gaussian sources of exactly known shape on correlated noise.

Made from first principles and without SCIARADA's own code, so that a mistake there cannot hide:
a source is its analytic profile at the pixel centres, noise is white noise filtered in Fourier
space.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.stats import gaussian_fwhm_to_sigma
from astropy.table import Table
from astropy.wcs import WCS

PIXEL = 2.5  # arcsec
BEAM = (12.0, 9.0, 30.0)  # FWHM in arcsec, position angle in degrees
RMS = 1e-4  # Jy/beam
SPACING = 64  # pixels between neighbours; the widest source has a FWHM of 13
REACH = 28  # pixels around a source's centre that are filled: 5 sigma of the widest source
SNR_RANGE = (5.0, 100.0)
KINDS = ("point", "resolved")

NOISE_WIDTHS = {"smoothed": 1.0, "natural": 0.5**0.5}
"""Width of the noise filter over the beam: white noise smoothed to the beam has an autocorrelation
sqrt(2) wider than the beam; that of a naturally weighted interferometer image is the beam."""


@dataclass(frozen=True)
class InjectedField:
    """An image in Jy/beam, its header and the table of the sources in it."""

    pixels: np.ndarray
    header: fits.Header
    truth: Table

    def write(self, path: Path) -> None:
        """Write the image as FITS."""
        fits.writeto(path, self.pixels, self.header)


def inject(kind: str, noise: str, size: int, seed: int) -> InjectedField:
    """Put sources of log-uniform peak signal to noise on a jittered grid.

    Parameters
    ----------
    kind : {"point", "resolved"}
        Point sources, or Gaussians with intrinsic major axes of 0.5 to 2.5 beams.
    noise : {"smoothed", "natural"}
        How far the noise is correlated, see `NOISE_WIDTHS`.
    size : int
        Side of the image in pixels.
    seed : int
        Same seed, same field.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), list(NOISE_WIDTHS).index(noise)])
    x, y = jittered_grid(size, rng)
    snr = np.exp(rng.uniform(*np.log(SNR_RANGE), len(x)))
    major, minor, pa = np.zeros((3, len(x)))
    if kind == "resolved":
        major = BEAM[0] * rng.uniform(0.5, 2.5, len(x))
        minor = major * rng.uniform(0.4, 1.0, len(x))
        pa = rng.uniform(0, 180, len(x))

    beam = covariance(*BEAM)
    shapes = beam + covariance(major, minor, pa)
    pixels = RMS * correlated_noise(size, beam * NOISE_WIDTHS[noise] ** 2, rng)
    for centre_x, centre_y, shape, peak in zip(x, y, shapes, RMS * snr, strict=True):
        add_gaussian(pixels, centre_x, centre_y, shape, peak)

    header = field_header(size)
    ra, dec = WCS(header).all_pix2world(x, y, 0)
    widening = np.sqrt(np.linalg.det(shapes) / np.linalg.det(beam))
    truth = Table(
        {
            "ra": ra,
            "dec": dec,
            "snr": snr,
            "peak_flux": RMS * snr,
            "total_flux": RMS * snr * widening,
            "dc_maj_axis": major,
            "dc_min_axis": minor,
        }
    )
    return InjectedField(pixels.astype(np.float32), header, truth)


def jittered_grid(size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Positions at `SPACING`, moved by up to 4 pixels, none nearer than 32 to the border."""
    lines = np.arange(SPACING, size - SPACING // 2, SPACING)
    y, x = (axis.ravel() for axis in np.meshgrid(lines, lines, indexing="ij"))
    return x + rng.uniform(-4, 4, x.size), y + rng.uniform(-4, 4, y.size)


def covariance(major, minor, pa) -> np.ndarray:
    """Covariance in pixels^2, axes (x, y), of FWHM in arcsec and degrees; shape (..., 2, 2)."""
    major, minor, pa = np.broadcast_arrays(major, minor, np.radians(pa))
    along = np.stack([-np.sin(pa), np.cos(pa)], axis=-1)  # north is +y, east is -x
    across = np.stack([np.cos(pa), np.sin(pa)], axis=-1)
    sigma = gaussian_fwhm_to_sigma / PIXEL
    return sum(
        (sigma * fwhm[..., None, None]) ** 2 * axis[..., :, None] * axis[..., None, :]
        for fwhm, axis in ((major, along), (minor, across))
    )


def correlated_noise(size: int, kernel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """White noise filtered with a Gaussian of covariance `kernel`, to an expected rms of 1."""
    u, v = np.fft.rfftfreq(size), np.fft.fftfreq(size)[:, None]
    quadratic = kernel[0, 0] * u**2 + 2 * kernel[0, 1] * u * v + kernel[1, 1] * v**2
    response = np.exp(-2 * np.pi**2 * quadratic)
    power = np.mean(np.fft.irfft2(response, s=(size, size)) ** 2) * size**2
    white = np.fft.rfft2(rng.standard_normal((size, size)))
    return np.fft.irfft2(white * response, s=(size, size)) / np.sqrt(power)


def add_gaussian(pixels: np.ndarray, x: float, y: float, shape: np.ndarray, peak: float) -> None:
    """Add a Gaussian of covariance `shape` to `pixels`, in place."""
    rows = np.arange(round(y) - REACH, round(y) + REACH + 1)
    columns = np.arange(round(x) - REACH, round(x) + REACH + 1)
    dy, dx = np.meshgrid(rows - y, columns - x, indexing="ij")
    precision = np.linalg.inv(shape)
    quadratic = precision[0, 0] * dx**2 + 2 * precision[0, 1] * dx * dy + precision[1, 1] * dy**2
    pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] += peak * np.exp(-quadratic / 2)


def field_header(size: int) -> fits.Header:
    """Header of a field at declination -40 degrees, with beam, unit and frequency."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---SIN", "DEC--SIN"
    wcs.wcs.crval = 150.0, -40.0
    wcs.wcs.crpix = size / 2 + 0.5, size / 2 + 0.5
    wcs.wcs.cdelt = -PIXEL / 3600, PIXEL / 3600
    header = wcs.to_header()
    header["BMAJ"], header["BMIN"], header["BPA"] = BEAM[0] / 3600, BEAM[1] / 3600, BEAM[2]
    header["BUNIT"] = "Jy/beam"
    header["RESTFRQ"] = 9.435e8
    return header
