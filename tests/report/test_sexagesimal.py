import pytest
from astropy.coordinates import Angle
from hypothesis import given
from hypothesis import strategies as st

from sciarada.report.sexagesimal import (
    DEC_STEPS,
    RA_STEPS,
    format_angle,
    format_dec,
    format_ra,
    round_step,
)

PLAIN = str.maketrans({"ʰ": "h", "ᵐ": "m", "ˢ": "s", "°": "d", "′": "m", "″": "s", "−": "-"})


@given(st.integers(-100_000, 100_000), st.sampled_from(RA_STEPS))
def test_right_ascensions_read_back(number, step):
    degrees = number * step
    read = Angle(format_ra(degrees, step).translate(PLAIN)).degree
    off = (read - degrees + 180.0) % 360.0 - 180.0
    assert abs(off) < 0.01 * step


@given(st.integers(-100_000, 100_000), st.sampled_from(DEC_STEPS))
def test_declinations_read_back(number, step):
    degrees = (number * step + 90.0) % 180.0 // step * step - 90.0 // step * step
    read = Angle(format_dec(degrees, step).translate(PLAIN)).degree
    assert abs(read - degrees) < 0.01 * step


def test_labels_are_as_fine_as_their_step():
    assert format_ra(15.0 * 19.075, 15.0 / 60) == "19ʰ04ᵐ"
    assert format_ra(359.9999999, 15.0) == "00ʰ"
    assert format_dec(-66.5, 0.5) == "−66°30′"
    assert format_dec(0.0, 1.0) == "+00°"
    assert format_dec(-0.5 / 3600, 0.5 / 3600) == "−00°00′00.5″"


@pytest.mark.parametrize("span", [1e-5, 0.013, 0.4, 3.3, 88.0])
@pytest.mark.parametrize("steps", [DEC_STEPS, RA_STEPS])
def test_steps_cut_into_about_the_wanted_number(steps, span):
    assert list(steps) == sorted(steps)
    parts = span / round_step(span, steps, 6.0)
    assert 1.9 < parts <= 6.0 + 1e-9


@pytest.mark.parametrize(
    ("degrees", "text"),
    [(2.0, "2°"), (0.5, "30′"), (5 / 60, "5′"), (20 / 3600, "20″"), (0.0054 / 3600, "0.0054″")],
)
def test_angles_have_their_natural_unit(degrees, text):
    assert format_angle(degrees) == text
