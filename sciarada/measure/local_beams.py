"""The beam at islands and their pixels, where it is not one for the whole image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.beam_map import BeamMap
from sciarada.geometry.local_sky import determinant
from sciarada.measure.island_stamps import IslandPixels
from sciarada.measure.islands import Island
from sciarada.measure.shapes import ASSUMED_BEAM_PIXELS


def island_beams(image: SkyImage, islands: Sequence[Island]) -> np.ndarray:
    """Return the beam's precision matrix at each island.

    Returns
    -------
    ndarray, shape (n, 2, 2)
        In pixels^-2, axes in the order (x, y). A round guess without a beam.
    """
    if image.beam_map is None:
        guess = np.eye(2) * (FWHM_PER_SIGMA / ASSUMED_BEAM_PIXELS) ** 2
        return np.broadcast_to(guess, (len(islands), 2, 2))
    if image.beam_rule.in_plane:
        return np.broadcast_to(image.beam_map.precision(*image.reference), (len(islands), 2, 2))
    return at_places(image.beam_map, *np.array([middle_pixel(island) for island in islands]).T)


def at_places(beam: BeamMap, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the beam's precision matrices (n, 2, 2); off the sky that at the reference."""
    found = beam.precision(x, y)
    known = np.isfinite(found).all(axis=(-2, -1), keepdims=True)
    return np.where(known, found, beam.precision(*beam.rule.geometry.reference))


def place_areas(image: SkyImage, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the pixels per beam at places, shape (n,); NaN without a beam."""
    if image.beam_map is None:
        return np.full(len(x), np.nan)
    return 2.0 * np.pi / np.sqrt(determinant(at_places(image.beam_map, x, y)))


def middle_pixel(island: Island) -> tuple[float, float]:
    """Return the (x, y) of the pixel of an island that is nearest to the middle of its box."""
    y, x = np.nonzero(island.mask)
    ny, nx = island.mask.shape
    nearest = np.argmin((y - 0.5 * (ny - 1)) ** 2 + (x - 0.5 * (nx - 1)) ** 2)
    return float(x[nearest] + island.window.x0), float(y[nearest] + island.window.y0)


def peak_beams(image: SkyImage, cuts: Sequence[IslandPixels], middles: np.ndarray) -> np.ndarray:
    """Return the beam's precision matrix (n, 2, 2) at the highest point of each island.

    Parameters
    ----------
    image : SkyImage
    cuts : sequence of IslandPixels
    middles : ndarray, shape (n, 2, 2)
        What `island_beams` gives, which is the same where the beam is constant in pixels.
    """
    if image.beam_map is None or image.beam_rule.in_plane:
        return middles
    return at_places(image.beam_map, *np.array([cut.summit for cut in cuts]).T)


def beam_areas(image: SkyImage, cuts: Sequence[IslandPixels]) -> list[np.ndarray]:
    """Return the pixels per beam at each pixel of some islands.

    Returns
    -------
    list of ndarray
        One value for each pixel of the mask, in the order of `numpy.nonzero`; NaN without a
        beam.
    """
    counts = [int(cut.mask.sum()) for cut in cuts]
    if image.beam_map is None or image.beam_rule.in_plane:
        area = np.nan if image.beam_area is None else image.beam_area
        return [np.broadcast_to(area, count) for count in counts]
    places = [np.argwhere(cut.mask) + np.array([cut.window.y0, cut.window.x0]) for cut in cuts]
    y, x = np.concatenate(places).T
    return np.split(place_areas(image, x, y), np.cumsum(counts)[:-1])
