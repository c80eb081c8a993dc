"""The beam: its solid angle by summing up the picture of it, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.geometry.beam import FWHM_PER_SIGMA, Beam


def test_area_is_the_integral_of_the_beam():
    beam = Beam(14.0, 9.0, 30.0)
    step = 0.5
    along, across = np.mgrid[-40:40:step, -40:40:step]
    profile = 2.0 ** (-((2 * along / beam.major) ** 2) - (2 * across / beam.minor) ** 2)
    assert beam.area == pytest.approx(profile.sum() * step**2, rel=1e-9)
    assert beam.area_in_pixels(4.0) == pytest.approx(beam.area / 4.0)


def test_fwhm_per_sigma_halves_the_gaussian():
    assert math.exp(-0.5 * (FWHM_PER_SIGMA / 2) ** 2) == pytest.approx(0.5)


@given(st.floats(-1e4, 1e4))
def test_the_position_angle_is_folded_into_half_a_turn(pa):
    folded = Beam(2.0, 1.0, pa).pa
    assert 0 <= folded < 180
    turned = math.radians(2 * (folded - pa))
    assert math.cos(turned) == pytest.approx(1)


@pytest.mark.parametrize(
    "numbers",
    [
        (1, 2, 0),
        (0, 0, 0),
        (2, -1, 0),
        (math.nan, 1, 0),
        (2, math.nan, 0),
        (math.inf, 1, 0),
        (2, 1, math.nan),
        (2, 1, math.inf),
    ],
)
def test_numbers_that_make_no_beam_are_refused(numbers):
    with pytest.raises(ValueError, match="a beam needs"):
        Beam(*numbers)
