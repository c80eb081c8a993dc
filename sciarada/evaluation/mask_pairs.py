"""Overlapping masks as rows of the two tables that describe them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from sciarada.evaluation.overlap import Overlaps


@dataclass(frozen=True, eq=False)
class MaskPairs:
    """Rows of the truth and of the detections with overlapping masks.

    Parameters
    ----------
    truth, found : ndarray of int, shape (n,)
        Rows of each pair.
    iou : ndarray, shape (n,)
        Intersection over union.
    share_of_truth, share_of_found : ndarray, shape (n,)
        Share of each mask's pixels that lie in the other.
    truth_masked : ndarray of bool, shape (n_truth,)
        Which rows of the truth have a mask.
    found_masked : ndarray of bool, shape (n_found,)
        Which detections have a mask.
    """

    truth: np.ndarray
    found: np.ndarray
    iou: np.ndarray
    share_of_truth: np.ndarray
    share_of_found: np.ndarray
    truth_masked: np.ndarray
    found_masked: np.ndarray

    @classmethod
    def of(cls, found: Table, truth: Table, overlaps: Overlaps | None) -> MaskPairs:
        """Look the labels up in the tables' ``source_id``.

        Parameters
        ----------
        found, truth : Table
            Rows without a mask, and masks without a row, are allowed.
        overlaps : Overlaps or None
            Of the truth (first) and the detections; None for no masks at all.

        Raises
        ------
        ValueError
            A table has no ``source_id``, or one twice.
        """
        if overlaps is None:
            none = np.empty(0)
            rows = np.empty(0, np.int64)
            unmasked = np.zeros(len(truth), bool), np.zeros(len(found), bool)
            return cls(rows, rows, none, none, none, *unmasked)
        truth_rows = _rows(truth, overlaps.first)
        found_rows = _rows(found, overlaps.second)
        known = (truth_rows >= 0) & (found_rows >= 0)
        return cls(
            truth=truth_rows[known],
            found=found_rows[known],
            iou=overlaps.iou[known],
            share_of_truth=overlaps.share_of_first[known],
            share_of_found=overlaps.share_of_second[known],
            truth_masked=np.isin(np.asarray(truth["source_id"]), overlaps.first_labels),
            found_masked=np.isin(np.asarray(found["source_id"]), overlaps.second_labels),
        )

    def undecided(self, truth: np.ndarray, found: np.ndarray) -> np.ndarray:
        """Return for which pairs of rows the masks do not decide, since one lacks a mask."""
        return ~(self.truth_masked[truth] & self.found_masked[found])

    def iou_of(self, found_of: np.ndarray) -> np.ndarray:
        """Return the overlap of each row of the truth with its detection.

        Parameters
        ----------
        found_of : ndarray of int, shape (n_truth,)
            The detection of each, -1 for none.

        Returns
        -------
        ndarray, shape (n_truth,)
            NaN unless both have masks.
        """
        rows = np.flatnonzero(found_of >= 0)
        rows = rows[~self.undecided(rows, found_of[rows])]
        overlap = np.full(len(found_of), np.nan)
        overlap[rows] = 0.0
        chosen = found_of[self.truth] == self.found
        overlap[self.truth[chosen]] = self.iou[chosen]
        return overlap


def _rows(table: Table, labels: np.ndarray) -> np.ndarray:
    """Return the row of each label, -1 if it is not in the table."""
    if "source_id" not in table.colnames:
        raise ValueError("a table needs the column source_id to be compared by masks")
    names = np.ma.filled(np.ma.asarray(table["source_id"], dtype=np.int64), -1)
    order = np.argsort(names, kind="stable")
    ordered = names[order]
    if np.any((ordered[1:] == ordered[:-1]) & (ordered[1:] > 0)):
        raise ValueError("source_id is not unique, so it cannot be the label of a mask")
    place = np.minimum(np.searchsorted(ordered, labels), max(len(names) - 1, 0))
    if not len(names):
        return np.full(len(labels), -1)
    return np.where(ordered[place] == labels, order[place], -1)
