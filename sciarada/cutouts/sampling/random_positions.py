"""Squares at random positions, independent of their content.

As in the pre-training sets of Riggi et al. (2024, PASA 41, e085) that consist of random cutouts
of survey mosaics, without any selection.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from astropy import units as u

from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_arguments import as_images, as_sizes
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.sampling.coverage import measure_coverage
from sciarada.cutouts.sampling.drawing import Drawing
from sciarada.errors import CutoutError

logger = logging.getLogger(__name__)

MAX_NAMED = 3  # images in a message


@dataclass(frozen=True)
class RandomSampler:
    """Draws cutouts at random positions.

    Parameters
    ----------
    number : int
        Total number, shared among the images by their valid area on the sky. Where one
        has no more room, the others give more.
    size : `~astropy.units.Quantity` or int
        Side of the squares: an angle, or pixels of the image that each is cut from.
    min_valid : float
        Smallest share of a square that must hold pixels, 0 to 1.
    min_sigma : float or None
        Omit squares without emission above this many times the noise.
    max_overlap : float
        Largest share of its area that a square may have in common with any other one of its
        image, 0 to 1.
    seed : int
        The same images, settings and seed give the same positions.
    """

    name: ClassVar[str] = "random"

    number: int
    size: u.Quantity | int = 256
    min_valid: float = 0.9
    min_sigma: float | None = None
    max_overlap: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        if self.number < 1:
            raise CutoutError(f"the number of cutouts must be positive, not {self.number}")
        for name in ("min_valid", "max_overlap"):
            if not 0 <= getattr(self, name) <= 1:
                raise CutoutError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")
        if self.min_sigma is not None and not self.min_sigma > 0:
            raise CutoutError(f"min_sigma must be positive, not {self.min_sigma}")


def sample_random(images: SkyImage | Sequence[SkyImage], sampler: RandomSampler) -> CutoutSet:
    """Draw random cutouts of images.

    Parameters
    ----------
    images : SkyImage or sequence of SkyImage
        Each is read once or twice, in strips.
    sampler : RandomSampler
        How many, how large, and which are good enough.

    Returns
    -------
    CutoutSet
        Positions uniform over the places where a square is good enough, image after image.
        Fewer than requested, with a warning in the log, if there is no more space.

    Raises
    ------
    CutoutError
        No square of an image is good enough, or the size cannot be used.
    ImageError
        An image cannot be read.
    """
    images = as_images(images)
    (side,), angular = as_sizes(sampler.size, 1)
    sides = [max(1, round(side / image.pixel_scale)) if angular else int(side) for image in images]
    coverage = [
        measure_coverage(image, npix, sampler.min_sigma)
        for image, npix in zip(images, sides, strict=True)
    ]
    area = np.array([c.valid_pixels * i.pixel_area for c, i in zip(coverage, images, strict=True)])
    if not area.any():
        raise CutoutError(
            "no image has a valid pixel to cut out: look at them with `sciarada info`"
        )
    draws, *seeds = map(
        np.random.default_rng, np.random.SeedSequence(sampler.seed).spawn(len(images) + 1)
    )
    drawings = [
        Drawing(image.shape, npix, cover, sampler.min_valid, sampler.max_overlap, rng)
        for image, npix, cover, rng in zip(images, sides, coverage, seeds, strict=True)
    ]
    _share_out(drawings, sampler.number, area, draws)
    found = sum(map(len, drawings))
    if not found:
        raise CutoutError(
            f"no square of {sampler.size} in {_named(images)} is valid to {sampler.min_valid:g}"
            + (f" and has emission above {sampler.min_sigma:g} sigma" if sampler.min_sigma else "")
            + ": ask for less, or for smaller squares"
        )
    if found < sampler.number:
        logger.warning(
            "there is room for %d of the %d cutouts asked for: let them overlap more for others",
            found,
            sampler.number,
        )
    return _cutouts(images, sides, [drawing.centres for drawing in drawings])


def _share_out(
    drawings: list[Drawing], number: int, area: np.ndarray, rng: np.random.Generator
) -> None:
    """Draw squares of all images by their area; where one is full, the others give more."""
    open_area = area.astype(float)
    while (missing := number - sum(map(len, drawings))) and open_area.any():
        wanted = rng.multinomial(missing, open_area / open_area.sum())
        for drawing, count in zip(drawings, wanted.tolist(), strict=True):
            drawing.draw(count)
        open_area[[drawing.is_full for drawing in drawings]] = 0.0


def _cutouts(
    images: tuple[SkyImage, ...],
    sides: list[int],
    places: list[tuple[np.ndarray, np.ndarray]],
) -> CutoutSet:
    counts = [len(x) for x, _ in places]
    sky = [image.pixel_to_sky(x, y) for image, (x, y) in zip(images, places, strict=True)]
    size = [npix * image.pixel_scale for image, npix in zip(images, sides, strict=True)]
    return CutoutSet(
        images=images,
        ids=np.arange(sum(counts)),
        image_index=np.repeat(np.arange(len(images), dtype=np.int32), counts),
        ra=np.concatenate([ra for ra, _ in sky]),
        dec=np.concatenate([dec for _, dec in sky]),
        size=np.repeat(np.array(size), counts),
        x=np.concatenate([x for x, _ in places]),
        y=np.concatenate([y for _, y in places]),
    )


def _named(images: Sequence[SkyImage]) -> str:
    """Return the files of images, or their number where there are many."""
    names = [str(image.path or image.name) for image in images]
    return ", ".join(names) if len(names) <= MAX_NAMED else f"the {len(names)} images"
