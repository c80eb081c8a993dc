"""Surveys as data: the instrument, the noise and the sky of a simulated field.

A survey is a TOML file. Those that come with sciarada are in the folder ``surveys`` beside
this module and are known by name; any other is given by its path. A file that says
``base = "emu"`` needs to say only what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sciarada.errors import OptionError, PluginError
from sciarada.geometry.beam import Beam
from sciarada.simulation.counts import Hopkins2003, PowerLaw, SourceCounts
from sciarada.simulation.generators import generators
from sciarada.simulation.instrument.options import Instrument
from sciarada.simulation.populations import Diffuse, Mix, Population, chances
from sciarada.simulation.sizes import LAWS, Sizes
from sciarada.simulation.survey_file import (
    LISTS,
    SURVEYS,
    check_tables,
    overridden,
    read_survey_file,
    survey_names,
    survey_path,
)
from sciarada.simulation.survey_values import field_types, positive

__all__ = ["SURVEYS", "Diffuse", "Population", "Survey", "load_survey", "survey_names"]

_REFERENCE_FREQUENCY = 1.4e9
_GRID = 2000
_NCP_MIN = 1.0  # degrees from the equator, at which that projection ends
_PAIR = tuple[float, float]
PROJECTIONS = ("SIN", "NCP", "TAN", "ARC", "ZEA", "STG")  # zenithal: any place can be the centre
_PLAIN = {
    "name": str,
    "title": str,
    "telescope": str,
    "reference": str,
    "centre": _PAIR,
    "projection": Literal[PROJECTIONS],
    "pixel_scale": float,
    "frequency": float,
    "beam.major": float,
    "beam.minor": float,
    "beam.pa": float,
    "noise.rms": float,
    "noise.ripple": float,
    "noise.wavelength": float,
    "counts.law": Literal["hopkins2003", "power_law"],
    "counts.spectral_index": float,
    "counts.slope": float,
    "counts.amplitude": float,
    "counts.density": float,
    "counts.faintest": float,
    "counts.brightest": float,
    "sizes.law": Literal[tuple(LAWS)],
    "mix.equal": float,
    "mix.slope": float,
}
_DEFAULTS = {
    "noise.ripple": 0.0,
    "noise.wavelength": 1.0,
    "counts.spectral_index": -0.7,
    "counts.density": 1.0,
    "sizes.law": "log_uniform",
}


@dataclass(frozen=True)
class Survey:
    """One survey: the properties of its images and of its sky.

    Parameters
    ----------
    name, title, telescope, reference : str
        What it is and where the figures come from.
    centre : tuple of float
        ICRS right ascension and declination of the field's centre in degrees.
    projection : str
        Code of the WCS projection, one of `PROJECTIONS`.
    pixel_scale : float
        Arcsec.
    frequency : float
        Hz.
    beam : Beam
        Restoring beam.
    rms, ripple, wavelength : float
        Median rms (Jy/beam), standard deviation of its logarithm over the field, and the
        length of its ripples in arcsec.
    counts : SourceCounts
        Differential source counts.
    faintest, brightest : float
        Range of fluxes in Jy.
    populations : tuple of Population
        What the sources of the counts look like.
    diffuse : tuple of Diffuse
        Sources beside the counts.
    density : float
        How many times the sources of the counts there are.
    spectral_index : float
        ``alpha`` in ``S ~ frequency^alpha``, for what is known at 1.4 GHz.
    sizes : Sizes
        How large the sources of the counts are.
    mix : Mix or None
        How many of the sources of a flux are star-forming galaxies.
    number : mapping
        Exact number of sources of some morphologies, in place of as many as there would be.
    instrument : Instrument
        What the telescope and its images add to the sky.
    """

    name: str
    title: str
    telescope: str
    reference: str
    centre: tuple[float, float]
    projection: str
    pixel_scale: float
    frequency: float
    beam: Beam
    rms: float
    ripple: float
    wavelength: float
    counts: SourceCounts
    faintest: float
    brightest: float
    populations: tuple[Population, ...]
    diffuse: tuple[Diffuse, ...] = ()
    density: float = 1.0
    spectral_index: float = -0.7
    sizes: Sizes = LAWS["log_uniform"]
    mix: Mix | None = None
    number: Mapping[str, int] = field(default_factory=dict)
    instrument: Instrument = field(default_factory=Instrument)

    @property
    def morphologies(self) -> tuple[str, ...]:
        """Names of all morphologies, those of the counts first."""
        kinds: tuple[Population | Diffuse, ...] = (*self.populations, *self.diffuse)
        return tuple(kind.morphology for kind in kinds)

    def at_reference(self, flux: np.ndarray) -> np.ndarray:
        """Return fluxes scaled to 1.4 GHz."""
        return np.asarray(flux) * (_REFERENCE_FREQUENCY / self.frequency) ** self.spectral_index

    def chances(self, flux: np.ndarray) -> np.ndarray:
        """Return how likely sources of a flux (Jy) belong to each population: (n, populations)."""
        flux = np.asarray(flux)
        return chances(
            self.populations, self.mix, self.sizes, self.at_reference(flux), flux / self.rms
        )

    def per_square_degree(self) -> dict[str, float]:
        """Return how many sources of each morphology there are on average per square degree."""
        log_flux = np.linspace(np.log(self.faintest), np.log(self.brightest), _GRID)
        flux = np.exp(log_flux)
        per_log = self.counts.differential(flux) * flux * self.density
        numbers = np.trapezoid(per_log[:, None] * self.chances(flux), log_flux, axis=0)
        mean = dict(zip(self.morphologies, numbers.tolist(), strict=False))
        return mean | {kind.morphology: kind.per_square_degree for kind in self.diffuse}


def load_survey(survey: str | Path, overrides: Sequence[str] = ()) -> Survey:
    """Return a survey by its name or by the path of its TOML file.

    Parameters
    ----------
    survey : str or path
        A name of `survey_names`, or a path.
    overrides : sequence of str
        ``dotted.name=value``, in place of what the file says: ``noise.rms=5e-6``,
        ``counts.density=2``, ``population.fr2.share=2``, ``number.fr2=50``.

    Raises
    ------
    OptionError
        There is no such survey, its file lacks a value or has a wrong one, or an override
        does not fit.
    """
    tables = read_survey_file(survey)
    path = survey_path(survey)
    known = _known(tables)
    try:
        values = check_tables(tables, known)
    except ValueError as error:
        raise OptionError(f"the survey file {path} cannot be used: {error}") from error
    values = overridden({**_DEFAULTS, **values}, overrides, known)
    try:
        return _survey(values, tables)
    except KeyError as error:
        raise OptionError(
            f"the survey file {path} lacks {error}; compare it with {SURVEYS / 'emu.toml'}"
        ) from error
    except (ValueError, PluginError) as error:
        what = f"with {' '.join(overrides)} " if overrides else ""
        raise OptionError(f"the survey file {path} {what}cannot be used: {error}") from error


def _known(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the types of all values of a survey, by dotted name."""
    known = dict(_PLAIN)
    known |= {f"instrument.{key}": hint for key, hint in field_types(Instrument).items()}
    for name, kind in zip(LISTS, (Population, Diffuse), strict=True):
        own = field_types(kind)
        del own["morphology"]
        for morphology in tables.get(name, {}):
            known |= {f"{name}.{morphology}.{key}": hint for key, hint in own.items()}
            known[f"number.{morphology}"] = int
    return known


