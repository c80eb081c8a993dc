"""What sources are put together from: Gaussians in a plane of their own.

A morphology lays out its parts in a plane with axes x and y in any unit, and at last puts the
whole on the sky, turned at random and scaled to the size that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike

from sciarada.core.shape import Shape

_OVERLAP = 1.25  # FWHM along a stroke in units of its spacing: ripples below 1 %


@dataclass(frozen=True, eq=False)
class Parts:
    """Gaussians in the plane of a source.

    Parameters
    ----------
    flux : ndarray
        In any unit.
    x, y : ndarray
        Centres.
    length, width : ndarray
        FWHM along the direction ``angle`` and across it.
    angle : ndarray
        Radians, from x towards y.
    """

    flux: np.ndarray
    x: np.ndarray
    y: np.ndarray
    length: np.ndarray
    width: np.ndarray
    angle: np.ndarray

    def __len__(self) -> int:
        return len(self.flux)

    def of_flux(self, total: float) -> Parts:
        """Return the same parts with a total flux."""
        return replace(self, flux=self.flux * (total / self.flux.sum()))

    def moved(self, x: float, y: float) -> Parts:
        """Return the parts shifted."""
        return replace(self, x=self.x + x, y=self.y + y)

    def turned(self, angle: float) -> Parts:
        """Return the parts turned about the origin, in radians from x towards y."""
        cosine, sine = np.cos(angle), np.sin(angle)
        return replace(
            self,
            x=self.x * cosine - self.y * sine,
            y=self.x * sine + self.y * cosine,
            angle=self.angle + angle,
        )

    def scaled(self, factor: float) -> Parts:
        """Return the parts magnified about the origin."""
        lengths = {name: getattr(self, name) * factor for name in ("x", "y", "length", "width")}
        return replace(self, **lengths)

    def mirrored(self) -> Parts:
        """Return the parts with x turned into -x."""
        return replace(self, x=-self.x, angle=np.pi - self.angle)

    def flattened(self, ratio: float) -> Parts:
        """Return the parts squeezed along y, as an inclined plane appears on the sky."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        along, across = self.length**2, self.width**2
        xx = along * cosine**2 + across * sine**2
        xy = ratio * (along - across) * cosine * sine
        yy = ratio**2 * (along * sine**2 + across * cosine**2)
        mean, spread = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        return replace(
            self,
            y=self.y * ratio,
            length=np.sqrt(mean + spread),
            width=np.sqrt(np.maximum(mean - spread, 0.0)),
            angle=np.arctan2(2 * xy, xx - yy) / 2,
        )

    def on_sky(self, size: float, rng: np.random.Generator) -> Shape:
        """Return the shape of the parts: turned and mirrored by chance, ``size`` arcsec long.

        Parts without flux are left out.
        """
        lit = self.flux > 0
        parts = Parts(*(getattr(self, field.name)[lit] for field in fields(self)))
        turn, sign = rng.uniform(0, 2 * np.pi), rng.choice((-1.0, 1.0))
        cosine, sine = np.cos(turn), np.sin(turn)
        return Shape.of(
            parts.flux,
            parts.x * sine + sign * parts.y * cosine,
            parts.x * cosine - sign * parts.y * sine,
            parts.length,
            parts.width,
            np.degrees(turn + sign * parts.angle),
        ).scaled(size)


def blob(
    flux: ArrayLike,
    x: ArrayLike = 0.0,
    y: ArrayLike = 0.0,
    length: ArrayLike = 0.0,
    width: ArrayLike | None = None,
    angle: ArrayLike = 0.0,
) -> Parts:
    """Return single Gaussians; round ones without a width, points without a length."""
    width = length if width is None else width
    columns = np.broadcast_arrays(*map(np.atleast_1d, (flux, x, y, length, width, angle)))
    return Parts(*np.array(columns, dtype=np.float64))


def stroke(x: np.ndarray, y: np.ndarray, width: ArrayLike, brightness: ArrayLike) -> Parts:
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
    dx, dy = np.gradient(x), np.gradient(y)
    return _band(x, y, np.hypot(dx, dy), np.arctan2(dy, dx), width, brightness)


def ring(
    number: int, radius: ArrayLike, width: ArrayLike, brightness: ArrayLike, start: float = 0.0
) -> Parts:
    """Return a closed band about the origin, of ``number`` Gaussians.

    Parameters
    ----------
    number : int
        Of Gaussians, evenly spaced in angle from ``start`` (radians).
    radius, width, brightness : array_like
        Of the ridge, of the band (FWHM), and of the ridge's surface: one, or one for each.
    """
    angle = start + turn(number)
    radius = np.broadcast_to(radius, number)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    spacing = radius * (2 * np.pi / number)
    return _band(x, y, spacing, angle + np.pi / 2, width, brightness)


def together(*parts: Parts) -> Parts:
    """Return all parts as one."""
    columns = ([getattr(part, field.name) for part in parts] for field in fields(Parts))
    return Parts(*map(np.concatenate, columns))


def turn(number: int) -> np.ndarray:
    """Return angles all round, in radians."""
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


def _band(x, y, spacing, angle, width, brightness) -> Parts:
    """Return Gaussians that blur into a band: rounder where it is wide."""
    width = np.broadcast_to(width, x.shape)
    length = np.hypot(_OVERLAP * spacing, 0.5 * width)
    return Parts(brightness * spacing * width, x, y, length, np.array(width), angle)
