"""Small fields put together by hand, whose truth can be told beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from astropy import units as u
from astropy.wcs import WCS

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import Beam
from sciarada.simulation.pixels import BlankPixels
from sciarada.simulation.sky import SkySources
from sciarada.simulation.sources import PixelGaussians, SkyGaussians, project, render
from sciarada.simulation.truth import Truth, field_truth

RMS = 1e-5
SCALE = 2.0  # arcsec
BEAM = Beam(12.0, 10.0, 30.0)


@dataclass(frozen=True)
class FlatLevel:
    """The same rms everywhere."""

    rms: float = RMS

    def at(self, x, y):
        return np.full(np.broadcast_shapes(np.shape(x), np.shape(y)), self.rms)

    def over(self, window):
        return np.full(window.shape, self.rms, dtype=np.float32)


@dataclass(frozen=True)
class Look:
    """An observation whose artefacts and missing pixels are functions of position."""

    level: FlatLevel = field(default_factory=FlatLevel)
    artefact: Callable = lambda x, y: 0.0 * x * y
    background: Callable = lambda x, y: 0.0 * x * y
    missing: Callable = lambda x, y: np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)

    def artefacts(self, window):
        return self._over(window, self.artefact).astype(np.float32)

    def emission(self, window):
        return self._over(window, self.background).astype(np.float32)

    def valid(self, window):
        return ~self._over(window, self.missing)

    @staticmethod
    def _over(window, function):
        x, y = np.arange(window.x0, window.x1), np.arange(window.y0, window.y1)[:, None]
        return np.broadcast_to(function(x, y), window.shape).copy()


def blank(shape: tuple[int, int]) -> SkyImage:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [200.0, -40.0]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-SCALE / 3600, SCALE / 3600]
    wcs.wcs.set()
    return SkyImage("blank", BlankPixels(shape), wcs, u.Jy / u.beam, BEAM, 1.4e9)


Part = tuple[float, float, float, float, float, float]  # x, y (px), flux, major, minor, pa


def sources_of(
    image: SkyImage,
    shapes: Sequence[Sequence[Part]],
    sizes: Sequence[float],
    fr: Sequence[str] | None = None,
    structure: Sequence[str] | None = None,
) -> SkySources:
    """Return sources made of Gaussians at given pixels; fluxes in units of the rms."""
    source = np.repeat(np.arange(len(shapes)), [len(shape) for shape in shapes])
    x, y, flux, major, minor, pa = np.array([p for s in shapes for p in s]).reshape(-1, 6).T
    ra, dec = image.pixel_to_sky(x, y)
    gaussians = SkyGaussians(source, ra, dec, flux * RMS, major, minor, pa)
    total = np.bincount(source, weights=gaussians.flux, minlength=len(shapes))
    centre = [
        np.bincount(source, weights=gaussians.flux * value, minlength=len(shapes)) / total
        for value in (x, y)
    ]
    none = np.full(len(shapes), "", dtype="U1")
    return SkySources(
        *image.pixel_to_sky(*centre),
        total,
        np.array(sizes, dtype=float),
        np.array(["point" if len(s) == 1 and s[0][3] == 0 else "made" for s in shapes]),
        none if fr is None else np.array(fr),
        none if structure is None else np.array(structure),
        gaussians,
    )


@dataclass(frozen=True, eq=False)
class Field:
    """A field, its truth and its picture without noise."""

    image: SkyImage
    sources: SkySources
    drawn: PixelGaussians
    look: Look
    truth: Truth

    @property
    def table(self):
        return self.truth.catalogue.sources

    def alone(self, row: int) -> np.ndarray:
        """Return the picture of one source, drawn densely and without windows."""
        part = self.drawn.select(self.sources.gaussians.source == row)
        return render(part, self.image.window)


def make_field(
    shape: tuple[int, int],
    shapes: Sequence[Sequence[Part]],
    sizes: Sequence[float],
    look: Look | None = None,
    **classes,
) -> Field:
    image, look = blank(shape), look or Look()
    sources = sources_of(image, shapes, sizes, **classes)
    drawn = project(sources.gaussians, image)
    truth = field_truth(sources, drawn, image, look, {})
    return Field(image, sources, drawn, look, truth)


def point(x: float, y: float, flux: float) -> list[Part]:
    return [(x, y, flux, 0.0, 0.0, 0.0)]


def crowd(seed: int, shape: tuple[int, int], count: int, look: Look | None = None) -> Field:
    """Return a field of points, Gaussians, doubles and diffuse sources on top of each other."""
    rng = np.random.default_rng(seed)
    shapes, sizes = [], []
    for i in range(count):
        x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
        flux, size = 10 ** rng.uniform(0.2, 2.7), rng.uniform(10, 80)
        kind = i % 4
        if kind == 0:
            shapes.append(point(x, y, flux))
            size = 0.0
        elif kind == 1:
            shapes.append([(x, y, 3 * flux, size, 0.6 * size, rng.uniform(0, 180))])
        else:
            parts = 3 if kind == 2 else 12
            angle, along = rng.uniform(0, 2 * np.pi), np.linspace(-0.5, 0.5, parts)
            shapes.append(
                [
                    (
                        x + a * size / SCALE * np.cos(angle),
                        y + a * size / SCALE * np.sin(angle),
                        flux * rng.uniform(0.2, 1),
                        0.2 * size,
                        0.1 * size,
                        rng.uniform(0, 180),
                    )
                    for a in along
                ]
            )
        sizes.append(size)
    return make_field(shape, shapes, sizes, look)


def with_look(field: Field, look: Look) -> Field:
    """Return the field seen in another way."""
    truth = field_truth(field.sources, field.drawn, field.image, look, {})
    return replace(field, look=look, truth=truth)
