"""Matching the sources of two catalogues by position, one to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import KDTree


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs of rows of two catalogues; no row is in two pairs.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Rows in the first and in the second catalogue, ascending in ``first``.
    separation : ndarray, shape (n,)
        Great-circle distance of each pair in arcsec.
    """

    first: np.ndarray
    second: np.ndarray
    separation: np.ndarray

    def __len__(self) -> int:
        return len(self.first)


def match_positions(
    ra1: ArrayLike,
    dec1: ArrayLike,
    ra2: ArrayLike,
    dec2: ArrayLike,
    radius: ArrayLike,
    *,
    method: str = "nearest",
) -> Matches:
    """Match two catalogues one to one.

    Parameters
    ----------
    ra1, dec1, ra2, dec2 : array_like
        Positions in degrees, in one frame.
    radius : array_like
        Largest separation of a pair in arcsec: a number, or one for each source of the first
        catalogue.
    method : {"nearest", "most"}
        ``nearest`` takes the closest pair of all, then the closest among the sources left,
        and so on. ``most`` makes as many pairs as there can be and, among all ways to do so,
        takes the least sum of separations.

    Returns
    -------
    Matches
        Ties go to the lower row of the first, then of the second catalogue.

    Raises
    ------
    ValueError
        A radius is not a positive number below a degree, or there is no such method.
    """
    if method not in _METHODS:
        raise ValueError(f"method is one of {', '.join(_METHODS)}, not {method!r}")
    first, second, separation = pairs_within(ra1, dec1, ra2, dec2, radius)
    kept = _METHODS[method](first, second, separation)
    kept = kept[np.argsort(first[kept])]
    return Matches(first[kept], second[kept], separation[kept])


def pairs_within(
    ra1: ArrayLike, dec1: ArrayLike, ra2: ArrayLike, dec2: ArrayLike, radius: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs closer than a radius, one source in as many pairs as it has neighbours.

    Parameters
    ----------
    ra1, dec1, ra2, dec2, radius : array_like
        As in `match_positions`.

    Returns
    -------
    first, second : ndarray of int
        Rows in the two catalogues.
    separation : ndarray
        Arcsec; the pairs are sorted by it, then by ``first``, then by ``second``.

    Raises
    ------
    ValueError
        A radius is not a positive number below a degree.
    """
    here, there = _unit_vectors(ra1, dec1), _unit_vectors(ra2, dec2)
    radius = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(here))
    if not np.all((radius > 0) & (radius < 3600)):
        raise ValueError("a match radius must be positive and below a degree")
    if not (len(here) and len(there)):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    reach = 2 * np.sin(np.radians(radius.max() / 3600) / 2)
    found = KDTree(here).sparse_distance_matrix(KDTree(there), reach, output_type="ndarray")
    first, second = found["i"].astype(np.int64), found["j"].astype(np.int64)
    separation = np.degrees(2 * np.arcsin(found["v"] / 2)) * 3600
    near = separation <= radius[first]
    first, second, separation = first[near], second[near], separation[near]
    order = np.lexsort((second, first, separation))
    return first[order], second[order], separation[order]


def _unit_vectors(ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Return unit vectors (n, 3) of positions in degrees."""
    ra, dec = np.radians(np.atleast_1d(ra)), np.radians(np.atleast_1d(dec))
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def _take_nearest(first: np.ndarray, second: np.ndarray, separation: np.ndarray) -> np.ndarray:
    """Return the pairs that taking the closest first leaves; pairs come sorted.

    A pair that is the closest left to both its sources would be taken whatever is taken
    before it, so each round takes all such pairs at once.
    """
    taken = []
    left = np.arange(len(first))
    while len(left):
        leads_first, leads_second = np.zeros((2, len(left)), dtype=bool)
        leads_first[np.unique(first[left], return_index=True)[1]] = True
        leads_second[np.unique(second[left], return_index=True)[1]] = True
        mutual = left[leads_first & leads_second]
        taken.append(mutual)
        spent = np.isin(first[left], first[mutual]) | np.isin(second[left], second[mutual])
        left = left[~spent]
    return np.concatenate(taken) if taken else left


def _take_most(first: np.ndarray, second: np.ndarray, separation: np.ndarray) -> np.ndarray:
    """Return the largest set of pairs with the least sum of separations.

    Each source of the first catalogue also gets a partner of its own that stands for having
    none, at a cost above that of any chain of pairs; then a full matching always exists.
    """
    if not len(first):
        return np.arange(0)
    rows, row = np.unique(first, return_inverse=True)
    columns, column = np.unique(second, return_inverse=True)
    alone = 2.0 + 2.0 * separation.sum()
    own = np.arange(len(rows))
    cost = coo_array(
        (
            np.concatenate([1.0 + separation, np.full(len(rows), alone)]),
            (np.concatenate([row, own]), np.concatenate([column, len(columns) + own])),
        ),
        shape=(len(rows), len(columns) + len(rows)),
    ).tocsr()
    matched_row, matched_column = min_weight_full_bipartite_matching(cost)
    real = matched_column < len(columns)
    key = row * len(columns) + column
    by_key = np.argsort(key)
    wanted = matched_row[real].astype(np.int64) * len(columns) + matched_column[real]
    return by_key[np.searchsorted(key[by_key], wanted)]


_METHODS = {"nearest": _take_nearest, "most": _take_most}
