"""Sidelobes and rays around the bright sources of a field."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.spatial import KDTree

from sciarada.core.image import SkyImage
from sciarada.geometry.windows import Window
from sciarada.simulation.blocks import assemble
from sciarada.simulation.instrument.level import NoiseLevel
from sciarada.simulation.instrument.options import Instrument
from sciarada.simulation.instrument.patterns import DRAWS, envelopes, patterns
from sciarada.simulation.sources import PixelGaussians, beam_covariance, brightness

FAINTEST = 0.1  # in units of the local rms: what is fainter is cut
_SIDES = (256, 2048)  # of the patterns, in pixels: at least, at most
_APART = 3.0  # sources nearer than so many beams to a brighter one share its artefacts


@dataclass(frozen=True, eq=False)
class Artefacts:
    """The artefacts around bright sources.

    Parameters
    ----------
    pattern : tuple
        The arguments of `~sciarada.simulation.instrument.patterns.patterns`.
    x, y : ndarray of int
        Pixels that the patterns are centred on.
    reach : ndarray of int
        How far each pattern is drawn, in pixels; it fades out over the last fifth.
    weight : ndarray of float32, shape (n, 1 + DRAWS)
        What each of the patterns is multiplied by, in the image's unit.
    """

    pattern: tuple
    x: np.ndarray
    y: np.ndarray
    reach: np.ndarray
    weight: np.ndarray

    @classmethod
    def around(
        cls,
        drawn: PixelGaussians,
        image: SkyImage,
        instrument: Instrument,
        level: NoiseLevel,
        rng: np.random.Generator,
    ) -> Self | None:
        """Return the artefacts of the sources of a field, or None if there are none.

        Parameters
        ----------
        drawn : PixelGaussians
            The sources, beam included.
        image : SkyImage
            Gives the WCS, the beam and the shape.
        instrument : Instrument
            Gives the array, ``sidelobes`` and ``gain_error``.
        level : NoiseLevel
            What is far below it is omitted.
        rng : numpy.random.Generator
            Random generator.
        """
        seed, mix_seed = rng.integers(2**32, size=2).tolist()
        strongest = max(instrument.sidelobes, instrument.gain_error)
        if not (instrument.array and strongest):
            return None
        beam = beam_covariance(image)
        x, y, peak = _centres(drawn, beam, level, FAINTEST / strongest)
        if not len(x):
            return None
        pattern = (instrument.array, *_geometry(image, beam), seed)
        strength = np.array([instrument.sidelobes] + [instrument.gain_error] * DRAWS)
        mix = _directions(x, y, mix_seed)
        weight = peak[:, None] * strength * mix
        column, row = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
        reach = _reaches(pattern, weight, FAINTEST * level.at(column, row))
        keep = reach > math.sqrt(8 * math.log(2)) * np.linalg.det(beam) ** 0.25
        return cls(pattern, column[keep], row[keep], reach[keep], weight[keep].astype(np.float32))

    def over(self, window: Window) -> np.ndarray:
        """Return the artefacts over a window, float32, ``[y, x]``."""
        if not self._near(window).any():
            return np.zeros(window.shape, dtype=np.float32)
        return assemble(window, self._block)

    def _near(self, window: Window) -> np.ndarray:
        """Return which patterns touch a window."""
        near = (self.x + self.reach > window.x0) & (self.x - self.reach < window.x1 - 1)
        return near & (self.y + self.reach > window.y0) & (self.y - self.reach < window.y1 - 1)

    def _block(self, block: Window) -> np.ndarray:
        image = np.zeros(block.shape, dtype=np.float32)
        for i in np.flatnonzero(self._near(block)):
            x, y, reach = self.x[i], self.y[i], self.reach[i]
            box = Window(y - reach + 1, y + reach, x - reach + 1, x + reach).overlap(block)
            if box is not None:
                image[box.slices_in(block)] += self._picture(int(i), box)
        return image

    def _picture(self, i: int, box: Window) -> np.ndarray:
        """Return the artefacts of one source over a box within its reach."""
        x, y, reach, weight = self.x[i], self.y[i], self.reach[i], self.weight[i]
        bank = patterns(*self.pattern)
        half = bank.shape[-1] // 2
        rows = slice(box.y0 - y + half, box.y1 - y + half)
        columns = slice(box.x0 - x + half, box.x1 - x + half)
        picture = weight[0] * bank[0, rows, columns]
        scratch = np.empty_like(picture)
        for share, part in zip(weight[1:], bank[1:], strict=True):
            picture += np.multiply(part[rows, columns], share, out=scratch)
        picture *= _fade(np.arange(box.y0, box.y1) - y, reach)[:, None]
        picture *= _fade(np.arange(box.x0, box.x1) - x, reach)
        return picture


def _centres(
    drawn: PixelGaussians, beam: np.ndarray, level: NoiseLevel, least: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and peak of the sources with a peak of at least ``least`` times the local rms."""
    bright = np.flatnonzero(drawn.peak > 0.25 * least * level.rms)
    if not len(bright):
        return np.empty(0), np.empty(0), np.empty(0)
    part = drawn.select(bright[np.argsort(-drawn.peak[bright], kind="stable")])
    tree = KDTree(np.stack([part.x, part.y], axis=1))
    apart = _APART * math.sqrt(8 * math.log(2)) * np.linalg.det(beam) ** 0.25
    free, chosen, peaks = np.ones(len(part), dtype=bool), [], []
    for i in range(len(part)):
        if free[i]:
            near = np.array(sorted(tree.query_ball_point(tree.data[i], apart)))
            free[near] = False
            chosen.append(i)
            peaks.append(float(brightness(part.select(near), part.x[i], part.y[i])))
    x, y, peak = part.x[chosen], part.y[chosen], np.array(peaks)
    keep = peak >= least * level.at(x, y)
    return x[keep], y[keep], peak[keep]


