"""How an HDU is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciarada.errors import OptionError
from sciarada.io.hdus.selector import HduSelector, chosen_hdu, parse_hdu, split_hdu


@pytest.mark.parametrize(
    ("given", "selector"),
    [
        (2, HduSelector(2)),
        ("2", HduSelector(2)),
        (" 0 ", HduSelector(0)),
        ("SCI", HduSelector(name="SCI")),
        ("sci,2", HduSelector(name="SCI", version=2)),
        ("SCI, 2", HduSelector(name="SCI", version=2)),
        (("SCI", 2), HduSelector(name="SCI", version=2)),
        ("primary beam", HduSelector(name="PRIMARY BEAM")),
        ("A,B", HduSelector(name="A,B")),
    ],
)
def test_spellings(given, selector):
    assert parse_hdu(given) == selector


@pytest.mark.parametrize("text", ["", " ", "-1", "1.5", "1e3", "nan", -1, 10**12])
def test_what_is_no_hdu(text):
    with pytest.raises(OptionError, match=r"such as --hdu 1, --hdu SCI or --hdu SCI,2"):
        parse_hdu(text)


@given(st.text("ABC _-,0123456789", min_size=1).map(str.strip).filter(bool))
def test_what_is_shown_is_understood_again(text):
    try:
        selector = parse_hdu(text)
    except OptionError:
        return
    assert parse_hdu(str(selector)) == selector


def test_brackets_name_an_hdu_of_a_file_that_is_there(tmp_path):
    path = tmp_path / "image.fits"
    path.touch()
    assert split_hdu(path) == (path, None)
    assert split_hdu(f"{path}[SCI,2]") == (path, HduSelector(name="SCI", version=2))
    assert split_hdu(f"{path}[1]") == (path, HduSelector(1))
    absent = tmp_path / "absent.fits[SCI]"
    assert split_hdu(absent) == (absent, None)


def test_a_file_of_that_very_name_comes_first(tmp_path):
    plain, bracketed = tmp_path / "image.fits", tmp_path / "image.fits[SCI]"
    plain.touch()
    bracketed.touch()
    assert split_hdu(bracketed) == (bracketed, None)
    assert split_hdu(f"{bracketed}[1]") == (bracketed, HduSelector(1))


def test_brackets_and_option_agree(tmp_path):
    path = tmp_path / "image.fits"
    path.touch()
    assert chosen_hdu(f"{path}[SCI]", "sci") == (path, HduSelector(name="SCI"))
    assert chosen_hdu(path, 3) == (Path(path), HduSelector(3))
    with pytest.raises(OptionError, match=r"names HDU SCI, but --hdu 3: give one of them"):
        chosen_hdu(f"{path}[SCI]", 3)
