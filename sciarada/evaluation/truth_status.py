"""The status of true sources, and detections that are labelled spurious."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from astropy.table import Table

from sciarada.core.schema import Flag
from sciarada.evaluation.columns import DETECTION_CLASSES, detection_classes, numbers, words

SPURIOUS = "spurious"
FLAGGED = "flagged"


class TruthStatus(IntEnum):
    """The status of a row of the truth."""

    COUNTED = 0
    """A source that has to be found."""
    OPTIONAL = 1
    """A source that does not have to be found: no loss when missed, not false when found."""
    SPURIOUS = 2
    """No source: who takes it for one has made a false detection."""


@dataclass(frozen=True)
class Limits:
    """Sources fainter than any of these do not have to be found.

    Parameters
    ----------
    snr : float
        Least peak signal to noise (``snr``).
    flux : float
        Least flux density in Jy (``total_flux``).
    peak : float
        Least peak in Jy/beam (``peak_flux``).
    """

    snr: float = 0.0
    flux: float = 0.0
    peak: float = 0.0


NO_LIMITS = Limits()


def truth_status(truth: Table, limits: Limits = NO_LIMITS) -> np.ndarray:
    """Return the `TruthStatus` of each row of the truth.

    Parameters
    ----------
    truth : Table
        ``det_class``, or ``class_name`` without it (``spurious``, ``flagged``), where it is
        there, and what the limits need.
    limits : Limits
        Fainter sources are optional, and so are those with a null value.

    Returns
    -------
    ndarray of int8

    Raises
    ------
    ValueError
        The truth lacks a column that a limit needs.
    """
    classes = np.char.lower(detection_classes(truth))
    optional = (classes == FLAGGED) | below_limits(truth, limits)
    return np.select(
        [classes == SPURIOUS, optional],
        [TruthStatus.SPURIOUS, TruthStatus.OPTIONAL],
        TruthStatus.COUNTED,
    ).astype(np.int8)


def below_limits(truth: Table, limits: Limits) -> np.ndarray:
    """Return which rows of the truth are fainter than a limit, or have no value to be compared.

    Raises
    ------
    ValueError
        The truth lacks a column that a limit needs.
    """
    faint = np.zeros(len(truth), dtype=bool)
    for name, minimum in (
        ("snr", limits.snr),
        ("total_flux", limits.flux),
        ("peak_flux", limits.peak),
    ):
        if minimum > 0:
            if name not in truth.colnames:
                raise ValueError(f"the truth has no column {name} to be limited")
            faint |= ~(numbers(truth, name) >= minimum)
    return faint


def labelled_spurious(found: Table) -> np.ndarray:
    """Return which detections the detector itself takes for artefacts.

    These have the class spurious (``det_class`` or ``class_name``) or the flag ``ARTEFACT``.
    """
    labelled = np.zeros(len(found), bool)
    for name in DETECTION_CLASSES:
        labelled |= np.char.lower(words(found, name)) == SPURIOUS
    if "flags" in found.colnames:
        flags = np.ma.filled(np.ma.asarray(found["flags"], dtype=np.int64), 0)
        labelled |= flags & Flag.ARTEFACT > 0
    return labelled