def _geometry(image: SkyImage, beam: np.ndarray) -> tuple:
    """Return declination, orientation, beam and side of the patterns that fit an image."""
    ny, nx = image.shape
    x, y = np.array([(nx - 1) / 2]), np.array([(ny - 1) / 2])
    declination = float(image.pixel_to_sky(x, y)[1][0])
    jacobian = tuple(image.sky_jacobian(x, y)[0].ravel().tolist())
    side = 2 ** math.ceil(math.log2(2 * max(image.shape)))
    shape = (float(beam[0, 0]), float(beam[0, 1]), float(beam[1, 1]))
    return declination, jacobian, shape, int(np.clip(side, *_SIDES))


def _directions(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Return how each source mixes the draws of the errors: rows ``1, a, b, c`` of unit (a, b, c).

    The errors depend on the direction, so no two sources have the same; a source keeps its own,
    independently of other sources in the field.
    """
    mix = np.ones((len(x), 1 + DRAWS))
    for i, place in enumerate(zip(np.rint(x).tolist(), np.rint(y).tolist(), strict=True)):
        key = (seed, *(int(value) + 2**31 for value in place))
        direction = np.random.default_rng(key).normal(size=DRAWS)
        mix[i, 1:] = direction / np.linalg.norm(direction)
    return mix


def _reaches(pattern: tuple, weight: np.ndarray, faintest: np.ndarray) -> np.ndarray:
    """Return the distances in pixels at which patterns become negligible."""
    strength = np.sqrt(weight**2 @ envelopes(patterns(*pattern)) ** 2)
    return np.count_nonzero(strength > faintest[:, None], axis=1)


def _fade(step: np.ndarray, reach: int) -> np.ndarray:
    """Return 1 inside four fifths of the reach, and less out to 0 at the reach."""
    share = np.clip((1 - np.abs(step) / reach) / 0.2, 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)