def _survey(values: Mapping[str, Any], tables: Mapping[str, Any]) -> Survey:
    rms, frequency = positive("noise.rms", values["noise.rms"]), values["frequency"]
    beam = Beam(values["beam.major"], values["beam.minor"], values["beam.pa"], "simulated")
    survey = Survey(
        name=values["name"],
        title=values["title"],
        telescope=values["telescope"],
        reference=values["reference"],
        centre=values["centre"],
        projection=values["projection"],
        pixel_scale=positive("pixel_scale", values["pixel_scale"]),
        frequency=positive("frequency", frequency),
        beam=beam,
        rms=rms,
        ripple=values["noise.ripple"],
        wavelength=positive("noise.wavelength", values["noise.wavelength"]),
        counts=_counts(values),
        faintest=positive("counts.faintest", values["counts.faintest"]) * rms,
        brightest=positive("counts.brightest", values["counts.brightest"]),
        populations=tuple(
            _made(Population, f"population.{name}", values, morphology=name).seen_with(beam.major)
            for name in tables.get("population", ())
        ),
        diffuse=tuple(
            _made(Diffuse, f"diffuse.{name}", values, morphology=name)
            for name in tables.get("diffuse", ())
        ),
        density=positive("counts.density", values["counts.density"]),
        spectral_index=values["counts.spectral_index"],
        sizes=LAWS[values["sizes.law"]],
        mix=_made(Mix, "mix", values) if _part("mix", values) else None,
        number=_part("number", values),
        instrument=Instrument(**_part("instrument", values)),
    )
    _check(survey)
    return survey


def _counts(values: Mapping[str, Any]) -> SourceCounts:
    if values["counts.law"] == "hopkins2003":
        return Hopkins2003(values["frequency"], values["counts.spectral_index"])
    return PowerLaw(values["counts.slope"], values["counts.amplitude"])


def _part(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values below a dotted name, by the rest of their names."""
    start = f"{prefix}."
    return {name.removeprefix(start): v for name, v in values.items() if name.startswith(start)}


def _made(kind: type, prefix: str, values: Mapping[str, Any], **more: Any) -> Any:
    """Return an object of the values below a dotted name, or raise KeyError for one it lacks."""
    given = {**_part(prefix, values), **more}
    for wanted in fields(kind):
        if wanted.default is MISSING and wanted.name not in given:
            raise KeyError(f"{prefix}.{wanted.name}")
    return kind(**given)


def _check(survey: Survey) -> None:
    """Raise ValueError or PluginError if the parts of a survey do not go together."""
    _, dec = survey.centre
    if not -90 <= dec <= 90:
        raise ValueError(f"centre has a declination of {dec:g} degrees, off the sky")
    if survey.projection == "NCP" and abs(dec) < _NCP_MIN:
        raise ValueError(
            f"projection NCP does not show the equator, but centre has a declination of {dec:g}"
        )
    if survey.pixel_scale > survey.beam.minor:
        raise ValueError(
            f"pixel_scale is {survey.pixel_scale:g} arcsec, more than the width of the beam, "
            f"{survey.beam.minor:g}"
        )
    if survey.faintest >= survey.brightest:
        raise ValueError(
            f"counts.faintest times noise.rms is {survey.faintest:.3g} Jy, not less than "
            f"counts.brightest, {survey.brightest:.3g} Jy: raise counts.brightest"
        )
    twice = {kind.morphology for kind in survey.populations} & {
        kind.morphology for kind in survey.diffuse
    }
    if twice:
        raise ValueError(f"{twice.pop()} is both in population and in diffuse: keep one of them")
    for morphology, number in survey.number.items():
        if number < 0:
            raise ValueError(f"number.{morphology} must be 0 or more, not {number}")
    with np.errstate(invalid="ignore"):
        chance = survey.chances(np.geomspace(survey.faintest, survey.brightest, 100))
    if not (survey.populations and np.isfinite(chance).all()):
        raise ValueError(
            "at least one population of each host must be open to sources of every flux: "
            "without above, and with sizes from 0"
        )
    generators(survey.morphologies)
