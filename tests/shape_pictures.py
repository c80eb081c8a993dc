"""Pictures of shapes, drawn without the package's own renderer, and what can be seen in them."""

from __future__ import annotations

import numpy as np

from sciarada.core.shape import Shape

HALF = 90  # pixels of 1 arcsec
NORTH, EAST = np.mgrid[-HALF : HALF + 1, -HALF : HALF + 1]
SIGMA = 1 / np.sqrt(8 * np.log(2))  # of a FWHM


def picture(shape: Shape, beam: float) -> np.ndarray:
    """Draw a shape behind a round beam (FWHM, arcsec): flux per pixel, north up, east right."""
    image = np.zeros(EAST.shape)
    for i in range(len(shape)):
        pa = np.radians(shape.pa[i])
        along, across = (
            (axis[i] * SIGMA) ** 2 + (beam * SIGMA) ** 2 for axis in (shape.major, shape.minor)
        )
        east, north = EAST - shape.east[i], NORTH - shape.north[i]
        u = east * np.sin(pa) + north * np.cos(pa)
        v = east * np.cos(pa) - north * np.sin(pa)
        peak = shape.share[i] / (2 * np.pi * np.sqrt(along * across))
        image += peak * np.exp(-(u**2) / (2 * along) - v**2 / (2 * across))
    return image


def holding(image: np.ndarray, part: float) -> np.ndarray:
    """Return the brightest pixels that together hold a part of the flux."""
    values = np.sort(image.ravel())[::-1]
    level = values[np.searchsorted(np.cumsum(values), part * values.sum())]
    return image > level


def longest(mask: np.ndarray) -> float:
    """Return the longest distance between pixels of a mask, edge to edge."""
    angle = np.linspace(0, np.pi, 90, endpoint=False)
    reach = EAST[mask][:, None] * np.sin(angle) + NORTH[mask][:, None] * np.cos(angle)
    return (reach.max(axis=0) - reach.min(axis=0)).max() + 1


def major_axis(image: np.ndarray) -> float:
    """Return the position angle (radians) of the long axis, from second moments."""
    weight = image / image.sum()
    east, north = EAST - (weight * EAST).sum(), NORTH - (weight * NORTH).sum()
    ee, nn, en = (weight * east**2).sum(), (weight * north**2).sum(), (weight * east * north).sum()
    return np.arctan2(2 * en, nn - ee) / 2


def fanaroff_riley(shape: Shape, beam: float) -> tuple[float, list[float]]:
    """Measure how far out the brightest spots on both sides of the core are.

    The core is the first Gaussian; what is within 1.3 beams of it does not count.

    Returns
    -------
    ratio : float
        Sum of the distances of the brightest spots from the core over the whole extent, as
        Fanaroff & Riley (1974) defined it, the extent being that of 95 % of the flux.
    sides : list of float
        The same for each side alone, the smaller first.
    """
    image = picture(shape, beam)
    east, north = EAST - shape.east[0], NORTH - shape.north[0]
    distance, angle = np.hypot(east, north), major_axis(image)
    along, lit = east * np.sin(angle) + north * np.cos(angle), holding(image, 0.95)
    spots, ends = [], []
    for sign in (1, -1):
        side = (along * sign > 0) & (distance > 1.3 * beam)
        spots.append(distance.flat[np.argmax(np.where(side, image, 0))])
        ends.append(distance[side & lit].max())
    sides = sorted(spot / end for spot, end in zip(spots, ends, strict=True))
    return sum(spots) / longest(lit), sides


def around(image: np.ndarray, radius: np.ndarray, number: int = 72) -> np.ndarray:
    """Return the brightness at radii (arcsec) about the middle: (radius, direction)."""
    angle = np.arange(number) * 2 * np.pi / number
    north = np.rint(HALF + radius[:, None] * np.cos(angle)).astype(int)
    east = np.rint(HALF + radius[:, None] * np.sin(angle)).astype(int)
    return image[north, east]
