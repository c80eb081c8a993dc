"""An instrument looks at a field: everything that its image has beside the sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.geometry.beam import FWHM_PER_SIGMA
from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import assemble
from sciarada.simulation.instrument.artefacts import Artefacts
from sciarada.simulation.instrument.background import GalacticRidge
from sciarada.simulation.instrument.border import Border
from sciarada.simulation.instrument.bowls import Bowls
from sciarada.simulation.instrument.level import NoiseLevel
from sciarada.simulation.instrument.mosaic import Mosaic
from sciarada.simulation.instrument.noise import CorrelatedNoise
from sciarada.simulation.instrument.options import Instrument
from sciarada.simulation.instrument.tiling import Seams
from sciarada.simulation.instrument.waves import Waves, power_law, ripples
from sciarada.simulation.sources import PixelGaussians, beam_covariance


@dataclass(frozen=True, eq=False)
class Observation:
    """Everything in an image but its sources, the same for every tiling.

    An image is ``sources + additive + noise``, and NaN where it is not valid. All is computed
    block by block on demand; it can be pickled.

    Parameters
    ----------
    unit_noise : CorrelatedNoise
        Noise of unit rms.
    level : NoiseLevel
        The true rms.
    mosaic : Mosaic or None
        Where the response falls below ``level.cut`` there are no values.
    border : Border or None
        The ragged edge.
    residuals : Artefacts or None
        What bright sources leave around them.
    background : tuple
        Fields with ``over(window)``, in the image's unit, that are added.
    """

    unit_noise: CorrelatedNoise
    level: NoiseLevel
    mosaic: Mosaic | None = None
    border: Border | None = None
    residuals: Artefacts | None = None
    background: tuple[Waves | GalacticRidge | Seams | Bowls, ...] = ()

    def noise(self, window: Window) -> np.ndarray:
        """Return the noise in the image's unit, float32, ``[y, x]``."""
        noise = self.unit_noise.read(window)
        noise *= self.level.over(window)
        return noise

    def artefacts(self, window: Window) -> np.ndarray:
        """Return the artefacts around bright sources, float32, ``[y, x]``."""
        if self.residuals is None:
            return np.zeros(window.shape, dtype=np.float32)
        return self.residuals.over(window)

    def emission(self, window: Window) -> np.ndarray:
        """Return the background alone, float32, ``[y, x]``."""
        if not self.background:
            return np.zeros(window.shape, dtype=np.float32)
        return assemble(window, self._background)

    def additive(self, window: Window) -> np.ndarray:
        """Return the background and the artefacts, float32, ``[y, x]``."""
        return self.artefacts(window) + self.emission(window)

    def valid(self, window: Window) -> np.ndarray:
        """Return which pixels have a value, bool, ``[y, x]``."""
        if self.mosaic is None and self.border is None:
            return np.ones(window.shape, dtype=bool)
        return assemble(window, self._valid) > 0

    def _background(self, block: Window) -> np.ndarray:
        fields = (field.over(block) for field in self.background)
        return sum(fields, start=np.zeros(block.shape, np.float32))

    def _valid(self, block: Window) -> np.ndarray:
        valid = np.ones(block.shape, dtype=bool)
        if self.mosaic is not None:
            valid &= self.mosaic.over(block) >= self.level.cut
        if self.border is not None:
            valid &= self.border.inside(block)
        return valid


