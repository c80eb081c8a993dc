import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.sky_cover import SkyCover
from sciarada.cutouts.leakage import is_shown
from sciarada.cutouts.thinning import thinned


def squares(count, seed, width=3.0):
    """Squares strewn over a few degrees round a place where right ascension begins anew."""
    rng = np.random.default_rng(seed)
    size = rng.choice([40.0, 120.0, np.nan], count)
    return SkyCover(rng.uniform(-width, width, count) % 360, rng.uniform(-60, -57, count), size)


@settings(max_examples=20)
@given(seed=st.integers(0, 200))
def test_what_was_covered_stays_covered(seed):
    cover = squares(3000, seed)
    fewer = thinned(cover, 400)
    assert 50 < len(fewer) <= 400
    places = squares(500, seed + 1)
    before, after = (is_shown(*places.positions, each) for each in (cover, fewer))
    assert (after | ~before).all()


def test_little_else_is_covered():
    cover = squares(30_000, 1, width=0.05)  # many times the same places
    fewer = thinned(cover, 1000)
    inside = is_shown(*squares(2000, 2).positions, fewer)
    far = np.abs((squares(2000, 2).ra + 180) % 360 - 180) > 0.5
    assert not inside[far].any()


def test_few_are_left_as_they_are():
    cover = squares(50, 1)
    assert thinned(cover) is cover
