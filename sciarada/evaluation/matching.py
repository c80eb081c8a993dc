"""Matching the sources of two catalogues by position, one to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import KDTree

from sciarada.geometry.directions import unit_vectors


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
    first, second, separation = pairs_within(ra1, dec1, ra2, dec2, radius)
    kept = take_pairs(first, second, separation, method)
    kept = kept[np.argsort(first[kept])]
    return Matches(first[kept], second[kept], separation[kept])


def take_pairs(
    first: np.ndarray, second: np.ndarray, cost: np.ndarray, method: str = "nearest"
) -> np.ndarray:
    """Choose among possible pairs so that no row is in two.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Rows of two catalogues; no pair occurs twice.
    cost : ndarray, shape (n,)
        What speaks against each pair, such as its separation; not negative.
    method : {"nearest", "most"}
        As in `match_positions`.

    Returns
    -------
    ndarray of int
        Which pairs are chosen.

    Raises
    ------
    ValueError
        There is no such method.
    """
    if method not in _METHODS:
        raise ValueError(f"method is one of {', '.join(_METHODS)}, not {method!r}")
    order = np.lexsort((second, first, cost))
    return order[_METHODS[method](first[order], second[order], cost[order])]


def take_in_order(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Go through pairs, the best first, and keep each pair of two unmatched rows.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Rows of two catalogues.

    Returns
    -------
    ndarray of int
        Which pairs are kept.

    Notes
    -----
    A pair that is the best left to both its rows is kept whatever is kept before it, so each
    round keeps all such pairs at once.
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
    here, there = unit_vectors(ra1, dec1), unit_vectors(ra2, dec2)
    radius = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(here))
    if not np.all((radius > 0) & (radius < 3600)):
        raise ValueError("a match radius must be positive and below a degree")
    if not (len(here) and len(there)):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    tree = KDTree(there)
    found = [
        _pairs_near(here, tree, radius, rows)
        for rows in _rows_by_octave(radius)  # a few giants do not widen the search of all
    ]
    first, second, separation = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((second, first, separation))
    return first[order], second[order], separation[order]


def separations(ra1: ArrayLike, dec1: ArrayLike, ra2: ArrayLike, dec2: ArrayLike) -> np.ndarray:
    """Return the great-circle distance of each pair of positions (degrees) in arcsec."""
    chord = np.linalg.norm(unit_vectors(ra1, dec1) - unit_vectors(ra2, dec2), axis=-1)
    return np.degrees(2 * np.arcsin(np.minimum(chord / 2, 1))) * 3600


def _rows_by_octave(radius: np.ndarray) -> list[np.ndarray]:
    """Return the rows with radii within a factor of two of each other."""
    octave = np.floor(np.log2(radius))
    return [np.flatnonzero(octave == value) for value in np.unique(octave)]


def _pairs_near(
    here: np.ndarray, tree: KDTree, radius: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of some rows, with their separations in arcsec."""
    reach = 2 * np.sin(np.radians(radius[rows].max() / 3600) / 2)
    found = KDTree(here[rows]).sparse_distance_matrix(tree, reach, output_type="ndarray")
    first, second = rows[found["i"]], found["j"].astype(np.int64)
    separation = np.degrees(2 * np.arcsin(found["v"] / 2)) * 3600
    near = separation <= radius[first]
    return first[near], second[near], separation[near]


def _take_nearest(first: np.ndarray, second: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return the pairs that taking the cheapest first leaves; pairs come sorted."""
    return take_in_order(first, second)


def _take_most(first: np.ndarray, second: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return the largest set of pairs with the least sum of costs.

    Each source of the first catalogue also gets a partner of its own that stands for having
    none, at a cost above that of any chain of pairs; then a full matching always exists.
    """
    if not len(first):
        return np.arange(0)
    rows, row = np.unique(first, return_inverse=True)
    columns, column = np.unique(second, return_inverse=True)
    alone = 2.0 + 2.0 * cost.sum()
    own = np.arange(len(rows))
    places = (np.concatenate([row, own]), np.concatenate([column, len(columns) + own]))
    graph = coo_array(
        (
            np.concatenate([1.0 + cost, np.full(len(rows), alone)]),
            tuple(each.astype(np.int32) for each in places),  # the type that scipy 1.14 needs
        ),
        shape=(len(rows), len(columns) + len(rows)),
    ).tocsr()
    matched_row, matched_column = min_weight_full_bipartite_matching(graph)
    real = matched_column < len(columns)
    key = row * len(columns) + column
    by_key = np.argsort(key)
    wanted = matched_row[real].astype(np.int64) * len(columns) + matched_column[real]
    return by_key[np.searchsorted(key[by_key], wanted)]


_METHODS = {"nearest": _take_nearest, "most": _take_most}
