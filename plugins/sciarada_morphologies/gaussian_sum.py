"""Building blocks of sources: sums of Gaussians in a plane.

A morphology lays out its parts in a plane with axes x and y in any unit, and at last puts the
whole on the sky, rotated at random and scaled to the requested size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sciarada.core.shape import Shape

_OVERLAP = 1.25  # FWHM along a stroke in units of its spacing: ripples below 1 %
_FLUX, _X, _Y, _LENGTH, _WIDTH, _ANGLE = range(6)


@dataclass(frozen=True, eq=False)
class GaussianSum:
    """Gaussians in the plane of a source.

    Parameters
    ----------
    rows : ndarray
        (6, n): flux in any unit; x, y; FWHM along a direction, FWHM across it; and the
        direction in radians from x towards y.
    """

    rows: np.ndarray

    def __len__(self) -> int:
        return self.rows.shape[1]

    @property
    def flux(self) -> float:
        """Total flux."""
        return float(self.rows[_FLUX].sum())

    @property
    def peak(self) -> float:
        """Flux over area of the brightest part; infinite where one is a point."""
        area = self.rows[_LENGTH] * self.rows[_WIDTH]
        lit = self.rows[_FLUX] > 0
        return float((self.rows[_FLUX][lit] / area[lit]).max())

    def of_flux(self, total: float) -> GaussianSum:
        """Return the same parts with a total flux."""
        rows = self.rows.copy()
        rows[_FLUX] *= total / self.flux
        return GaussianSum(rows)

    def moved(self, x: float, y: float) -> GaussianSum:
        """Return the parts shifted."""
        rows = self.rows.copy()
        rows[_X] += x
        rows[_Y] += y
        return GaussianSum(rows)

    def turned(self, angle: float) -> GaussianSum:
        """Return the parts turned about the origin, in radians from x towards y."""
        cosine, sine = np.cos(angle), np.sin(angle)
        rows = self.rows.copy()
        rows[_X] = self.rows[_X] * cosine - self.rows[_Y] * sine
        rows[_Y] = self.rows[_X] * sine + self.rows[_Y] * cosine
        rows[_ANGLE] += angle
        return GaussianSum(rows)

    def scaled(self, factor: float) -> GaussianSum:
        """Return the parts magnified about the origin."""
        rows = self.rows.copy()
        rows[_X : _WIDTH + 1] *= factor
        return GaussianSum(rows)

    def mirrored(self) -> GaussianSum:
        """Return the parts with y turned into -y."""
        rows = self.rows.copy()
        rows[_Y] *= -1
        rows[_ANGLE] *= -1
        return GaussianSum(rows)

    def flattened(self, ratio: float) -> GaussianSum:
        """Return the parts squeezed along y, as an inclined plane appears on the sky."""
        rows = self.rows.copy()
        cosine, sine = np.cos(rows[_ANGLE]), np.sin(rows[_ANGLE])
        along, across = rows[_LENGTH] ** 2, rows[_WIDTH] ** 2
        xx = along * cosine**2 + across * sine**2
        xy = ratio * (along - across) * cosine * sine
        yy = ratio**2 * (along * sine**2 + across * cosine**2)
        mean, spread = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        rows[_Y] *= ratio
        rows[_LENGTH] = np.sqrt(mean + spread)
        rows[_WIDTH] = np.sqrt(np.maximum(mean - spread, 0.0))
        rows[_ANGLE] = np.arctan2(2 * xy, xx - yy) / 2
        return GaussianSum(rows)

    def on_sky(self, size: float, rng: np.random.Generator) -> Shape:
        """Return the shape of the parts: turned and mirrored by chance, ``size`` arcsec long.

        Gaussians without flux are omitted.
        """
        flux, x, y, length, width, angle = self.rows[:, self.rows[_FLUX] > 0]
        turned, sign = rng.uniform(0, 2 * np.pi), 1.0 if rng.uniform() < 0.5 else -1.0
        cosine, sine = np.cos(turned), np.sin(turned)
        east, north = x * sine + sign * y * cosine, x * cosine - sign * y * sine
        pa = np.degrees(turned + sign * angle)
        return Shape.of(flux, east, north, length, width, pa).scaled(size)


def blob(
    flux: ArrayLike,
    x: ArrayLike = 0.0,
    y: ArrayLike = 0.0,
    length: ArrayLike = 0.0,
    width: ArrayLike | None = None,
    angle: ArrayLike = 0.0,
) -> GaussianSum:
    """Return single Gaussians; round ones without a width, points without a length."""
    columns = (flux, x, y, length, length if width is None else width, angle)
    rows = np.empty((6, max(map(np.size, columns))))
    for row, column in zip(rows, columns, strict=True):
        row[:] = column
    return GaussianSum(rows)


def stroke(x: np.ndarray, y: np.ndarray, width: ArrayLike, brightness: ArrayLike) -> GaussianSum:
    """Return a smooth band along a curve.

    Parameters
    ----------
    x, y : ndarray
        Points along the curve.
    width : array_like
        FWHM across the curve at each point.
    brightness : array_like
        Surface brightness on the ridge at each point, in any unit.
    """
    dx, dy = _steps(x), _steps(y)
    return _band(x, y, np.hypot(dx, dy), np.arctan2(dy, dx), width, brightness)


def ring(number: int, radius: ArrayLike, width: ArrayLike, brightness: ArrayLike) -> GaussianSum:
    """Return a closed band about the origin, of ``number`` Gaussians.

    Parameters
    ----------
    number : int
        Of Gaussians, evenly spaced in angle, at the angles of `turn`.
    radius, width, brightness : array_like
        Of the ridge, of the band (FWHM), and of the ridge's surface: one, or one for each.
    """
    angle = turn(number)
    radius = np.broadcast_to(radius, number)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    spacing = radius * (2 * np.pi / number)
    return _band(x, y, spacing, angle + np.pi / 2, width, brightness)


def together(*parts: GaussianSum) -> GaussianSum:
    """Return all parts as one."""
    return GaussianSum(np.concatenate([part.rows for part in parts], axis=1))


def turn(number: int) -> np.ndarray:
    """Return angles around a full circle, in radians."""
    return np.arange(number) * (2 * np.pi / number)


def waves(angle: np.ndarray, rng: np.random.Generator, *amplitudes: float) -> np.ndarray:
    """Return 1 and random waves about it: the first once per turn, the second twice, ...

    An amplitude is the largest that its wave may have; half of it is the least.
    """
    number = np.arange(1, len(amplitudes) + 1)
    height = np.array(amplitudes) * rng.uniform(0.5, 1.0, len(number))
    phase = rng.uniform(0, 2 * np.pi, len(number))
    return 1 + (height * np.cos(number * angle[:, None] + phase)).sum(axis=1)


def curve(heading: np.ndarray, length: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return x, y of a curve from the origin that follows headings (radians) in equal steps."""
    step = length / (len(heading) - 1)
    middle = (heading[1:] + heading[:-1]) / 2
    x, y = np.cumsum(step * np.cos(middle)), np.cumsum(step * np.sin(middle))
    return np.append(0.0, x), np.append(0.0, y)


def _band(
    x: np.ndarray,
    y: np.ndarray,
    spacing: np.ndarray,
    angle: np.ndarray,
    width: ArrayLike,
    brightness: ArrayLike,
) -> GaussianSum:
    """Return Gaussians that blur into a band: rounder where it is wide."""
    length = np.hypot(_OVERLAP * spacing, 0.5 * np.asarray(width))
    flux = np.asarray(brightness) * spacing * np.asarray(width)
    return blob(flux, x, y, length, width, angle)


def _steps(x: np.ndarray) -> np.ndarray:
    """Return the spacing of points: half the distance between the neighbours of each."""
    steps = np.empty_like(x)
    steps[1:-1] = (x[2:] - x[:-2]) / 2
    steps[0], steps[-1] = x[1] - x[0], x[-1] - x[-2]
    return steps
