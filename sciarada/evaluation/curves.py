"""Completeness, reliability and F1 against flux, signal to noise, size or class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.association import Association
from sciarada.evaluation.binning import (
    bin_numbers,
    count_in,
    default_edges,
    quantity,
    quantity_unit,
)
from sciarada.evaluation.columns import compared_classes
from sciarada.evaluation.estimates import Estimate, f1_score, proportion
from sciarada.evaluation.tables import Meaning, make_table


@dataclass(frozen=True, eq=False)
class Curve:
    """Scores in bins of a quantity, or above each of its values.

    Parameters
    ----------
    quantity : str
        As in `~sciarada.evaluation.binning.quantity`.
    cumulative : bool
        Whether each row is about all sources above its lower edge.
    low, high : ndarray
        Edges of each bin.
    completeness, reliability, f1 : tuple of Estimate
        Of each bin: sources go by their true value, detections by the measured one.
    """

    quantity: str
    cumulative: bool
    low: np.ndarray
    high: np.ndarray
    completeness: tuple[Estimate, ...]
    reliability: tuple[Estimate, ...]
    f1: tuple[Estimate, ...]

    def table(self) -> Table:
        """Return one row per bin: ``low``, ``high`` and the three scores with intervals."""
        unit = quantity_unit(self.quantity)
        meanings = {
            "low": Meaning(f"Lower edge of {self.quantity}", float, unit),
            "high": Meaning(f"Upper edge of {self.quantity}", float, unit),
            **_SCORES,
        }
        names = list(meanings)
        columns = (self.low, self.high, self.completeness, self.reliability, self.f1)
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return make_table(meanings, rows)


@dataclass(frozen=True, eq=False)
class ClassCurve:
    """Scores of each class.

    Parameters
    ----------
    column : str
        Column that holds the classes.
    classes : tuple of str
        Those of the truth and of the detections.
    completeness : tuple of Estimate
        Share of each true class that was found, with any class of the detector.
    reliability : tuple of Estimate
        Share of the detections of this class that are sources, of any class.
    """

    column: str
    classes: tuple[str, ...]
    completeness: tuple[Estimate, ...]
    reliability: tuple[Estimate, ...]

    def table(self) -> Table:
        """Return one row per class."""
        meanings = {
            "class": Meaning(f"Class, from {self.column}", str),
            "completeness": _SCORES["completeness"],
            "reliability": _SCORES["reliability"],
        }
        columns = (self.classes, self.completeness, self.reliability)
        rows = [dict(zip(meanings, row, strict=True)) for row in zip(*columns, strict=True)]
        return make_table(meanings, rows)


_SCORES = {
    "completeness": Meaning("Share of the counted true sources that were found"),
    "reliability": Meaning("Share of the detections that are true sources"),
    "f1": Meaning("Harmonic mean of completeness and reliability"),
}


def detection_curve(
    found: Table,
    truth: Table,
    association: Association,
    quantity_name: str = "snr",
    *,
    edges: Sequence[float] | np.ndarray | None = None,
    cumulative: bool = False,
    seed: int = 0,
) -> Curve:
    """Score detections in bins.

    Parameters
    ----------
    found, truth : Table
        The tables that were associated.
    association : Association
        What became of each row.
    quantity_name : str
        ``flux``, ``peak``, ``snr``, ``size`` or a column of numbers in both tables.
    edges : sequence of float, optional
        Edges of the bins, rising; by default fixed ones for S/N, steps of 1, 2 and 5 for
        fluxes, and quantiles of the true values for the rest.
    cumulative : bool
        Score all sources above each lower edge instead.
    seed : int
        Of the bootstrap of F1.

    Returns
    -------
    Curve
        Sources with a null value are in no bin.
    """
    true_values, values = (quantity(table, quantity_name) for table in (truth, found))
    if edges is None:
        edges = default_edges(quantity_name, true_values)
    edges = np.asarray(edges, dtype=np.float64)
    if cumulative:
        edges = np.append(edges[edges < math.inf][: len(edges) - 1], math.inf)
    bins = len(edges) - 1
    true_bin, bin_ = bin_numbers(true_values, edges), bin_numbers(values, edges)
    a = association
    recovered, missed = a.counted & a.recovered, a.counted & ~a.recovered
    partner_bin = np.append(bin_, -1)[a.found_of]
    both_bin = (
        np.minimum(true_bin, partner_bin)
        if cumulative
        else np.where(true_bin == partner_bin, true_bin, -1)
    )
    counts = np.stack(
        [
            count_in(both_bin[recovered], bins),
            count_in(true_bin[recovered], bins),
            count_in(true_bin[missed], bins),
            count_in(bin_[a.real], bins),
            count_in(bin_[a.false], bins),
        ],
        axis=1,
    )
    if cumulative:
        counts = counts[::-1].cumsum(axis=0)[::-1]
    rng = np.random.default_rng(seed)
    return Curve(
        quantity=quantity_name,
        cumulative=cumulative,
        low=edges[:-1],
        high=np.full(bins, math.inf) if cumulative else edges[1:],
        completeness=tuple(proportion(got, got + lost) for _, got, lost, _, _ in counts.tolist()),
        reliability=tuple(proportion(real, real + false) for *_, real, false in counts.tolist()),
        f1=tuple(
            f1_score(both, real - both, lost, false, rng, recovered_elsewhere=got - both)
            for both, got, lost, real, false in counts.tolist()
        ),
    )


def class_curve(
    found: Table, truth: Table, association: Association, column: str | None = None
) -> ClassCurve:
    """Score detections class by class.

    Parameters
    ----------
    found, truth : Table
        The tables that were associated; where one lacks the column, that score is not
        measured.
    association : Association
        What became of each row.
    column : str, optional
        Column of text; see `~sciarada.evaluation.columns.compared_classes`. Rows without a class
        are omitted.

    Returns
    -------
    ClassCurve
    """
    class_, true_class = compared_classes(found, truth, column)
    a = association
    names = sorted(({*true_class[a.counted]} | {*class_[a.accepted]}) - {""})
    return ClassCurve(
        column=column or "the class columns",
        classes=tuple(str(name) for name in names),
        completeness=tuple(_share(a.recovered, a.counted & (true_class == name)) for name in names),
        reliability=tuple(_share(a.real, a.accepted & (class_ == name)) for name in names),
    )


def _share(outcome: np.ndarray, among: np.ndarray) -> Estimate:
    return proportion(int((outcome & among).sum()), int(among.sum()))
