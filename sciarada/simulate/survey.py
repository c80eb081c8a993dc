"""Surveys as data: the instrument, the noise and the sky of a simulated field.

A survey is a TOML file. Those that come with sciarada lie in the folder ``surveys`` beside
this module and are known by name; any other is given by its path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sciarada.core.beam import Beam
from sciarada.core.errors import OptionError, PluginError
from sciarada.simulate.counts import Hopkins2003, PowerLaw, SourceCounts
from sciarada.simulate.generators import generators

SURVEYS = Path(__file__).parent / "surveys"


@dataclass(frozen=True)
class Population:
    """What a share of the sources that follow the counts looks like.

    Parameters
    ----------
    morphology : str
        Name of a morphology that a plugin offers.
    share : float
        Weight among the populations that a source is bright enough for.
    size : tuple of float
        Smallest and largest angular size in arcsec, drawn evenly in the logarithm.
    above : float
        Least flux of a member, in units of the median rms.
    """

    morphology: str
    share: float
    size: tuple[float, float] = (0.0, 0.0)
    above: float = 0.0


@dataclass(frozen=True)
class Diffuse:
    """Sources drawn by their number on the sky and their surface brightness.

    Parameters
    ----------
    morphology : str
        Name of a morphology that a plugin offers.
    per_square_degree : float
        Mean number.
    size : tuple of float
        Smallest and largest angular size in arcsec, drawn evenly in the logarithm.
    brightness : tuple of float
        Lowest and highest peak in units of the median rms, drawn evenly in the logarithm.
    """

    morphology: str
    per_square_degree: float
    size: tuple[float, float]
    brightness: tuple[float, float]


@dataclass(frozen=True)
class Survey:
    """One survey: how its images look and what is on its sky.

    Parameters
    ----------
    name, title, telescope, reference : str
        What it is and where the figures come from.
    centre : tuple of float
        ICRS right ascension and declination of the field's centre in degrees.
    projection : str
        Three-letter code of the WCS projection.
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


def survey_names() -> list[str]:
    """Return the names of the surveys that come with sciarada."""
    return sorted(path.stem for path in SURVEYS.glob("*.toml"))


def load_survey(survey: str | Path) -> Survey:
    """Return a survey by its name or by the path of its TOML file.

    Raises
    ------
    OptionError
        There is no such survey, or its file lacks a value or has a wrong one.
    """
    path = SURVEYS / f"{survey}.toml" if survey in survey_names() else Path(survey)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OptionError(
            f"there is no survey {str(survey)!r}: choose one of {', '.join(survey_names())}, "
            "or give the path of a survey's TOML file"
        ) from error
    try:
        return _parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"the survey file {path} is not valid TOML: {error}") from error
    except KeyError as error:
        raise OptionError(
            f"the survey file {path} lacks {error}; compare it with {SURVEYS / 'emu.toml'}"
        ) from error
    except (TypeError, ValueError, PluginError) as error:
        raise OptionError(f"the survey file {path} cannot be used: {error}") from error


def _parse(data: Mapping[str, Any]) -> Survey:
    noise, counts = data["noise"], data["counts"]
    populations = tuple(_part(Population, item) for item in data["population"])
    diffuse = tuple(_part(Diffuse, item) for item in data.get("diffuse", ()))
    generators(kind.morphology for kind in (*populations, *diffuse))
    if not any(population.above == 0 for population in populations):
        raise ValueError("at least one population must be open to sources of every flux")
    ra, dec = data["centre"]
    return Survey(
        name=data["name"],
        title=data["title"],
        telescope=data["telescope"],
        reference=data["reference"],
        centre=(float(ra), float(dec)),
        projection=data["projection"],
        pixel_scale=_positive("pixel_scale", data["pixel_scale"]),
        frequency=_positive("frequency", data["frequency"]),
        beam=Beam(**data["beam"], origin="simulated"),
        rms=_positive("noise.rms", noise["rms"]),
        ripple=float(noise.get("ripple", 0.0)),
        wavelength=_positive("noise.wavelength", noise.get("wavelength", 1.0)),
        counts=_counts(counts, data["frequency"]),
        faintest=_positive("counts.faintest", counts["faintest"]) * noise["rms"],
        brightest=_positive("counts.brightest", counts["brightest"]),
        populations=populations,
        diffuse=diffuse,
    )


def _counts(data: Mapping[str, Any], frequency: float) -> SourceCounts:
    if data["law"] == "hopkins2003":
        return Hopkins2003(frequency, data["spectral_index"])
    if data["law"] == "power_law":
        return PowerLaw(data["slope"], data["amplitude"])
    raise ValueError(f"counts.law is hopkins2003 or power_law, not {data['law']!r}")


def _part(kind: type, item: Mapping[str, Any]) -> Any:
    """Return a `Population` or `Diffuse` of one table of the file."""
    values = {
        key: tuple(map(float, value)) if isinstance(value, list) else value
        for key, value in item.items()
    }
    return kind(**values)


def _positive(name: str, value: float) -> float:
    if not value > 0:
        raise ValueError(f"{name} must be positive, not {value}")
    return float(value)
