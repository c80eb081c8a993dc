"""Detections that are parts of a true source, and true sources that were merged into one."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from sciarada.evaluation.columns import numbers
from sciarada.evaluation.mask_pairs import MaskPairs
from sciarada.evaluation.matching import pairs_within

MIN_SHARE = 0.5
_LARGEST_REACH = 3599.0  # arcsec


def find_fragments(
    found: Table,
    truth: Table,
    masks: MaskPairs,
    min_radius: np.ndarray,
    left: np.ndarray,
    real: np.ndarray,
) -> np.ndarray:
    """Return the true source at the position of each detection.

    Parameters
    ----------
    found, truth : Table
        With ``ra``, ``dec`` and, for the truth, ``las`` and ``maj_axis`` where known.
    masks : MaskPairs
        Where both have a mask, at least half of the detection's pixels lie on the source.
    min_radius : ndarray, shape (n_truth,)
        Elsewhere the detection's position is nearer than this in arcsec, or than half of the
        source's size.
    left : ndarray of bool, shape (n_found,)
        Detections to look at.
    real : ndarray of bool, shape (n_truth,)
        Sources to look at.

    Returns
    -------
    ndarray of int, shape (n_found,)
        Row of the truth, -1 for none.
    """
    source, part, separation = _pairs_in_reach(truth, found, _reach(truth, min_radius))
    bare = masks.undecided(source, part)
    return _best_owner(
        np.concatenate([masks.truth, source[bare]]),
        np.concatenate([masks.found, part[bare]]),
        np.concatenate([-masks.share_of_found, separation[bare]]),
        real,
        left,
    )


def find_blends(
    found: Table,
    truth: Table,
    masks: MaskPairs,
    missed: np.ndarray,
    accepted: np.ndarray,
) -> np.ndarray:
    """Return the detection that covers each true source.

    Parameters
    ----------
    found, truth : Table
        With ``ra``, ``dec`` and, for the detections, ``las`` and ``maj_axis`` where known.
    masks : MaskPairs
        Where both have a mask, at least half of the source's pixels lie in the detection;
        elsewhere the source is nearer than half of the detection's size.
    missed : ndarray of bool, shape (n_truth,)
        Sources to look at.
    accepted : ndarray of bool, shape (n_found,)
        Detections to look at.

    Returns
    -------
    ndarray of int, shape (n_truth,)
        Row of the detections, -1 for none.
    """
    cover, source, separation = _pairs_in_reach(found, truth, _reach(found, np.zeros(len(found))))
    bare = masks.undecided(source, cover)
    return _best_owner(
        np.concatenate([masks.found, cover[bare]]),
        np.concatenate([masks.truth, source[bare]]),
        np.concatenate([-masks.share_of_truth, separation[bare]]),
        accepted,
        missed,
    )


def _reach(table: Table, min_radius: np.ndarray) -> np.ndarray:
    """Return the reach of sources from their position in arcsec; 0 where unknown."""
    size = np.fmax(numbers(table, "las"), numbers(table, "maj_axis"))
    return np.minimum(np.fmax(min_radius, size / 2), _LARGEST_REACH)


def _pairs_in_reach(
    large: Table, small: Table, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs of rows with the second within reach of the first."""
    rows = np.flatnonzero(reach > 0)
    ra, dec = numbers(large, "ra")[rows], numbers(large, "dec")[rows]
    first, second, separation = pairs_within(
        ra, dec, numbers(small, "ra"), numbers(small, "dec"), reach[rows]
    )
    return rows[first], second, separation


def _best_owner(
    owner: np.ndarray,
    part: np.ndarray,
    cost: np.ndarray,
    owners: np.ndarray,
    parts: np.ndarray,
) -> np.ndarray:
    """Return each part's owner of the lowest cost, -1 for none.

    Costs below 0 are shares of masks, and have to reach the smallest share.
    """
    fits = owners[owner] & parts[part] & ((cost >= 0) | (cost <= -MIN_SHARE))
    owner, part, cost = owner[fits], part[fits], cost[fits]
    order = np.lexsort((owner, cost, part))
    parts_found, first = np.unique(part[order], return_index=True)
    best = np.full(len(parts), -1)
    best[parts_found] = owner[order][first]
    return best
