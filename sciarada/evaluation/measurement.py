"""Biases and scatters of fluxes, positions and sizes, and the pulls of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.association import Association
from sciarada.evaluation.binning import SNR_EDGES, bin_numbers
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.estimates import Estimate, deviation, median, robust_scatter
from sciarada.evaluation.tables import Meaning, make_table

RATIOS = (
    "total_flux",
    "peak_flux",
    "mask_flux",
    "maj_axis",
    "min_axis",
    "dc_maj_axis",
    "dc_min_axis",
    "las",
)
OFFSETS = ("ra", "dec")
_TRUE_COLUMN = {"mask_flux": "total_flux"}


@dataclass(frozen=True)
class MeasurementRow:
    """Bias, scatter and pulls of one quantity in one bin of true signal to noise.

    Parameters
    ----------
    quantity : str
        Column of the catalogue.
    snr_low, snr_high : float
        Edges of the bin.
    bias : Estimate
        Median error: measured over true minus 1, or arcsec for ``ra`` and ``dec``.
    scatter : Estimate
        Robust standard deviation of the same (quartiles).
    pull_middle : Estimate
        Median of (measured - true) / error; 0 for unbiased values.
    pull_scatter : Estimate
        Robust standard deviation of that; 1 for honest errors.
    pull_deviation : Estimate
        Its plain standard deviation, which outliers widen.
    """

    quantity: str
    snr_low: float
    snr_high: float
    bias: Estimate
    scatter: Estimate
    pull_middle: Estimate
    pull_scatter: Estimate
    pull_deviation: Estimate


@dataclass(frozen=True)
class MeasurementScore:
    """The scores of all measured quantities.

    Parameters
    ----------
    rows : tuple of MeasurementRow
        For each quantity: all sources, then bins of true signal to noise.
    """

    rows: tuple[MeasurementRow, ...]

    def overall(self, quantity: str) -> MeasurementRow:
        """Return the row of a quantity for sources of every signal to noise."""
        return next(row for row in self.rows if row.quantity == quantity)

    def table(self) -> Table:
        """Return one row per quantity and bin.

        ``unit`` says what ``bias`` and ``scatter`` are in: ``arcsec``, or nothing for relative
        errors.
        """
        meanings = {
            "quantity": Meaning("Column of the catalogue", str),
            "snr_low": Meaning("Lower edge of the true signal to noise", float),
            "snr_high": Meaning("Upper edge of the true signal to noise", float),
            "unit": Meaning("Unit of bias and scatter; empty for relative errors", str),
            "bias": Meaning("Median of measured / true - 1, or of measured - true"),
            "scatter": Meaning("Robust standard deviation of the same"),
            "pull_middle": Meaning("Median of (measured - true) / error"),
            "pull_scatter": Meaning("Robust standard deviation of (measured - true) / error"),
            "pull_deviation": Meaning("Standard deviation of (measured - true) / error"),
        }
        rows = [
            vars(row) | {"unit": "arcsec" if row.quantity in OFFSETS else ""} for row in self.rows
        ]
        return make_table(meanings, rows)


def score_measurements(
    found: Table,
    truth: Table,
    association: Association,
    *,
    edges: Sequence[float] = SNR_EDGES,
    counted_only: bool = True,
    seed: int = 0,
) -> MeasurementScore:
    """Compare the measurements with the truth.

    Parameters
    ----------
    found, truth : Table
        The tables that were associated. Quantities that one of them lacks are omitted.
    association : Association
        What became of each row.
    edges : sequence of float
        Edges of the bins of true signal to noise (the measured one is itself in error, and
        bins of it would be biased).
    counted_only : bool
        Leave out sources that did not have to be found.
    seed : int
        Of the bootstrap.

    Returns
    -------
    MeasurementScore
    """
    pairs = association.matches
    wanted = association.counted[pairs.first] | (not counted_only)
    there, seen = truth[pairs.first[wanted]], found[pairs.second[wanted]]
    snr = numbers(there, "snr")
    bins = bin_numbers(snr, edges)
    rng = np.random.default_rng(seed)
    rows = []
    for name, (error, pull) in _errors(seen, there).items():
        rows.append(_row(name, edges[0], edges[-1], error, pull, rng))
        rows += [
            _row(name, edges[i], edges[i + 1], error[bins == i], pull[bins == i], rng)
            for i in range(len(edges) - 1)
            if np.any(bins == i)
        ]
    return MeasurementScore(tuple(rows))


def _row(
    name: str,
    low: float,
    high: float,
    error: np.ndarray,
    pull: np.ndarray,
    rng: np.random.Generator,
) -> MeasurementRow:
    return MeasurementRow(
        quantity=name,
        snr_low=float(low),
        snr_high=float(high),
        bias=median(error, rng),
        scatter=robust_scatter(error, rng),
        pull_middle=median(pull, rng),
        pull_scatter=robust_scatter(pull, rng),
        pull_deviation=deviation(pull, rng),
    )


def _errors(seen: Table, there: Table) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return error and pull of each quantity that both tables have."""
    differences = _offsets(seen, there)
    errors = dict(differences)
    for name in RATIOS:
        value, true = numbers(seen, name), numbers(there, _TRUE_COLUMN.get(name, name))
        differences[name] = value - true
        errors[name] = np.divide(
            differences[name], true, out=np.full(len(true), np.nan), where=true > 0
        )
    pulls = {}
    for name, difference in differences.items():
        claimed = numbers(seen, f"e_{name}")
        pulls[name] = np.divide(
            difference, claimed, out=np.full(len(claimed), np.nan), where=claimed > 0
        )
    return {
        name: (error, pulls[name])
        for name, error in errors.items()
        if name in OFFSETS or np.isfinite(error).any()
    }


def _offsets(seen: Table, there: Table) -> dict[str, np.ndarray]:
    """Return measured minus true position in arcsec along the great circle."""
    turn = (numbers(seen, "ra") - numbers(there, "ra") + 180.0) % 360.0 - 180.0
    dec = numbers(there, "dec")
    return {
        "ra": turn * np.cos(np.radians(dec)) * 3600,
        "dec": (numbers(seen, "dec") - dec) * 3600,
    }
