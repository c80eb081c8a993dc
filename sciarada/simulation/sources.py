"""Sources as sums of Gaussians, and their exact picture behind a Gaussian beam.

Every simulated source is a cloud of elliptical Gaussians on the sky, of zero size for a point.
A Gaussian seen through a Gaussian beam is a Gaussian again, so the image needs no numerical
convolution, each source has exactly the flux that the truth says, and any part of the image
can be drawn alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window

REACH = 5.5  # sigmas at which a Gaussian is cut: 3e-7 of its peak


@dataclass(frozen=True, eq=False)
class SkyGaussians:
    """Elliptical Gaussians on the sky, before the beam.

    Parameters
    ----------
    source : ndarray of int
        Row of the source that each Gaussian belongs to.
    ra, dec : ndarray
        ICRS position in degrees.
    flux : ndarray
        Integrated flux in Jy.
    major, minor : ndarray
        Intrinsic FWHM in arcsec; 0 for a point.
    pa : ndarray
        Position angle of the major axis in degrees, north through east.
    """

    source: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    flux: np.ndarray
    major: np.ndarray
    minor: np.ndarray
    pa: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            dtype = np.int64 if field.name == "source" else np.float64
            value = np.atleast_1d(np.asarray(getattr(self, field.name), dtype=dtype))
            object.__setattr__(self, field.name, value)
            if value.ndim != 1 or len(value) != len(self.source):
                raise ValueError(f"{field.name} needs one value for each Gaussian")
        if np.any(self.minor < 0) or np.any(self.major < self.minor):
            raise ValueError("a Gaussian needs 0 <= minor <= major")

    def __len__(self) -> int:
        return len(self.source)

    def select(self, rows: np.ndarray | slice) -> SkyGaussians:
        """Return the Gaussians of some rows (indices, a slice or a mask)."""
        return SkyGaussians(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def points(cls, ra: np.ndarray, dec: np.ndarray, flux: np.ndarray) -> SkyGaussians:
        """Return point sources at ``ra``, ``dec`` (deg) with ``flux`` (Jy)."""
        ra, dec, flux = np.broadcast_arrays(np.atleast_1d(ra), dec, flux)
        zero = np.zeros(len(ra))
        return cls(np.arange(len(ra)), ra, dec, flux, zero, zero, zero)


@dataclass(frozen=True, eq=False)
class PixelGaussians:
    """Elliptical Gaussians in the pixels of one image, beam included.

    Parameters
    ----------
    x, y : ndarray
        Zero-based position in pixels.
    peak : ndarray
        Peak surface brightness in the image's unit (Jy/beam).
    xx, xy, yy : ndarray
        Covariance in pixels^2.
    """

    x: np.ndarray
    y: np.ndarray
    peak: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray

    def __len__(self) -> int:
        return len(self.x)

    def select(self, rows: np.ndarray | slice) -> PixelGaussians:
        """Return the Gaussians of some rows (indices, a slice or a mask)."""
        return PixelGaussians(*(getattr(self, field.name)[rows] for field in fields(self)))

    def bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return y0, y1, x0, x1 of the half-open pixel boxes out to ``REACH`` sigmas."""
        high, wide = REACH * np.sqrt(self.yy), REACH * np.sqrt(self.xx)
        return (
            np.ceil(self.y - high).astype(np.int64),
            np.floor(self.y + high).astype(np.int64) + 1,
            np.ceil(self.x - wide).astype(np.int64),
            np.floor(self.x + wide).astype(np.int64) + 1,
        )

    def window(self) -> Window:
        """Return the window that holds all the Gaussians; it may leave the image."""
        y0, y1, x0, x1 = self.bounds()
        return Window(int(y0.min()), int(y1.max()), int(x0.min()), int(x1.max()))


def project(gaussians: SkyGaussians, image: SkyImage) -> PixelGaussians:
    """Return Gaussians on the sky as they appear in the pixels of an image, beam included.

    Parameters
    ----------
    gaussians : SkyGaussians
        What is there.
    image : SkyImage
        Gives the WCS and the beam, which is constant in the image plane or on the sky as
        `sciarada.geometry.beam_map` states; the sources follow the local scale and north.

    Returns
    -------
    PixelGaussians
        Of the same length and order.

    Raises
    ------
    ValueError
        The image has no beam.
    """
    if image.beam_map is None:
        raise ValueError(f"{image.name} has no beam, so sources cannot be drawn into it")
    x, y = image.sky_to_pixel(gaussians.ra, gaussians.dec)
    jacobian = np.linalg.inv(image.sky_jacobian(x, y))
    intrinsic = jacobian @ sky_covariance(gaussians) @ jacobian.transpose(0, 2, 1)
    beam = image.beam_map.covariance(x, y)
    seen = intrinsic + beam
    peak = gaussians.flux * np.sqrt(np.linalg.det(beam) / np.linalg.det(seen))
    return PixelGaussians(x, y, peak, seen[:, 0, 0], seen[:, 0, 1], seen[:, 1, 1])


