"""Cutouts that show the same sky, against a slow search with astropy."""

import numpy as np
from astropy.coordinates import SkyCoord

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.leakage import REACH
from sciarada.cutouts.overlap import overlap_groups, overlapping, overlaps_any

NAN = float("nan")


def squares(count, seed):
    """Squares of 20 to 90 arcsec about the pole, some without a size or a place."""
    rng = np.random.default_rng(seed)
    ra, dec = rng.uniform(0, 360, count), 90 - rng.uniform(0, 0.2, count)
    size = rng.uniform(20, 90, count)
    ra[::11], size[::7] = NAN, NAN
    return SkyCover(ra, dec, size)


def by_hand(first, second):
    """Pairs that are nearer than half of both sides."""
    half = [np.where(np.isfinite(c.size), c.size / 2, REACH) for c in (first, second)]
    placed = [np.flatnonzero(cover.known) for cover in (first, second)]
    return {
        (row, other)
        for row in placed[0].tolist()
        for other in placed[1].tolist()
        if SkyCoord(first.ra[row], first.dec[row], unit="deg")
        .separation(SkyCoord(second.ra[other], second.dec[other], unit="deg"))
        .arcsec
        <= half[0][row] + half[1][other]
    }


def test_pairs_are_those_of_a_slow_search():
    first, second = squares(40, 1), squares(30, 2)
    rows, others = overlapping(first, second)
    pairs = set(zip(rows.tolist(), others.tolist(), strict=True))
    assert pairs == by_hand(first, second)
    assert 0 < len(pairs) == len(rows) < 400
    assert np.flatnonzero(overlaps_any(first, second)).tolist() == sorted({row for row, _ in pairs})


def test_cutouts_of_one_side_overlap_within_it():
    # Three in a row, each 50 arcsec from the next; the last is of unknown place.
    row = SkyCover(np.zeros(4), np.array([0, 50, 100, NAN]) / 3600, np.full(4, 60.0))
    rows, others = overlapping(row, row)
    assert sorted(rows[others < rows].tolist()) == [1, 2]
    groups = overlap_groups(row)
    assert groups[0] == groups[1] == groups[2] != groups[3]  # the ends hang together by the middle
    narrow = SkyCover(row.ra, row.dec, np.full(4, 49.0))
    rows, others = overlapping(narrow, narrow)
    assert rows.tolist() == others.tolist() == [0, 1, 2]
    assert len(set(overlap_groups(narrow).tolist())) == 4


def test_nothing_overlaps_with_what_has_no_place():
    nowhere = SkyCover(*np.full((3, 2), NAN))
    assert not overlaps_any(squares(10, 3), nowhere).any()
    assert not len(overlapping(nowhere, nowhere)[0])
    assert len(set(overlap_groups(nowhere).tolist())) == 2
