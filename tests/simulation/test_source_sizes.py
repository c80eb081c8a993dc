"""Angular sizes of sources of a flux."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.simulation.sizes import LogUniform, Windhorst1990

SIZES = Windhorst1990()


@pytest.mark.parametrize(
    ("mjy", "median"), [(0.01, 0.5024), (0.1, 1.0024), (1, 2.0), (10, 3.9905), (1000, 15.887)]
)
def test_the_published_median(mjy, median):
    assert SIZES.median(mjy * 1e-3) == pytest.approx(median, rel=1e-3)
    assert SIZES.fraction(mjy * 1e-3, 0, median) == pytest.approx(0.5, abs=1e-3)


@given(
    flux=st.floats(1e-7, 10),
    edges=st.lists(st.floats(0, 3000), min_size=2, max_size=6).map(sorted),
)
def test_fractions_add_up(flux, edges):
    parts = [SIZES.fraction(flux, *pair) for pair in pairwise(edges)]
    assert all(0 <= part <= 1 for part in parts)
    assert sum(parts) == pytest.approx(SIZES.fraction(flux, edges[0], edges[-1]), abs=1e-12)
    assert SIZES.fraction(flux, 0, np.inf) == 1


@pytest.mark.parametrize("limits", [(0, np.inf), (0, 2), (30, 400), (1, 1.1)])
@pytest.mark.parametrize("law", [SIZES, LogUniform()])
def test_sizes_keep_to_their_limits_and_fill_them(law, limits):
    if law is not SIZES and (limits[0] == 0 or np.isinf(limits[1])):
        limits = (1.0, 50.0)
    flux = np.full(4000, 2e-3)
    size = law.draw(flux, np.full(4000, limits[0]), np.full(4000, limits[1]), _rng())
    assert size.min() >= limits[0] * (1 - 1e-9)
    assert size.max() <= limits[1] * (1 + 1e-9)
    middle = np.quantile(size, 0.3)
    if law is SIZES:
        share = law.fraction(2e-3, limits[0], middle) / law.fraction(2e-3, *limits)
    else:
        share = np.log(middle / limits[0]) / np.log(limits[1] / limits[0])
    assert share == pytest.approx(0.3, abs=0.03)


def test_sizes_far_out_in_the_tail_are_still_drawn():
    """Sources of 1 uJy and 1000 arcsec are one in 10^40."""
    size = SIZES.draw(np.full(1000, 1e-6), np.full(1000, 1000.0), np.full(1000, 2000.0), _rng())
    assert ((size >= 1000) & (size <= 2000)).all()
    assert len(np.unique(size)) == 1000


def test_no_size_where_the_limits_are_none():
    zeros = np.zeros(3)
    np.testing.assert_array_equal(LogUniform().draw(zeros, zeros, zeros, _rng()), zeros)
    np.testing.assert_array_equal(LogUniform().fraction(zeros, 0.0, 0.0), 1)


def _rng():
    return np.random.default_rng(5)
