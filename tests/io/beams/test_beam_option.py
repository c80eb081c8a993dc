"""Beams from the command line."""

import pytest

from sciarada.errors import OptionError
from sciarada.geometry.beam import Beam
from sciarada.io.beams.option import parse_beam


@pytest.mark.parametrize(
    ("text", "beam"),
    [
        ("15,12,30", Beam(15, 12, 30, "option")),
        (" 15, 12 ", Beam(15, 12, 0, "option")),
        ("15", Beam(15, 15, 0, "option")),
        ("15,12,-10", Beam(15, 12, 170, "option")),
    ],
)
def test_beam_option(text, beam):
    assert parse_beam(text) == beam


@pytest.mark.parametrize("text", ["", "x", "12,15", "0", "-1", "nan", "inf", "1,1,1,1", "5,,0"])
def test_wrong_beam_option(text):
    with pytest.raises(OptionError, match=r"such as --beam 15,12,30"):
        parse_beam(text)
