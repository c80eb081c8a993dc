"""Match detections with true sources, and find parts and blends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from sciarada.evaluation.candidate_pairs import MIN_IOU, find_candidate_pairs
from sciarada.evaluation.columns import numbers
from sciarada.evaluation.fragments import find_blends, find_fragments
from sciarada.evaluation.mask_pairs import MaskPairs
from sciarada.evaluation.matching import Matches, separations, take_pairs
from sciarada.evaluation.overlap import Overlaps
from sciarada.evaluation.truth_status import TruthStatus, labelled_spurious, truth_status

NONE = -1


@dataclass(frozen=True, eq=False)
class Association:
    """The matches of true sources and detections.

    Parameters
    ----------
    statuses : ndarray of int8, shape (n_truth,)
        What each row of the truth asks for; see `~sciarada.evaluation.truth_status.TruthStatus`.
    accepted : ndarray of bool, shape (n_found,)
        Detections that the detector does not itself call spurious.
    found_of : ndarray of int, shape (n_truth,)
        The detection that belongs to each true source, -1 for none.
    truth_of : ndarray of int, shape (n_found,)
        The true source that belongs to each detection, -1 for none.
    separation : ndarray, shape (n_truth,)
        Distance between the two in arcsec, NaN without a pair.
    iou : ndarray, shape (n_truth,)
        Intersection over union of their masks; NaN unless they were matched by masks.
    part_of : ndarray of int, shape (n_found,)
        The true source under an accepted detection without a true source, -1 for
        none: the detection is a part of that source.
    merged_into : ndarray of int, shape (n_truth,)
        The accepted detection that covers a real source without a matched detection, -1
        for none.
    """

    statuses: np.ndarray
    accepted: np.ndarray
    found_of: np.ndarray
    truth_of: np.ndarray
    separation: np.ndarray
    iou: np.ndarray
    part_of: np.ndarray
    merged_into: np.ndarray

    @property
    def counted(self) -> np.ndarray:
        """Whether each true source had to be found."""
        return self.statuses == TruthStatus.COUNTED

    @property
    def recovered(self) -> np.ndarray:
        """Whether each row of the truth has an accepted detection."""
        return (self.found_of != NONE) & self._of(self.accepted, self.found_of)

    @property
    def real(self) -> np.ndarray:
        """Whether each detection is accepted and a true source, counted or not."""
        return self.accepted & self._of(self.statuses != TruthStatus.SPURIOUS, self.truth_of)

    @property
    def false(self) -> np.ndarray:
        """Whether each detection is accepted and not matched with a source."""
        return self.accepted & ~self.real

    @property
    def fragments(self) -> np.ndarray:
        """Whether each detection is false and a part of a true source."""
        return self.part_of != NONE

    @property
    def merged(self) -> np.ndarray:
        """Whether each true source was found only as part of a larger detection."""
        return self.merged_into != NONE

    @property
    def in_parts(self) -> np.ndarray:
        """Whether each true source has parts that were detected separately."""
        rows = self.part_of[self.fragments]
        return np.bincount(rows, minlength=len(self.statuses)) > 0

    @property
    def matches(self) -> Matches:
        """Pairs of real sources (``first``) and accepted detections (``second``)."""
        rows = np.flatnonzero(self.recovered & (self.statuses != TruthStatus.SPURIOUS))
        return Matches(rows, self.found_of[rows], self.separation[rows])

    @staticmethod
    def _of(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return boolean values at some rows, False where the row is -1."""
        return np.append(values, False)[rows]


def associate(
    found: Table,
    truth: Table,
    radius: ArrayLike,
    *,
    statuses: np.ndarray | None = None,
    overlaps: Overlaps | None = None,
    min_iou: float = MIN_IOU,
    method: str = "nearest",
) -> Association:
    """Match detections and true sources one to one, then look for parts and blends.

    Parameters
    ----------
    found, truth : Table
        Sources, with ``ra`` and ``dec`` in degrees; ``las`` and ``maj_axis``, where they are
        there, say how far a source reaches; ``det_class``, ``class_name`` and ``flags`` say what is
        spurious; ``source_id`` is the label in the label images.
    radius : array_like
        Largest separation of a match in arcsec, one for all or one per true source.
    statuses : ndarray of int, optional
        What each true source asks for; `~sciarada.evaluation.truth_status.truth_status` by default.
    overlaps : Overlaps, optional
        Of the label images of the truth (first) and of the detections. Where both sources
        have a mask, the masks decide; elsewhere the positions do.
    min_iou : float
        Least intersection over union of matching masks.
    method : {"nearest", "most"}
        See `~sciarada.evaluation.matching.match_positions`.

    Returns
    -------
    Association
        Accepted detections go to sources that had to be found first, then to optional ones;
        what is left of the detections, with those called spurious, goes to what is left of
        the truth. At each step masks are matched before positions.

    Raises
    ------
    ValueError
        The radius or the method cannot be used, or a table lacks a position.
    """
    statuses = truth_status(truth) if statuses is None else np.asarray(statuses, dtype=np.int8)
    accepted = ~labelled_spurious(found)
    masks = MaskPairs.of(found, truth, overlaps)
    pairs = find_candidate_pairs(found, truth, radius, masks, min_iou)
    claims = accepted[pairs.found]
    found_of, truth_of = np.full(len(truth), NONE), np.full(len(found), NONE)
    for allowed in (
        claims & (statuses[pairs.truth] == TruthStatus.COUNTED),
        claims & (statuses[pairs.truth] == TruthStatus.OPTIONAL),
        np.ones(len(pairs.truth), dtype=bool),
    ):
        for by_mask in (True, False):
            free = (found_of[pairs.truth] == NONE) & (truth_of[pairs.found] == NONE)
            rows = np.flatnonzero(free & allowed & (pairs.by_mask == by_mask))
            rows = rows[take_pairs(pairs.truth[rows], pairs.found[rows], pairs.cost[rows], method)]
            found_of[pairs.truth[rows]] = pairs.found[rows]
            truth_of[pairs.found[rows]] = pairs.truth[rows]
    taken = Association._of(accepted, found_of)
    real = statuses != TruthStatus.SPURIOUS
    min_radius = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(truth))
    return Association(
        statuses=statuses,
        accepted=accepted,
        found_of=found_of,
        truth_of=truth_of,
        separation=_separations(found, truth, found_of),
        iou=masks.iou_of(found_of),
        part_of=find_fragments(
            found, truth, masks, min_radius, accepted & (truth_of == NONE), real
        ),
        merged_into=find_blends(found, truth, masks, real & ~taken, accepted),
    )


def _separations(found: Table, truth: Table, found_of: np.ndarray) -> np.ndarray:
    """Return the distance of each true source to its detection in arcsec, NaN without one."""
    rows = np.flatnonzero(found_of != NONE)
    separation = np.full(len(truth), np.nan)
    separation[rows] = separations(
        *(numbers(truth, axis)[rows] for axis in ("ra", "dec")),
        *(numbers(found, axis)[found_of[rows]] for axis in ("ra", "dec")),
    )
    return separation
