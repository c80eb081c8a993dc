"""Units however they are spelt."""

import pytest
from astropy import units as u
from hypothesis import given
from hypothesis import strategies as st

from sciarada.geometry.beam import Beam
from sciarada.io.header_unit import factor_to_jy_per_beam, parse_unit

SCALES = {"": 1.0, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "µ": 1e-6, "micro": 1e-6, "n": 1e-9}
PATTERNS = [
    "{jy}/{beam}", "{jy} / {beam}", "{jy}/({beam})", "{jy} per {beam}",
    "{jy} {beam}-1", "{jy} {beam}^-1", "{jy}.{beam}-1", "{jy}*{beam}**-1", "{jy} {beam}^(-1)",
    "{beam}-1 {jy}", "{beam}^-1 {jy}", "{beam}^(-1).{jy}",
]  # fmt: skip


@given(
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(["Jy", "JY", "jy", "Jansky"]),
    st.sampled_from(["beam", "BEAM", "Beam", "bm", "BM"]),
    st.sampled_from(PATTERNS),
    st.booleans(),
)
def test_jy_per_beam_in_any_spelling(prefix, jansky, beam, pattern, upper):
    text = pattern.format(jy=prefix + jansky, beam=beam)
    unit = parse_unit(text.upper() if upper else f"  {text} ")
    assert factor_to_jy_per_beam(unit, None, 1.0, None) == pytest.approx(SCALES[prefix])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("K", u.K), ("KELVIN", u.K), ("mK", u.mK), ("Jy/pixel", u.Jy / u.pix),
        ("JY/PIXEL", u.Jy / u.pix), ("MJy/sr", u.MJy / u.sr), ("JY/SR", u.Jy / u.sr),
        ("1e-3 Jy/beam", u.mJy / u.beam),
    ],
)  # fmt: skip
def test_other_surface_brightnesses(text, unit):
    assert (1 * parse_unit(text)).to_value(unit) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text", ["counts!", "per", "JY/BEAM.KM/S", "no unit at all", "/", "^", "("]
)
def test_text_without_a_unit(text):
    assert parse_unit(text) is None


@given(st.text(max_size=12))
def test_any_text_is_a_unit_or_none(text):
    unit = parse_unit(text)
    assert unit is None or isinstance(unit, u.UnitBase)


@pytest.mark.parametrize(
    "unit", [None, u.Jy, u.m, u.dimensionless_unscaled, u.Jy / u.beam * u.km / u.s]
)
def test_what_is_no_surface_brightness(unit):
    with pytest.raises(ValueError, match=r"not a surface brightness: .* --unit Jy/beam"):
        factor_to_jy_per_beam(unit, Beam(10.0, 10.0), 1.0, 1e9)


@pytest.mark.parametrize("unit", [u.K, u.Jy / u.pix, u.MJy / u.sr])
def test_what_needs_a_beam(unit):
    with pytest.raises(ValueError, match="needs a beam"):
        factor_to_jy_per_beam(unit, None, 1.0, 1e9)


def test_temperature_needs_a_frequency():
    with pytest.raises(ValueError, match="needs a frequency"):
        factor_to_jy_per_beam(u.K, Beam(10.0, 10.0), 1.0, None)


def test_a_beam_full_of_jy_per_pixel():
    beam = Beam(10.0, 6.0)
    assert factor_to_jy_per_beam(u.mJy / u.pix, beam, 4.0, None) == pytest.approx(
        1e-3 * beam.area / 4.0
    )
