"""Scores of detections: completeness, reliability, parts and blends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluation.association import Association, associate
from sciarada.evaluation.candidate_pairs import MIN_IOU
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.estimates import Estimate, f1_score, share_of
from sciarada.evaluation.overlap import Overlaps
from sciarada.evaluation.tables import Meaning, make_table


@dataclass(frozen=True, eq=False)
class DetectionScore:
    """Scores of a list of detections against the truth.

    Parameters
    ----------
    association : Association
        What became of each row.
    completeness : Estimate
        Share of the sources that had to be found which were found.
    reliability : Estimate
        Share of the accepted detections that are sources, whether or not they had to be
        found. Parts of a source beyond its one match are false.
    f1 : Estimate
        Harmonic mean of the two.
    touched : Estimate
        Share of the sources that had to be found on which there is any accepted detection:
        its own, a part of it, or one that merges it with a neighbour.
    genuine : Estimate
        Share of the accepted detections that are sources or parts of one.
    fragments : Estimate
        Share of the accepted detections that are parts of a source.
    merged : Estimate
        Share of the sources that had to be found which were found only within a larger
        detection.
    """

    association: Association
    completeness: Estimate
    reliability: Estimate
    f1: Estimate
    touched: Estimate
    genuine: Estimate
    fragments: Estimate
    merged: Estimate

    def table(self) -> Table:
        """Return one row per score: ``score``, ``value`` with its interval, ``meaning``."""
        meanings = {
            "score": Meaning("Name of the score", str),
            "value": Meaning("Value of the score"),
            "meaning": Meaning("What it is the share of", str),
        }
        rows = [
            {"score": name, "value": getattr(self, name), "meaning": text}
            for name, text in _MEANINGS.items()
        ]
        return make_table(meanings, rows)


_MEANINGS = {
    "completeness": "counted true sources that were found",
    "reliability": "detections that are true sources",
    "f1": "harmonic mean of completeness and reliability",
    "touched": "counted true sources with any detection on them",
    "genuine": "detections that are true sources or parts of one",
    "fragments": "detections that are parts of a true source",
    "merged": "counted true sources found only within a larger detection",
}


def score_detections(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    statuses: np.ndarray | None = None,
    overlaps: Overlaps | None = None,
    min_iou: float = MIN_IOU,
    method: str = "nearest",
    seed: int = 0,
) -> DetectionScore:
    """Score a list of detections against the truth.

    Parameters
    ----------
    found, truth, radius, statuses, overlaps, min_iou, method
        See `~sciarada.evaluation.association.associate`.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DetectionScore
        Intervals are 95 % intervals: Wilson's for shares, a percentile bootstrap for F1.
    """
    association = associate(
        found,
        truth,
        radius,
        statuses=statuses,
        overlaps=overlaps,
        min_iou=min_iou,
        method=method,
    )
    return score_association(association, seed=seed)


def score_association(association: Association, *, seed: int = 0) -> DetectionScore:
    """Score detections that have been matched already; see `score_detections`."""
    a = association
    counted, accepted = a.counted, a.accepted
    pairs = int((a.recovered & counted).sum())
    return DetectionScore(
        association=a,
        completeness=share_of(a.recovered[counted]),
        reliability=share_of(a.real[accepted]),
        f1=f1_score(
            pairs,
            int(a.real.sum()) - pairs,
            int((counted & ~a.recovered).sum()),
            int(a.false.sum()),
            np.random.default_rng(seed),
        ),
        touched=share_of((a.recovered | a.merged | a.in_parts)[counted]),
        genuine=share_of((a.real | a.fragments)[accepted]),
        fragments=share_of(a.fragments[accepted]),
        merged=share_of(a.merged[counted]),
    )


def match_radii(truth: Table, min_radius: float) -> np.ndarray:
    """Return how far from each true source its detection may lie.

    Parameters
    ----------
    truth : Table
        The largest angular size is taken from ``las`` (arcsec), where it is there.
    min_radius : float
        Radius for small sources in arcsec, such as half the beam.

    Returns
    -------
    ndarray
        A quarter of the largest angular size, but no less than ``min_radius``.
    """
    return np.fmax(min_radius, numbers(truth, "las") / 4)