def brightness(gaussians: PixelGaussians, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the sum of Gaussians, uncut, at zero-based positions of any shape."""
    determinant = gaussians.xx * gaussians.yy - gaussians.xy**2
    dx = np.asarray(x)[..., None] - gaussians.x
    dy = np.asarray(y)[..., None] - gaussians.y
    distance2 = gaussians.yy * dx**2 - 2 * gaussians.xy * dx * dy + gaussians.xx * dy**2
    return (gaussians.peak * np.exp(-0.5 * distance2 / determinant)).sum(axis=-1)


def brightest(gaussians: PixelGaussians) -> float:
    """Return the highest surface brightness at the centre of any of the Gaussians."""
    return float(brightness(gaussians, gaussians.x, gaussians.y).max())


def render(gaussians: PixelGaussians, window: Window) -> np.ndarray:
    """Draw Gaussians, sampled at the pixel centres of a window.

    Parameters
    ----------
    gaussians : PixelGaussians
        Cut at `REACH` sigmas, where they are 3e-7 of their peak.
    window : Window
        What to draw; it may leave the image.

    Returns
    -------
    ndarray of float64
        Surface brightness ``[y, x]`` of the window's shape, in the unit of the peaks.
    """
    image = np.zeros(window.shape)
    y0, y1, x0, x1 = gaussians.bounds()
    near = (y0 < window.y1) & (y1 > window.y0) & (x0 < window.x1) & (x1 > window.x0)
    near &= (y0 < y1) & (x0 < x1)
    determinant = gaussians.xx * gaussians.yy - gaussians.xy**2
    a, b, c = (
        -0.5 * gaussians.yy / determinant,
        gaussians.xy / determinant,
        -0.5 * gaussians.xx / determinant,
    )
    for i in np.flatnonzero(near):
        top, bottom = max(y0[i], window.y0), min(y1[i], window.y1)
        left, right = max(x0[i], window.x0), min(x1[i], window.x1)
        dy = np.arange(top, bottom)[:, None] - gaussians.y[i]
        dx = np.arange(left, right) - gaussians.x[i]
        picture = np.exp(a[i] * dx**2 + (b[i] * dx) * dy + c[i] * dy**2)
        picture *= gaussians.peak[i]
        image[top - window.y0 : bottom - window.y0, left - window.x0 : right - window.x0] += picture
    return image


def beam_covariance(image: SkyImage) -> np.ndarray:
    """Return the covariance of the beam in pixels^2 at the reference of an image.

    The axes are in the order (x, y).

    Raises
    ------
    ValueError
        The image has no beam.
    """
    if image.beam_map is None:
        raise ValueError(f"{image.name} has no beam, so sources cannot be drawn into it")
    return image.beam_map.covariance(*image.reference)


def offset_position(
    ra: np.ndarray, dec: np.ndarray, east: np.ndarray, north: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions at offsets in the plane that touches the sky at each position.

    Parameters
    ----------
    ra, dec : ndarray
        Positions in degrees.
    east, north : ndarray
        Offsets in arcsec.

    Returns
    -------
    ra, dec : ndarray
        Degrees, right ascension in [0, 360).
    """
    ra, dec = np.radians(ra), np.radians(dec)
    east, north = np.radians(np.asarray(east) / 3600), np.radians(np.asarray(north) / 3600)
    outward = np.cos(dec) - north * np.sin(dec)
    longitude = ra + np.arctan2(east, outward)
    latitude = np.arctan2(np.sin(dec) + north * np.cos(dec), np.hypot(outward, east))
    return np.degrees(longitude) % 360.0, np.degrees(latitude)


def sky_covariance(gaussians: SkyGaussians) -> np.ndarray:
    """Return the intrinsic covariances (n, 2, 2) in arcsec^2, axes in the order (east, north)."""
    pa = np.radians(gaussians.pa)
    along = np.stack([np.sin(pa), np.cos(pa)], axis=-1)
    across = np.stack([np.cos(pa), -np.sin(pa)], axis=-1)
    return sum(
        (fwhm / FWHM_PER_SIGMA)[:, None, None] ** 2 * axis[:, :, None] * axis[:, None, :]
        for fwhm, axis in ((gaussians.major, along), (gaussians.minor, across))
    )
