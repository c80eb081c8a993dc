import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.cutouts.sampling.spacing import Spacing


def taken_by_hand(places, side, most):
    """Compare each square with all that were taken before."""
    taken = []
    for number, (x, y) in enumerate(places):
        overlaps = [
            max(0, side - abs(x - places[i][0])) * max(0, side - abs(y - places[i][1])) / side**2
            for i in taken
        ]
        if all(overlap <= most for overlap in overlaps):
            taken.append(number)
    return taken


@given(
    places=st.lists(st.tuples(st.integers(-40, 60), st.integers(-40, 60)), max_size=60),
    side=st.integers(1, 32),
    most=st.sampled_from([0.0, 0.25, 0.5, 0.75, 0.96875]),
)
def test_squares_are_taken_as_a_comparison_of_all_pairs_takes_them(places, side, most):
    x, y = np.array(places, float).reshape(-1, 2).T
    spacing = Spacing(side, most)
    half = len(x) // 2
    first = spacing.take(x[:half], y[:half], 100)
    second = spacing.take(x[half:], y[half:], 100)
    assert [*first, *(second + half)] == taken_by_hand(places, side, most)


@pytest.mark.parametrize("most", [0.5, 1.0])
def test_no_more_than_wanted(most):
    spacing = Spacing(10, most)
    assert spacing.take(np.arange(5) * 100.0, np.zeros(5), 3).tolist() == [0, 1, 2]
    assert spacing.take(np.zeros(2), np.full(2, 900.0), 0).tolist() == []
