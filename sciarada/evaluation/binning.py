"""Bins of flux, signal to noise and size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from sciarada.core.schema import SOURCE_COLUMNS
from sciarada.evaluation.columns import numbers

SNR_EDGES = (0.0, 5.0, 6.0, 7.0, 10.0, 20.0, 50.0, 100.0, math.inf)
_COLUMNS = {"flux": "total_flux", "peak": "peak_flux", "size": "dc_maj_axis"}
_STEPS = (1.0, 2.0, 5.0)
_QUANTILE_BINS = 8


def quantity(table: Table, name: str) -> np.ndarray:
    """Return the quantity by which sources are binned, NaN if unknown.

    Parameters
    ----------
    table : Table
    name : str
        ``flux``, ``peak``, ``snr``, ``size`` or a column of numbers. The size is the
        deconvolved major axis (arcsec), 0 for sources that are not resolved.
    """
    values = numbers(table, _COLUMNS.get(name, name))
    if name == "size" and np.isfinite(values).any():
        return np.nan_to_num(values, nan=0.0)
    return values


def quantity_unit(name: str) -> str | None:
    """Return the unit of a quantity."""
    spec = SOURCE_COLUMNS.get(_COLUMNS.get(name, name))
    return spec.unit if spec else None


def default_edges(name: str, values: np.ndarray) -> np.ndarray:
    """Return bins that suit a quantity: fixed for S/N, even steps for fluxes, else quantiles."""
    if name == "snr":
        return np.array(SNR_EDGES)
    if SOURCE_COLUMNS.get(_COLUMNS.get(name, name)) and quantity_unit(name) in ("Jy", "Jy/beam"):
        return log_edges(values)
    return quantile_edges(values)


def log_edges(values: np.ndarray) -> np.ndarray:
    """Return edges in steps of 1, 2 and 5 times powers of ten that hold all values above 0."""
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return np.array([0.0, math.inf])
    lowest, highest = (math.floor(math.log10(end(values))) for end in (np.min, np.max))
    decades = range(lowest - 1, highest + 3)  # a decade to spare, for the logarithms are rounded
    steps = np.array([float(f"{step}e{decade}") for decade in decades for step in _STEPS])
    first = np.searchsorted(steps, values.min(), side="right") - 1
    last = np.searchsorted(steps, values.max(), side="right")
    return steps[first : last + 1]


def quantile_edges(values: np.ndarray, bins: int = _QUANTILE_BINS) -> np.ndarray:
    """Return edges that put about as many values into each bin.

    Values that occur often, such as the size 0, can reduce the number of bins.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return np.array([0.0, math.inf])
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1), method="lower"))
    return np.append(edges[:-1] if len(edges) > 1 else edges, np.nextafter(edges[-1], math.inf))


def bin_numbers(values: np.ndarray, edges: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return each value's bin, half open ``[low, high)``; -1 for values in none and for NaN."""
    edges = np.asarray(edges, dtype=np.float64)
    if len(edges) < 2 or not np.all(np.diff(edges) > 0):
        raise ValueError("edges of bins rise, and there are at least two")
    place = np.searchsorted(edges, values, side="right") - 1
    return np.where(np.isnan(values) | (place >= len(edges) - 1), -1, place)


def count_in(bins: np.ndarray, count: int) -> np.ndarray:
    """Return how many values lie in each of ``count`` bins."""
    return np.bincount(bins[bins >= 0], minlength=count)
