import re
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sciarada.geometry.naming import distinct_names_of, source_name


def exact_name(ra, dec):
    """Truncate with exact decimals: ra and dec are given as text."""
    ticks = int(Decimal(ra) * 2400)
    arcsec = int(abs(Decimal(dec)) * 3600)
    hours, minutes, seconds = ticks // 36000, ticks // 600 % 60, ticks % 600
    sign = "-" if Decimal(dec) < 0 else "+"
    return (
        f"SCI J{hours:02d}{minutes:02d}{seconds // 10:02d}.{seconds % 10}"
        f"{sign}{arcsec // 3600:02d}{arcsec // 60 % 60:02d}{arcsec % 60:02d}"
    )


@given(
    st.decimals(0, "359.99999", places=5),
    st.decimals(-90, 90, places=5),
)
def test_names_agree_with_exact_arithmetic(ra, dec):
    assert source_name(float(ra), float(dec))[0] == exact_name(ra, dec)


def exact_fine_name(ra, dec, decimals):
    """The same with so many decimals of an arcsecond, and one more of a second."""
    ticks, arcsec = (int(abs(Decimal(v)) * n * 10**decimals) for v, n in ((ra, 2400), (dec, 3600)))
    seconds, part = divmod(ticks, 10 ** (decimals + 1))
    degrees, rest = divmod(arcsec, 10**decimals)
    sign = "-" if Decimal(dec) < 0 else "+"
    return (
        f"SCI J{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}."
        f"{part:0{decimals + 1}d}{sign}{degrees // 3600:02d}{degrees // 60 % 60:02d}"
        f"{degrees % 60:02d}.{rest:0{decimals}d}"
    )


@given(
    st.decimals(0, "359.999999999", places=9),
    st.decimals(-90, 90, places=9),
    st.integers(1, 4),
)
def test_names_of_small_pixels_agree_with_exact_arithmetic(ra, dec, decimals):
    pixel = 10.0**-decimals / 4
    assert source_name(float(ra), float(dec), pixel)[0] == exact_fine_name(ra, dec, decimals)


def test_names_in_a_vlbi_image_have_the_digits_of_its_pixels():
    assert source_name(187.70593075, 12.39112325, 5e-5)[0] == "SCI J123049.42338+122328.0437"


def test_names_that_occur_again_get_their_number():
    assert distinct_names_of([], []).tolist() == []
    made = distinct_names_of(np.array(["a", "a", "b"]), np.array([7, 12, 3])).tolist()
    assert made == ["a#7", "a#12", "b"]


def test_names_are_truncated_not_rounded():
    # 23:59:59.99, -00:00:00.99
    name = source_name(359.99999, -0.99 / 3600)[0]
    assert name == "SCI J235959.9-000000"


def test_a_position_on_a_tick_is_not_moved_to_the_one_before():
    hours = np.arange(24 * 60) / 60
    names = source_name(hours * 15, np.zeros(hours.size))
    wanted = [f"SCI J{n // 60:02d}{n % 60:02d}00.0+000000" for n in range(24 * 60)]
    assert names.tolist() == wanted


def test_other_turns_of_the_circle_and_the_poles():
    assert source_name([-15.0, 375.0, 360.0], [90.0, -90.0, 0.0]).tolist() == [
        "SCI J230000.0+900000",
        "SCI J010000.0-900000",
        "SCI J000000.0+000000",
    ]


def test_a_position_that_is_not_finite_has_no_name():
    assert source_name([np.nan, 1.0, 2.0], [0.0, np.inf, 0.0]).tolist()[:2] == ["", ""]


def test_no_positions_no_names():
    names = source_name([], [])
    assert names.shape == (0,)
    assert names.dtype.kind == "U"


@given(st.lists(st.tuples(st.floats(0, 360), st.floats(-90, 90)), min_size=1, max_size=5))
def test_every_name_has_the_form(positions):
    for name in source_name(*np.transpose(positions)):
        assert re.fullmatch(r"SCI J[0-2]\d[0-5]\d[0-5]\d\.\d[-+]\d\d[0-5]\d[0-5]\d", name)
