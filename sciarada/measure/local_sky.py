"""The sky at measured places: positions, how it follows the pixels, and the beam there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.local_sky import determinant
from sciarada.measure.local_beams import at_places, place_areas
from sciarada.measure.shapes import axes

ROUND = 1e-3  # axes of a beam that differ by less than this part give it no direction


@dataclass(frozen=True, eq=False)
class LocalSky:
    """The sky at n places of an image.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Zero-based pixel positions.
    ra, dec : ndarray, shape (n,)
        ICRS degrees.
    jacobian : ndarray, shape (n, 2, 2)
        ``[[dE/dx, dE/dy], [dN/dx, dN/dy]]`` in arcsec per pixel.
    beam : ndarray, shape (n, 2, 2)
        Covariance of the beam in pixels^2, axes in the order (x, y); NaN without one.
    beam_area : ndarray, shape (n,)
        Pixels per beam; NaN without one.
    """

    x: np.ndarray
    y: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    jacobian: np.ndarray
    beam: np.ndarray
    beam_area: np.ndarray

    @classmethod
    def at(cls, image: SkyImage, places: np.ndarray, pixels: np.ndarray | None = None) -> LocalSky:
        """Return the sky at places (n, 2), in pixels (x, y).

        A place off the sky, as the centre of a source on the limb of a map may be, is moved to
        the nearest whole pixel, and if that is off the sky as well, to the one in ``pixels``,
        shape (n, 2).
        """
        places = np.array(places, float)
        ra, dec = image.pixel_to_sky(*places.T)
        for other in (np.rint(places), places if pixels is None else pixels):
            lost = np.isnan(ra)
            if lost.any():
                places[lost] = other[lost]
                ra[lost], dec[lost] = image.pixel_to_sky(*places[lost].T)
        x, y = places.T
        jacobian = image.sky_jacobian(x, y).reshape(-1, 2, 2)
        if image.beam_map is None:
            beam = np.full((len(x), 2, 2), np.nan)
        else:
            beam = np.linalg.inv(at_places(image.beam_map, x, y))
        return cls(x, y, ra, dec, jacobian, beam, place_areas(image, x, y))

    def on_sky(self, covariance: np.ndarray) -> np.ndarray:
        """Return covariances (n, 2, 2) in pixels^2 as such in arcsec^2."""
        return self.jacobian @ covariance @ np.swapaxes(self.jacobian, 1, 2)

    @property
    def sky_beam(self) -> np.ndarray:
        """Covariance of the beam in arcsec^2, axes (east, north); NaN without one."""
        return self.on_sky(self.beam)

    @property
    def pixel_area(self) -> np.ndarray:
        """Solid angle of a pixel in arcsec^2."""
        return np.abs(determinant(self.jacobian))


def beam_columns(image: SkyImage, here: LocalSky) -> dict[str, np.ndarray]:
    """Return the beam on the sky at each source, and the frequency."""
    major, minor, angle = axes(here.sky_beam)
    if image.beam is not None:
        angle = np.where(major - minor < ROUND * major, image.beam.pa, angle)
    frequency = np.nan if image.frequency is None else image.frequency
    return {
        "beam_maj": major,
        "beam_min": minor,
        "beam_pa": angle,
        "freq": np.full(len(here.ra), frequency, float),
    }
