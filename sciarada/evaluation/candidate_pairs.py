"""Rows of the truth and of the detections that may belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluation.columns import numbers
from sciarada.evaluation.mask_pairs import MaskPairs
from sciarada.evaluation.matching import pairs_within

MIN_IOU = 0.2


@dataclass(frozen=True, eq=False)
class CandidatePairs:
    """Pairs of rows and their costs.

    Parameters
    ----------
    truth, found : ndarray of int, shape (n,)
        Rows.
    cost : ndarray, shape (n,)
        1 - IoU for pairs of masks, the separation in arcsec for others.
    by_mask : ndarray of bool, shape (n,)
        Which pairs are of masks.
    """

    truth: np.ndarray
    found: np.ndarray
    cost: np.ndarray
    by_mask: np.ndarray

    def select(self, rows: np.ndarray) -> CandidatePairs:
        """Return some of the pairs."""
        return CandidatePairs(
            self.truth[rows], self.found[rows], self.cost[rows], self.by_mask[rows]
        )


def find_candidate_pairs(
    found: Table, truth: Table, radius: ArrayLike, masks: MaskPairs, min_iou: float
) -> CandidatePairs:
    """Return the pairs with similar masks, and close pairs if one has no mask.

    Parameters
    ----------
    found, truth : Table
        With ``ra`` and ``dec``.
    radius : array_like
        Largest separation in arcsec, one for all or one per true source.
    masks : MaskPairs
        Which masks overlap.
    min_iou : float
        Least intersection over union.

    Raises
    ------
    ValueError
        The radius cannot be used, or a table lacks a position.
    """
    if any({"ra", "dec"} - set(table.colnames) for table in (found, truth)):
        raise ValueError("both tables need the columns ra and dec")
    there, here = ((numbers(table, "ra"), numbers(table, "dec")) for table in (truth, found))
    first, second, separation = pairs_within(*there, *here, radius)
    alike = masks.iou >= min_iou
    bare = masks.undecided(first, second)
    return CandidatePairs(
        np.concatenate([masks.truth[alike], first[bare]]),
        np.concatenate([masks.found[alike], second[bare]]),
        np.concatenate([1 - masks.iou[alike], separation[bare]]),
        np.repeat([True, False], [alike.sum(), bare.sum()]),
    )
