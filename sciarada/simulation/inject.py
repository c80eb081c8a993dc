"""Injection of sources into an image, to measure the completeness of a detector."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from sciarada.core.image import JY_PER_BEAM, SkyImage
from sciarada.core.pixels import PixelSource
from sciarada.core.read_with import ReadWith
from sciarada.errors import ImageError, OptionError
from sciarada.geometry.windows import Window
from sciarada.io.stored_like import stored_like
from sciarada.measure.background_model import BackgroundModel
from sciarada.measure.resolution import check_beam_fits
from sciarada.simulation.blocks import assemble
from sciarada.simulation.field import SimulatedField
from sciarada.simulation.free_space import FreeSpace
from sciarada.simulation.measured import MeasuredObservation
from sciarada.simulation.sky import draw_sky
from sciarada.simulation.sources import PixelGaussians, SkyGaussians, project, render
from sciarada.simulation.survey import Survey, load_survey
from sciarada.simulation.truth import field_truth


@dataclass(frozen=True, eq=False)
class InjectedPixels:
    """The pixels of an image with sources added when they are read.

    Parameters
    ----------
    pixels : PixelSource
        The image as it was; missing pixels stay missing.
    gaussians : PixelGaussians
        What is added.
    """

    pixels: PixelSource
    gaussians: PixelGaussians

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.pixels.shape

    def read(self, window: Window) -> np.ndarray:
        """Return a fresh float32 array of a window, ``[y, x]``."""
        return self.pixels.read(window) + assemble(window, partial(render, self.gaussians))


def with_sources(image: SkyImage, sources: SkyGaussians) -> SkyImage:
    """Return an image with sources added.

    Parameters
    ----------
    image : SkyImage
        Any image with a beam, in Jy/beam or without a unit.
    sources : SkyGaussians
        What to add; fluxes in Jy, sizes before the beam. Sources that the image's projection
        does not show are omitted.

    Returns
    -------
    SkyImage
        Nothing is computed until its pixels are read.

    Raises
    ------
    ValueError
        The image has no beam, or is in a unit other than Jy/beam.
    """
    if image.unit not in (None, JY_PER_BEAM):
        raise ValueError(
            f"sources can be added to {JY_PER_BEAM}, but {image.name} is in {image.unit}"
        )
    x, y = image.sky_to_pixel(sources.ra, sources.dec)
    drawn = project(sources.select(np.isfinite(x) & np.isfinite(y)), image)
    pixels = InjectedPixels(image.pixels, drawn)
    return replace(image, pixels=pixels, path=None, read_with=ReadWith())


def inject(image: SkyImage, sources: SkyGaussians, window: Window | None = None) -> np.ndarray:
    """Return the pixels of an image with sources added.

    Parameters
    ----------
    image, sources
        As in `with_sources`.
    window : Window, optional
        Which pixels; by default all.

    Returns
    -------
    ndarray of float32
        ``[y, x]``, NaN where the image has none.

    Raises
    ------
    ValueError
        The image has no beam, or is in a unit other than Jy/beam.
    """
    return with_sources(image, sources).read(window)


@dataclass(frozen=True)
class Injection:
    """Settings of an injection of sources.

    Parameters
    ----------
    survey : str or path
        What they look like: name of a survey, or its TOML file.
    options : tuple of str
        ``dotted.name=value``, in place of what the survey says.
    number : int or None
        Sources that follow the counts; by default as many as the counts say or, on a grid, as
        lie ten beams apart.
    placement : str
        ``random`` or ``grid``, a jittered one that keeps the sources apart.
    snr : tuple of float or None
        Range of peaks in units of the local rms, drawn evenly in the logarithm, in place of
        the fluxes of the counts.
    seed : int
        Same image and seed, same sources.
    """

    survey: str | Path = "emu"
    options: tuple[str, ...] = ()
    number: int | None = None
    placement: str = "random"
    snr: tuple[float, float] | None = None
    seed: int = 1


def inject_survey(
    image: SkyImage, background: BackgroundModel, injection: Injection
) -> SimulatedField:
    """Put the sources of a survey into an image.

    The survey's fluxes are scaled to the median rms of the image, as if the survey had observed
    the same sky to this depth at the image's frequency. No source lies on missing pixels or on the
    border.

    Parameters
    ----------
    image : SkyImage
        As read from a file; in Jy/beam.
    background : BackgroundModel
        Its measured noise.
    injection : Injection
        Which sources.

    Returns
    -------
    SimulatedField
        The truth is that of the injected sources alone, in the WCS, the beam and the measured
        noise of the image.

    Raises
    ------
    ImageError
        The image has no beam, or no pixels with values.
    OptionError
        The survey or an option cannot be used, or the sources do not fit.
    """
    if image.beam is None:
        raise ImageError(
            f"{image.path or image.name} names no beam, and without one sources cannot be drawn: "
            "give it with --beam MAJ,MIN,PA"
        )
    check_beam_fits(image)
    room = FreeSpace.of(image)
    survey = _as_deep(injection, image, float(np.median(background.scale)))
    placed, shining = (
        np.random.default_rng(stream) for stream in np.random.SeedSequence(injection.seed).spawn(2)
    )
    number = injection.number
    if injection.placement == "grid":
        place = room.on_a_grid
        if number is None:
            number = max(0, room.grid_number() - sum(survey.number.values()))
    else:
        place = room.anywhere
    sources = draw_sky(survey, image, placed, number, place=place)
    observation = MeasuredObservation(image, background)
    if injection.snr is not None and len(sources):
        rms = observation.level.at(*image.sky_to_pixel(sources.ra, sources.dec))
        low, high = np.log(injection.snr)
        peaks = rms * np.exp(shining.uniform(low, high, len(sources)))
        sources = sources.with_peaks(image, peaks)
    drawn = project(sources.gaussians, image)
    meta = {"survey": survey.name, "seed": injection.seed, "reference": survey.reference}
    truth = field_truth(sources, drawn, image, observation, meta)
    storage = stored_like(image)
    header = storage.header
    header.update({"SIMSURV": survey.name, "SIMSEED": injection.seed})
    header.add_history(
        f"sciarada simulate: {len(truth.catalogue)} sources were put into this image"
    )
    return SimulatedField(
        replace(image, pixels=InjectedPixels(image.pixels, drawn), path=None, read_with=ReadWith()),
        truth.catalogue,
        truth.segmentation,
        observation,
        survey,
        injection.seed,
        storage,
    )


def parse_snr(text: str) -> tuple[float, float]:
    """Return the range of ``--snr LOW,HIGH``.

    Raises
    ------
    OptionError
        If it is not two numbers, 0 < LOW <= HIGH.
    """
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        low = high = 0.0
    if not 0 < low <= high < math.inf:
        raise OptionError(
            f"--snr {text!r} is not a range: give the lowest and the highest signal to noise, "
            "as in --snr 3,100"
        )
    return low, high


def _as_deep(injection: Injection, image: SkyImage, rms: float) -> Survey:
    """Return the survey as it would be with the noise and at the frequency of an image."""
    known, facts = [f"noise.rms={rms!r}"], f"a noise of {rms:.3g} Jy/beam"
    if image.frequency is not None:
        known.append(f"frequency={image.frequency!r}")
        facts += f" and a frequency of {image.frequency:.3g} Hz"
    try:
        return load_survey(injection.survey, (*known, *injection.options))
    except OptionError as error:
        load_survey(injection.survey, injection.options)  # raises where these are the cause
        raise ImageError(
            f"{image.path or image.name} has {facts}, with which no survey can be simulated: "
            "check its BUNIT and its frequency, or give noise.rms or frequency with --option"
        ) from error
