import pytest
from astropy import units as u

from sciarada.cutouts.sampling.sizes import parse_side
from sciarada.errors import OptionError


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("256", 256), ("64px", 64), ("2arcmin", 2 * u.arcmin), ("90 arcsec", 90 * u.arcsec),
        (".05deg", 0.05 * u.deg), ("1.5ARCMIN", 1.5 * u.arcmin),
    ],
)  # fmt: skip
def test_pixels_and_angles(text, side):
    assert parse_side(text) == side


@pytest.mark.parametrize("text", ["", "0", "2.5", "-3", "2 Jy", "0arcmin", "arcmin", "1e3", "nan"])
def test_anything_else_is_one_sentence(text):
    with pytest.raises(OptionError, match=r"--size .* is not a size: give whole pixels"):
        parse_side(text)
