"""The truth made ready: signal to noise, which sources have to be found, and how near is near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.schema import SOURCE_COLUMNS
from sciarada.errors import CatalogueError, OptionError
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.detection import match_radii
from sciarada.evaluation.inputs import CatalogueInput, values_at
from sciarada.evaluation.matching import separations
from sciarada.evaluation.truth_status import Limits, TruthStatus, truth_status
from sciarada.geometry.directions import unit_vectors

USUAL_SNR = 5.0
LARGEST_RADIUS = 3600.0


@dataclass(frozen=True, eq=False)
class Truth:
    """The truth, and the status of its sources.

    Parameters
    ----------
    sources : Table
        With ``snr`` as far as it can be known.
    statuses : ndarray of int8
        See `~sciarada.evaluation.truth_status.TruthStatus`.
    radii : ndarray
        Match radius of each source, in arcsec.
    radius : float
        The same for small sources.
    limits : Limits
        Which sources have to be found.
    notes : tuple of str
        What had to be assumed.
    """

    sources: Table
    statuses: np.ndarray
    radii: np.ndarray
    radius: float
    limits: Limits
    notes: tuple[str, ...]

    def with_note(self, note: str) -> Truth:
        """Return the same with one more note."""
        return replace(self, notes=(*self.notes, note))


def prepare_truth(
    truth: CatalogueInput,
    sides: Sequence[CatalogueInput],
    *,
    radius: float | None,
    snr_limit: float | None,
    flux_limit: float | None,
) -> Truth:
    """Return the truth with signal to noise, statuses and radii.

    Parameters
    ----------
    truth : CatalogueInput
        Signal to noise comes from its table, else from a map of noise beside it or beside a
        catalogue: the true peak, or total flux where there is no peak, over the noise there.
    sides : sequence of CatalogueInput
        The catalogues.
    radius : float or None
        Arcsec; half of the beam that a table names by default.
    snr_limit : float or None
        Least signal to noise of sources that have to be found; 5 by default, where known.
    flux_limit : float or None
        Least total flux of the same in Jy.

    Raises
    ------
    CatalogueError
        If the truth is empty, or no catalogue overlaps it on the sky.
    OptionError
        If the radius or a limit cannot be used.
    """
    sources = truth.catalogue.sources
    if not len(sources):
        raise CatalogueError(f"{truth.path} holds no source, so there is nothing to be found")
    # What is wrong with columns and options is said before a map is read.
    _require_values(sources, truth, "total_flux", flux_limit, "--flux-limit")
    least = _radius(sources, sides, radius)
    for side in sides:
        _check_overlap(side, truth, least)
    notes = []
    noise = next((side.noise for side in (truth, *sides) if side.noise is not None), None)
    rms = (
        None if noise is None else values_at(noise, numbers(sources, "ra"), numbers(sources, "dec"))
    )
    if not np.isfinite(numbers(sources, "snr")).any() and rms is not None:
        sources, what = _with_snr(sources, rms)
        notes.append(f"the truth has no S/N: it is the true {what} over the noise map")
    limits = _limits(sources, truth, snr_limit, flux_limit, notes)
    statuses = truth_status(sources, limits)
    if rms is not None:
        outside = ~np.isfinite(rms) & (statuses == TruthStatus.COUNTED)
        statuses = np.where(outside, TruthStatus.OPTIONAL, statuses).astype(np.int8)
        if outside.any():
            notes.append(f"{outside.sum()} true sources lie off the image and are not asked for")
    return Truth(sources, statuses, match_radii(sources, least), least, limits, tuple(notes))


def _with_snr(sources: Table, rms: np.ndarray) -> tuple[Table, str]:
    peak = numbers(sources, "peak_flux")
    column, what = (
        ("peak_flux", "peak") if np.isfinite(peak).any() else ("total_flux", "total flux")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        snr = make_column(SOURCE_COLUMNS["snr"], numbers(sources, column) / rms)
    sources = sources.copy(copy_data=False)
    sources["snr"] = snr
    return sources, what


def _require_values(
    sources: Table, truth: CatalogueInput, column: str, limit: float | None, option: str
) -> None:
    """Refuse a limit in a column that has no values."""
    if limit and not np.isfinite(numbers(sources, column)).any():
        raise OptionError(
            f"{option} needs the column {column}, which {truth.path} does not have; name "
            f"another with --truth-column {column}=COLUMN"
        )


def _limits(
    sources: Table, truth: CatalogueInput, snr: float | None, flux: float | None, notes: list[str]
) -> Limits:
    _require_values(sources, truth, "snr", snr, "--snr-limit")
    known = np.isfinite(numbers(sources, "snr")).any()
    if snr is None:
        snr = USUAL_SNR if known and flux is None else 0.0
    if not snr and not flux:
        notes.append("every true source had to be found: limit them by --snr-limit or --flux-limit")
    return Limits(snr=snr, flux=flux or 0.0)


def _radius(sources: Table, sides: Sequence[CatalogueInput], radius: float | None) -> float:
    if radius is not None:
        if not 0 < radius < LARGEST_RADIUS:
            raise OptionError(f"--radius is in arcsec, above 0 and below 3600, not {radius:g}")
        return radius
    for table in (sources, *(side.catalogue.sources for side in sides)):
        beam = numbers(table, "beam_maj")
        if np.isfinite(beam).any():
            return float(np.nanmedian(beam)) / 2
    raise OptionError(
        "no table names the beam, half of which is the usual match radius: give it in arcsec "
        "with --radius"
    )


def _check_overlap(side: CatalogueInput, truth: CatalogueInput, radius: float) -> None:
    """Refuse a catalogue of a different part of the sky than the truth."""
    if not len(side.catalogue):
        return
    one, other = (_field(table.catalogue.sources) for table in (side, truth))
    apart = float(separations(*one[:2], *other[:2])[0])
    if apart > one[2] + other[2] + radius:
        raise CatalogueError(
            f"{side.path} lies {apart / 3600:.3g} degrees from {truth.path}: the two are not of "
            "the same field"
        )


def _field(table: Table) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the centre (degrees) and the radius (arcsec) of a circle round all sources."""
    ra, dec = numbers(table, "ra"), numbers(table, "dec")
    x, y, z = unit_vectors(ra, dec).mean(axis=0)
    centre = np.degrees([np.arctan2(y, x)]), np.degrees([np.arctan2(z, np.hypot(x, y))])
    return *centre, float(separations(*centre, ra, dec).max())
