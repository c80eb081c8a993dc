"""How good a catalogue is: completeness, reliability, fluxes, positions and their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from astropy.table import QTable, Table
from numpy.typing import ArrayLike

from sciarada.evaluate.estimates import Estimate, f1_score, median, proportion, robust_scatter
from sciarada.evaluate.matching import Matches, match_positions, pairs_within

SNR_EDGES = (0.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0, np.inf)


@dataclass(frozen=True, eq=False)
class DetectionScore:
    """What a catalogue is worth against the truth.

    Parameters
    ----------
    matches : Matches
        Rows of the truth (``first``) and of the catalogue (``second``) that belong together.
    recovered : ndarray of bool
        Whether each true source was found.
    real : ndarray of bool
        Whether each detection is a true source.
    completeness : Estimate
        Share of the sources that had to be found which were found.
    reliability : Estimate
        Share of the detections that are sources, whether or not they had to be found.
    f1 : Estimate
        Harmonic mean of the two.
    flux_ratio, peak_ratio : Estimate
        Median of measured over true ``total_flux`` and ``peak_flux``.
    offset_ra, offset_dec : Estimate
        Median of measured minus true position in arcsec, along the great circle.
    pulls : dict of str to Pull
        Of ``total_flux``, ``peak_flux``, ``ra`` and ``dec``.
    bins : `~astropy.table.Table`
        The same by signal to noise; see `score_detections`.
    """

    matches: Matches
    recovered: np.ndarray
    real: np.ndarray
    completeness: Estimate
    reliability: Estimate
    f1: Estimate
    flux_ratio: Estimate
    peak_ratio: Estimate
    offset_ra: Estimate
    offset_dec: Estimate
    pulls: dict[str, Pull]
    bins: Table


@dataclass(frozen=True)
class Pull:
    """Errors in units of what they claim to be: (measured - true) / error.

    Parameters
    ----------
    middle : Estimate
        Median; 0 for unbiased values.
    scatter : Estimate
        Robust standard deviation; 1 for honest errors.
    """

    middle: Estimate
    scatter: Estimate


def score_detections(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    counted: np.ndarray | None = None,
    edges: Sequence[float] = SNR_EDGES,
    method: str = "nearest",
    seed: int = 0,
) -> DetectionScore:
    """Score a catalogue against the truth.

    Parameters
    ----------
    found, truth : Table
        Sources, with columns named as in a `~sciarada.core.catalogue.SourceCatalogue`: ``ra``
        and ``dec``; and, as far as there, ``snr``, ``total_flux``, ``peak_flux`` and the
        errors ``e_...``, in the same units. Nulls are left out of what needs them.
    radius : array_like
        Largest separation of a match in arcsec, a number or one a true source.
    counted : ndarray of bool, optional
        Which true sources had to be found; all by default. The others are no loss when
        missed and no false detection when found. Fluxes, positions and pulls are those of
        counted sources only.
    edges : sequence of float
        Edges of the bins of signal to noise: of the truth for completeness, fluxes and
        positions, and of the detection for reliability.
    method : str
        See `~sciarada.evaluate.matching.match_positions`.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DetectionScore
        Intervals hold 95 per cent: Wilson's for proportions, bootstrap for the rest. ``bins``
        has a row for each bin: ``snr_low``, ``snr_high``; ``completeness`` and
        ``reliability`` with their ends (``_low``, ``_high``) and numbers of sources (``_n``);
        ``flux_ratio`` likewise. Sources without ``snr`` are in no bin.

    Raises
    ------
    ValueError
        The radius cannot be used, or a table lacks a position.
    """
    if any({"ra", "dec"} - set(table.colnames) for table in (found, truth)):
        raise ValueError("both tables need the columns ra and dec")
    counted = np.ones(len(truth), bool) if counted is None else np.asarray(counted, bool)
    rng = np.random.default_rng(seed)
    matches = match_positions(
        _column(truth, "ra"),
        _column(truth, "dec"),
        _column(found, "ra"),
        _column(found, "dec"),
        radius,
        method=method,
    )
    recovered, real = np.zeros(len(truth), bool), np.zeros(len(found), bool)
    recovered[matches.first], real[matches.second] = True, True
    pair_counts = counted[matches.first]
    there = truth[matches.first[pair_counts]]
    seen = found[matches.second[pair_counts]]
    ratio = _ratio(seen, there, "total_flux")
    offsets = _offsets(seen, there)
    return DetectionScore(
        matches=matches,
        recovered=recovered,
        real=real,
        completeness=proportion(int((recovered & counted).sum()), int(counted.sum())),
        reliability=proportion(int(real.sum()), len(found)),
        f1=f1_score(
            int(pair_counts.sum()),
            int((~pair_counts).sum()),
            int((counted & ~recovered).sum()),
            int((~real).sum()),
            rng,
        ),
        flux_ratio=median(ratio, rng),
        peak_ratio=median(_ratio(seen, there, "peak_flux"), rng),
        offset_ra=median(offsets["ra"], rng),
        offset_dec=median(offsets["dec"], rng),
        pulls={
            name: Pull(median(pull, rng), robust_scatter(pull, rng))
            for name, pull in _pulls(seen, there, offsets).items()
        },
        bins=_bins(
            np.asarray(edges, dtype=np.float64),
            (_column(truth, "snr")[counted], recovered[counted]),
            (_column(found, "snr"), real),
            (_column(there, "snr"), ratio),
            rng,
        ),
    )


def match_radii(truth: Table, least: float) -> np.ndarray:
    """Return how far from each true source its detection may lie.

    Parameters
    ----------
    truth : Table
        The largest angular size is taken from ``las`` (arcsec), where it is there.
    least : float
        Radius for small sources in arcsec, such as half the beam.

    Returns
    -------
    ndarray
        A quarter of the largest angular size, but no less than ``least``.
    """
    return np.fmax(least, _column(truth, "las") / 4)


def blended(truth: Table, radius: float) -> np.ndarray:
    """Say which true sources have a brighter one (by ``total_flux``) within a radius in arcsec.

    Few detectors can tell a source from a brighter neighbour nearer than a beam.
    """
    ra, dec, flux = (_column(truth, name) for name in ("ra", "dec", "total_flux"))
    first, second, _ = pairs_within(ra, dec, ra, dec, radius)
    return np.bincount(first[flux[second] > flux[first]], minlength=len(truth)) > 0


def lies_in_source(found: Table, truth: Table, least: float) -> np.ndarray:
    """Say which detections lie inside a true source, matched or not.

    Parameters
    ----------
    found, truth : Table
        As in `score_detections`.
    least : float
        Radius of small sources in arcsec; that of others is half their ``las``.

    Returns
    -------
    ndarray of bool
        False detections of which this is true are parts of a larger source.
    """
    _, inside, _ = pairs_within(
        _column(truth, "ra"),
        _column(truth, "dec"),
        _column(found, "ra"),
        _column(found, "dec"),
        np.fmax(least, _column(truth, "las") / 2),
    )
    return np.bincount(inside, minlength=len(found)) > 0


def _column(table: Table, name: str) -> np.ndarray:
    """Return a column as float64 with NaN for nulls, all NaN where there is none."""
    if name not in table.colnames:
        return np.full(len(table), np.nan)
    values = table[name].value if isinstance(table, QTable) else table[name]
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def _ratio(seen: Table, there: Table, name: str) -> np.ndarray:
    return _column(seen, name) / _column(there, name)


def _offsets(seen: Table, there: Table) -> dict[str, np.ndarray]:
    """Return measured minus true position in arcsec along the great circle."""
    turn = (_column(seen, "ra") - _column(there, "ra") + 180.0) % 360.0 - 180.0
    dec = _column(there, "dec")
    return {
        "ra": turn * np.cos(np.radians(dec)) * 3600,
        "dec": (_column(seen, "dec") - dec) * 3600,
    }


def _pulls(seen: Table, there: Table, offsets: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return (measured - true) / error for each quantity that has an error."""
    differences = offsets | {
        name: _column(seen, name) - _column(there, name) for name in ("total_flux", "peak_flux")
    }
    with np.errstate(divide="ignore"):
        return {name: value / _column(seen, f"e_{name}") for name, value in differences.items()}


def _bins(
    edges: np.ndarray,
    completeness: tuple[np.ndarray, np.ndarray],
    reliability: tuple[np.ndarray, np.ndarray],
    ratio: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
) -> Table:
    """Return the scores by signal to noise; each of the three is (snr, outcome)."""
    rows = []
    for low, high in pairwise(edges.tolist()):
        estimates = {
            "completeness": _share(_between(completeness, low, high)),
            "reliability": _share(_between(reliability, low, high)),
            "flux_ratio": median(_between(ratio, low, high), rng),
        }
        row = {"snr_low": low, "snr_high": high}
        for name, estimate in estimates.items():
            row[name] = estimate.value
            row[f"{name}_low"], row[f"{name}_high"] = estimate.low, estimate.high
            row[f"{name}_n"] = estimate.count
        rows.append(row)
    return Table(rows)


def _between(pair: tuple[np.ndarray, np.ndarray], low: float, high: float) -> np.ndarray:
    snr, outcome = pair
    return outcome[(snr >= low) & (snr < high)]


def _share(outcome: np.ndarray) -> Estimate:
    return proportion(int(outcome.sum()), len(outcome))
