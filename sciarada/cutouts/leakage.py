"""The leakage guard: test cutouts must not overlap with the training set."""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from sciarada.errors import CutoutError
from sciarada.geometry.directions import unit_vectors

logger = logging.getLogger(__name__)


class Placed(Protocol):
    """Anything with positions on the sky: a `CutoutSource`, or a `SkyCover`."""

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) in degrees, NaN where they are unknown."""

    @property
    def size(self) -> np.ndarray:
        """Side of each square in arcsec, NaN where it is unknown."""

    def __len__(self) -> int: ...


class Tested(Protocol):
    """Test cutouts: a `CutoutSource`, or anything with names and positions."""

    @property
    def ids(self) -> np.ndarray:
        """Names of the cutouts."""

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) in degrees, NaN where they are unknown."""

    def __len__(self) -> int: ...


REACH = 60.0
"""Arcsec from the centre of a cutout of unknown size within which it is assumed to show the sky."""


def shows_any(
    cutouts: Placed, ra: ArrayLike, dec: ArrayLike, radius: float | None = None
) -> np.ndarray:
    """Return which cutouts show any of some positions.

    Parameters
    ----------
    cutouts : CutoutSource or SkyCover
        What is to be looked through. Those without position show nothing.
    ra, dec : array_like of float, shape (m,)
        Positions, ICRS degrees; NaN is none.
    radius : float, optional
        Arcsec from the centre of a cutout; by default half the diagonal of each, so that the
        position is on none of the remaining ones, and `REACH` if the size is unknown.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    places, known = known_vectors(ra, dec)
    centres, seen = known_vectors(*cutouts.positions)
    shown = np.zeros(len(cutouts), bool)
    if known.any() and seen.any():
        distance, _ = KDTree(places[known]).query(centres[seen])
        shown[seen] = distance <= chord(_reach(cutouts, radius)[seen])
    return shown


def is_shown(
    ra: ArrayLike, dec: ArrayLike, cutouts: Placed, radius: float | None = None
) -> np.ndarray:
    """Return which of some positions lie on any cutout: `shows_any` the other way round.

    Parameters
    ----------
    ra, dec, cutouts, radius
        As for `shows_any`.

    Returns
    -------
    ndarray of bool, shape (m,)
    """
    places, known = known_vectors(ra, dec)
    centres, seen = known_vectors(*cutouts.positions)
    shown = np.zeros(len(places), bool)
    if known.any() and seen.any():
        within = chord(_reach(cutouts, radius)[seen])
        numbers = np.flatnonzero(known)
        for found in KDTree(places[known]).query_ball_point(centres[seen], within):
            shown[numbers[found]] = True
    return shown


def refuse_leakage(
    test: Tested,
    training: Placed,
    radius: float | None = None,
    *,
    allowed: bool = False,
    override: str = "--allow-leakage",
) -> np.ndarray:
    """Refuse to test on cutouts at positions of a training set.

    Parameters
    ----------
    test : CutoutSource
        What is tested on.
    training : CutoutSource or SkyCover
        What the model was trained on.
    radius : float, optional
        As for `shows_any`, about the cutouts of ``training``.
    allowed : bool
        Only warn in the log.
    override : str
        Option that sets ``allowed``, for the message.

    Returns
    -------
    ndarray of bool, shape (n,)
        Which test cutouts lie in the training set. Where a position is unknown, on either
        side, nothing can be said: the log warns of it.

    Raises
    ------
    CutoutError
        If there are any and they are not allowed.
    """
    shown = is_shown(*test.positions, training, radius)
    for name, (ra, dec), count in (
        ("test", test.positions, len(test)),
        ("training", training.positions, len(training)),
    ):
        unknown = int(np.sum(~known_vectors(ra, dec)[1]))
        if unknown:
            logger.warning(
                "%d of the %d %s cutouts have no position, so it cannot be known whether a "
                "model is tested on what it was trained on",
                *(unknown, count, name),
            )
    if shown.any():
        found = (
            f"{int(shown.sum())} of the {len(test)} test cutouts, first "
            f"{test.ids[np.argmax(shown)]}, lie in the training set"
        )
        if not allowed:
            raise CutoutError(
                f"{found}: train on a set made with `sciarada cutouts --exclude`, or test "
                f"anyway with {override}"
            )
        logger.warning("%s", found)
    return shown


def _reach(cutouts: Placed, radius: float | None) -> np.ndarray:
    """Return how far from its centre each cutout shows things, in arcsec."""
    if radius is not None:
        return np.full(len(cutouts), float(radius))
    return np.where(np.isfinite(cutouts.size), cutouts.size / np.sqrt(2.0), REACH)


def chord(arcsec: np.ndarray) -> np.ndarray:
    """Return the straight distance on the unit sphere of angles."""
    return 2.0 * np.sin(np.radians(np.minimum(arcsec / 3600.0, 180.0)) / 2.0)


def known_vectors(ra: ArrayLike, dec: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return positions on the unit sphere, shape (n, 3), and which of them are known."""
    vectors = unit_vectors(ra, dec)
    return vectors, np.isfinite(vectors).all(axis=1)
