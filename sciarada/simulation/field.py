"""Simulated fields: a survey image with known truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.wcs import WCS

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.errors import OptionError
from sciarada.geometry.windows import Window
from sciarada.io.maps import Storage
from sciarada.simulation.instrument import observe
from sciarada.simulation.measured import AnyObservation
from sciarada.simulation.pixels import BlankPixels, SimulatedPixels
from sciarada.simulation.segmentation import Segmentation
from sciarada.simulation.sky import draw_sky
from sciarada.simulation.sources import project
from sciarada.simulation.survey import Survey, load_survey
from sciarada.simulation.truth import field_truth


@dataclass(frozen=True, eq=False)
class SimulatedField:
    """A simulated survey image and everything that is known about it.

    Parameters
    ----------
    image : SkyImage
        Its pixels are computed when they are read, the same for every tiling.
    truth : SourceCatalogue
        What was put in, in the columns of a detected catalogue: noise-free fluxes, sizes
        with the beam (``maj_axis``) and without it (``dc_maj_axis``), and every class.
    segmentation : Segmentation
        The pixels of each source; its labels are the ``source_id`` of the truth.
    observation : Observation or MeasuredObservation
        The rms, and everything that the image has beside its sources.
    survey : Survey
        What was simulated.
    seed : int
        Same survey, size, seed and number: same field.
    storage : Storage
        Header of the image's file, and how the pixels are stored there.
    """

    image: SkyImage
    truth: SourceCatalogue
    segmentation: Segmentation
    observation: AnyObservation
    survey: Survey
    seed: int
    storage: Storage

    def rms(self, window: Window) -> np.ndarray:
        """Return the true rms in a window, ``[y, x]``, NaN where the image has no value."""
        return true_rms(self.observation, window)

    def with_meta(self, **items: Any) -> SimulatedField:
        """Return the field with items added to the metadata of its truth."""
        return replace(self, truth=self.truth.with_meta(**items))


def true_rms(observation: AnyObservation, window: Window) -> np.ndarray:
    """Return the true rms in a window, ``[y, x]``, NaN where the image has no value."""
    return np.where(observation.valid(window), observation.level.over(window), np.nan)


def simulate_field(
    survey: str | Path | Survey = "emu",
    size: int | tuple[int, int] = 1024,
    seed: int = 1,
    *,
    n_sources: int | None = None,
) -> SimulatedField:
    """Simulate a field of a survey.

    Parameters
    ----------
    survey : str, path or Survey
        Name of a survey that comes with sciarada, the path of a survey's TOML file, or a
        survey.
    size : int or tuple of int
        Side, or (ny, nx), in pixels.
    seed : int
        The same seed gives the same field.
    n_sources : int, optional
        Number of sources beside the diffuse ones; by default as the survey's counts say.

    Returns
    -------
    SimulatedField
        Nothing is computed of the image until it is read.

    Raises
    ------
    OptionError
        There is no such survey, its file cannot be used, or its projection does not show so
        large a field.
    ValueError
        The size is not positive.
    """
    survey = survey if isinstance(survey, Survey) else load_survey(survey)
    shape = (size, size) if isinstance(size, int) else size
    if min(shape) < 1:
        raise ValueError(f"a field needs a positive size, not {shape}")
    sky_seed, noise_seed = np.random.SeedSequence(seed).generate_state(2).tolist()
    blank = _blank_image(survey, shape, f"{survey.name}-{seed}")
    _check_on_sky(blank)
    sources = draw_sky(survey, blank, np.random.default_rng(sky_seed), n_sources)
    drawn = project(sources.gaussians, blank)
    observation = observe(
        survey.instrument,
        blank,
        drawn,
        rms=survey.rms,
        seed=noise_seed,
        ripple=survey.ripple,
        wavelength=survey.wavelength,
    )
    meta = {"survey": survey.name, "seed": seed, "reference": survey.reference}
    truth = field_truth(sources, drawn, blank, observation, meta)
    return SimulatedField(
        replace(blank, pixels=SimulatedPixels(shape, drawn, observation)),
        truth.catalogue,
        truth.segmentation,
        observation,
        survey,
        seed,
        Storage(_header(blank, survey, seed)),
    )


def _check_on_sky(image: SkyImage) -> None:
    """Raise OptionError if a corner of an image is off the sky."""
    ny, nx = image.shape
    ra, dec = image.pixel_to_sky(np.array([0, nx - 1, 0, nx - 1]), np.array([0, 0, ny - 1, ny - 1]))
    if not (np.isfinite(ra) & np.isfinite(dec)).all():
        raise OptionError(
            f"a field of {nx} x {ny} pixels of {image.pixel_scale:g} arcsec reaches beyond the "
            "sky that its projection shows: give a smaller --size or pixel_scale"
        )


def _header(image: SkyImage, survey: Survey, seed: int) -> fits.Header:
    """Return a header that also describes the image."""
    header = image.map_header()
    header["OBJECT"] = image.name
    header["TELESCOP"] = survey.telescope
    header["ORIGIN"] = ("SCIARADA", "simulated")
    header["SIMSURV"] = (survey.name, "survey that was simulated")
    header["SIMSEED"] = (seed, "seed of the simulation")
    return header


def _blank_image(survey: Survey, shape: tuple[int, int], name: str) -> SkyImage:
    """Return an image of the survey without pixels: its WCS, beam, unit and frequency."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{survey.projection}", f"DEC--{survey.projection}"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = survey.centre
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-survey.pixel_scale / 3600, survey.pixel_scale / 3600]
    wcs.wcs.radesys = "ICRS"
    wcs.wcs.set()
    wcs.wcs.celfix()  # NCP, as a slant orthographic projection, which is the same and standard
    return SkyImage(
        name=name,
        pixels=BlankPixels(shape),
        wcs=wcs,
        unit=u.Jy / u.beam,
        beam=survey.beam,
        frequency=survey.frequency,
    )