def observe(
    instrument: Instrument,
    image: SkyImage,
    drawn: PixelGaussians,
    *,
    rms: float,
    seed: int,
    ripple: float = 0.0,
    wavelength: float = 2000.0,
) -> Observation:
    """Return the instrumental effects on a field of sources.

    Parameters
    ----------
    instrument : Instrument
        Which effects.
    image : SkyImage
        Gives shape, WCS and beam; its pixels are not read.
    drawn : PixelGaussians
        The sources in its pixels, beam included.
    rms : float
        Noise where the image is most sensitive, in the image's unit.
    seed : int
        The same seed gives the same observation. Each effect has its own stream of chance, so that
        switching one on leaves the others as they were.
    ripple : float
        Standard deviation of the natural logarithm of the rms over the field.
    wavelength : float
        Typical length of its ripples in arcsec.

    Returns
    -------
    Observation
        Nothing is computed of its pixels yet.

    Raises
    ------
    ValueError
        The image has no beam, or a number makes no sense.
    """
    if not (ripple >= 0 and wavelength > 0):
        raise ValueError("noise.ripple must not be negative, and noise.wavelength be positive")
    noise, rippling, tiles, sky, edge, errors = np.random.SeedSequence(seed).spawn(6)
    scale = image.pixel_scale
    tile_rms, tile_offset = _seams(instrument, image, rms, np.random.default_rng(tiles))
    mosaic = _mosaic(instrument, image)
    level = NoiseLevel(
        rms,
        ripples(ripple, wavelength / scale, np.random.default_rng(rippling)) if ripple else None,
        mosaic,
        tile_rms,
        instrument.cut,
    )
    beam = beam_covariance(image)
    emission = _emission(instrument, image, rms, np.random.default_rng(sky))
    missing = Bowls.around(drawn, beam, instrument.bowl, instrument.largest_scale / scale, rms)
    return Observation(
        CorrelatedNoise(beam, int(noise.generate_state(1)[0])),
        level,
        mosaic,
        _border(instrument, image, np.random.default_rng(edge)),
        Artefacts.around(drawn, image, instrument, level, np.random.default_rng(errors)),
        tuple(field for field in (*emission, tile_offset, missing) if field is not None),
    )


def _mosaic(instrument: Instrument, image: SkyImage) -> Mosaic | None:
    if not instrument.primary_beam:
        return None
    fwhm = instrument.primary_beam / image.pixel_scale
    if not instrument.pointing_spacing:
        ny, nx = image.shape
        return Mosaic.single(((nx - 1) / 2, (ny - 1) / 2), fwhm)
    return Mosaic.grid(
        image.shape,
        fwhm,
        instrument.pointing_spacing / image.pixel_scale,
        instrument.pointing_grid,
        (instrument.mosaic_radius or math.inf) / image.pixel_scale,
    )


def _seams(
    instrument: Instrument, image: SkyImage, rms: float, rng: np.random.Generator
) -> tuple[Seams | None, Seams | None]:
    """Return the rms and the zero point of the same tiles, where they differ from tile to tile."""
    start, seeds = tuple(rng.uniform(0, 1, 2).tolist()), rng.integers(2**32, size=2).tolist()
    side, angle = instrument.tile / image.pixel_scale, math.radians(instrument.tile_angle)
    scatters = (instrument.tile_rms, instrument.tile_offset * rms)
    of_rms, of_zero = (
        Seams(side, angle, scatter, start, seed) if side and scatter else None
        for scatter, seed in zip(scatters, seeds, strict=True)
    )
    return of_rms, of_zero


def _emission(
    instrument: Instrument, image: SkyImage, rms: float, rng: np.random.Generator
) -> list[Waves | GalacticRidge]:
    emission: list[Waves | GalacticRidge] = []
    if instrument.background:
        size = instrument.background_size / image.pixel_scale
        strength = instrument.background * rms
        emission.append(power_law(strength, size, instrument.background_slope, rng))
    if instrument.plane:
        width = instrument.plane_width / FWHM_PER_SIGMA / 3600
        emission.append(GalacticRidge.across(image, instrument.plane * rms, width))
    return emission


def _border(instrument: Instrument, image: SkyImage, rng: np.random.Generator) -> Border | None:
    if not instrument.border:
        return None
    width = instrument.border / image.pixel_scale
    return Border(image.shape, width, power_law(0.3, 8 * width, 4.0, rng))
