"""Which blank pixels count as a gap of an island, against a slow closing pixel by pixel."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sciarada.measure.bridging import bridges


def closed_slowly(bright: np.ndarray, blank: np.ndarray, reach: float) -> np.ndarray:
    """Return the blank pixels from which no disc without a bright pixel gets away."""
    margin = int(np.ceil(2 * reach)) + 2
    y, x = np.indices(np.array(bright.shape) + 2 * margin) - margin
    lit = np.argwhere(bright)
    far = np.array(
        [
            [
                not len(lit) or np.hypot(*(lit - (r, c)).T).min() > reach
                for r, c in zip(*line, strict=True)
            ]
            for line in zip(y, x, strict=True)
        ]
    )
    centres = np.argwhere(far) - margin
    covered = [
        [np.hypot(*(centres - (r, c)).T).min() > reach for c in range(bright.shape[1])]
        for r in range(bright.shape[0])
    ]
    return np.array(covered) & blank


@given(
    seed=st.integers(0, 999),
    lit=st.floats(0.0, 0.5),
    empty=st.floats(0.0, 0.6),
    reach=st.floats(1.0, 3.5),
)
def test_gaps_are_those_of_a_closing(seed, lit, empty, reach):
    draw = np.random.default_rng(seed)
    blank = draw.random((9, 12)) < empty
    bright = (draw.random((9, 12)) < lit) & ~blank
    found = bridges(bright, blank, reach)
    np.testing.assert_array_equal(found, closed_slowly(bright, blank, reach))


def test_a_gap_is_bridged_up_to_twice_the_reach():
    for width in range(1, 9):
        bright = np.ones((30, 40), bool)
        bright[:, 20 : 20 + width] = False
        blank = ~bright
        assert bridges(bright, blank, 3.0)[15, 20 : 20 + width].all() == (width <= 6)


def test_dark_pixels_are_no_gap():
    bright = np.ones((9, 9), bool)
    bright[4] = False
    assert not bridges(bright, np.zeros((9, 9), bool), 2.0).any()
