"""One-to-one matching against the slow, obvious way."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from sciarada.evaluation.matching import match_positions, pairs_within

coordinate = st.integers(0, 8).map(lambda step: step * 0.7)  # coarse, so that ties are common
catalogue = st.lists(st.tuples(coordinate, coordinate), max_size=9)


def sky(offsets, ra=0.0, dec=0.0):
    """Return positions at offsets in arcsec from a place."""
    east, north = np.array(offsets, float).reshape(-1, 2).T
    return (ra + east / 3600 / np.cos(np.radians(dec))) % 360, dec + north / 3600


def separations(first, second) -> np.ndarray:
    """Return all separations in arcsec by astropy."""
    one, other = SkyCoord(*first, unit="deg"), SkyCoord(*second, unit="deg")
    return one[:, None].separation(other[None, :]).arcsec


def nearest_first(distance: np.ndarray, radius: np.ndarray) -> dict[int, int]:
    """Take the closest pair of all, again and again."""
    left = np.where(distance <= radius[:, None], distance, np.inf)
    pairs = {}
    while left.size and np.isfinite(left.min()):
        i, j = np.unravel_index(left.argmin(), left.shape)
        pairs[int(i)] = int(j)
        left[i, :] = left[:, j] = np.inf
    return pairs


def as_dict(matches) -> dict[int, int]:
    return dict(zip(matches.first.tolist(), matches.second.tolist(), strict=True))


@settings(max_examples=100)
@given(catalogue, catalogue, st.floats(0.3, 6))
def test_nearest_first_is_what_the_slow_way_gives(one, other, radius):
    first, second = sky(one, 359.999, 40.0), sky(other, 359.999, 40.0)
    matches = match_positions(*first, *second, radius)
    first_rows, second_rows, distance = pairs_within(*first, *second, radius)
    table = np.full((len(one), len(other)), np.inf)
    table[first_rows, second_rows] = distance
    assert as_dict(matches) == nearest_first(table, np.full(len(one), radius))
    assert np.array_equal(matches.first, np.sort(matches.first))


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.floats(-89.999, 89.999), st.floats(0, 360))
def test_random_fields_anywhere_on_the_sky(seed, dec, ra):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(0, 25, 2)
    first, second = sky(rng.uniform(-20, 20, (n, 2))), sky(rng.uniform(-20, 20, (m, 2)))
    turned = [
        SkyCoord(*positions, unit="deg")
        .transform_to(SkyCoord(ra, dec, unit="deg").skyoffset_frame(rotation=30 * u.deg))
        .icrs
        for positions in (first, second)
    ]
    first, second = ((p.spherical.lon.deg, p.spherical.lat.deg) for p in turned)
    radius = rng.uniform(0.5, 12, n)
    matches = match_positions(*first, *second, radius)
    distance = separations(first, second)
    assert as_dict(matches) == nearest_first(distance, radius)
    np.testing.assert_allclose(
        matches.separation, distance[matches.first, matches.second], atol=1e-8
    )


@settings(max_examples=100)
@given(catalogue, catalogue, st.floats(0.3, 6))
def test_most_pairs_with_the_least_sum(one, other, radius):
    first, second = sky(one), sky(other)
    matches = match_positions(*first, *second, radius, method="most")
    rows, columns, distance = pairs_within(*first, *second, radius)
    cost = np.full((len(one), len(other)), 1e6)
    cost[rows, columns] = distance
    best = cost[linear_sum_assignment(cost)]
    assert len(matches) == (best < 1e6).sum()
    assert matches.separation.sum() == pytest.approx(best[best < 1e6].sum(), abs=1e-6)
    assert len(set(matches.second.tolist())) == len(matches)
    for i, j, d in zip(matches.first, matches.second, matches.separation, strict=True):
        assert cost[i, j] == d


def test_the_two_methods_differ_where_they_should():
    # o--3--x--2--o--3--x : nearest first takes the middle pair and leaves the ends alone
    first, second = sky([(0, 0), (5, 0)]), sky([(3, 0), (8, 0)])
    assert as_dict(match_positions(*first, *second, 4.0)) == {1: 0}
    assert as_dict(match_positions(*first, *second, 4.0, method="most")) == {0: 0, 1: 1}


def test_a_radius_for_each_source():
    first, second = sky([(0, 0), (100, 0)]), sky([(4, 0), (104, 0)])
    assert as_dict(match_positions(*first, *second, [3.0, 5.0])) == {1: 1}


def test_identical_positions():
    first = sky([(0, 0)] * 3)
    matches = match_positions(*first, *first, 1.0)
    assert as_dict(matches) == {0: 0, 1: 1, 2: 2}
    assert not matches.separation.any()


@pytest.mark.parametrize("method", ["nearest", "most"])
@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (3, 0)])
def test_empty_catalogues(method, n, m):
    matches = match_positions(*sky([(0, 0)] * n), *sky([(0, 0)] * m), 1.0, method=method)
    assert len(matches) == 0


@pytest.mark.parametrize("radius", [0.0, -1.0, 3600.0, np.nan, [1.0, 0.0]])
def test_radii_that_make_no_sense(radius):
    first = sky([(0, 0), (1, 1)])
    with pytest.raises(ValueError, match="match radius"):
        match_positions(*first, *first, radius)


def test_a_method_that_there_is_not():
    with pytest.raises(ValueError, match="nearest, most"):
        match_positions([1], [1], [1], [1], 1.0, method="best")


def test_large_catalogues():
    """Fifty thousand sources, shuffled and shaken, find themselves again."""
    rng = np.random.default_rng(1)
    count = 50_000
    ra, dec = rng.uniform(0, 10, count), rng.uniform(-5, 5, count)
    order = rng.permutation(count)
    shift = rng.normal(0, 0.05 / 3600, (2, count))
    matches = match_positions(ra, dec, (ra + shift[0])[order], (dec + shift[1])[order], 2.0)
    right = order[matches.second] == matches.first
    assert len(matches) > 0.999 * count
    assert right.mean() > 0.999


def test_giants_among_small_sources():
    """Radii of very different size find what a loop over the sources finds."""
    rng = np.random.default_rng(8)
    first, second = sky(rng.uniform(-60, 60, (40, 2))), sky(rng.uniform(-60, 60, (50, 2)))
    radius = 2.0 ** rng.uniform(-2, 7, 40)
    rows, columns, distance = pairs_within(*first, *second, radius)
    expected = separations(first, second)
    inside = {(int(i), int(j)) for i, j in np.argwhere(expected <= radius[:, None])}
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == inside
    assert np.all(np.diff(distance) >= 0)
