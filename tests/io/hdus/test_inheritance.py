"""Which keywords an extension inherits: FITS 4.0, section 4.4.2.6 and appendix K."""

import pytest
from astropy.io import fits

from sciarada.io.hdus.inheritance import effective_header


def primary(**cards):
    return fits.Header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), *cards.items()])


def extension(**cards):
    return fits.Header([("XTENSION", "IMAGE"), ("BITPIX", -32), ("NAXIS", 2), *cards.items()])


def test_keywords_of_the_primary_are_added_after_the_extension_s_own():
    merged, notes = effective_header(
        extension(INHERIT=True, BUNIT="mJy/beam"),
        primary(BUNIT="Jy/beam", BMAJ=0.1, EQUINOX=1950.0),
    )
    assert (merged["BUNIT"], merged["BMAJ"], merged["EQUINOX"]) == ("mJy/beam", 0.1, 1950.0)
    assert (merged["BITPIX"], merged["NAXIS"]) == (-32, 2)
    assert "SIMPLE" not in merged
    assert notes == []


@pytest.mark.parametrize("inherit", [None, False, "T", 1])
def test_without_inherit_nothing_is_inherited(inherit):
    cards = {} if inherit is None else {"INHERIT": inherit}
    merged, notes = effective_header(extension(**cards), primary(BMAJ=0.1))
    assert "BMAJ" not in merged
    assert notes == []


def test_a_primary_with_data_passes_nothing_on():
    header = primary(BMAJ=0.1)
    header["NAXIS"] = 2
    merged, notes = effective_header(extension(INHERIT=True), header)
    assert "BMAJ" not in merged
    assert notes == ["INHERIT is T, but the primary HDU holds data; nothing is inherited."]


def test_comments_history_and_structure_are_never_inherited():
    header = primary(EXTNAME="FIRST", BZERO=32768.0, CHECKSUM="x", OBJECT="M 82")
    header["HISTORY"] = "AIPS CLEAN BMAJ= 0.1 BMIN= 0.1 BPA= 0.0"
    header["COMMENT"] = "of the primary"
    header[""] = "blank"
    merged, _ = effective_header(extension(INHERIT=True), header)
    assert set(merged) - {"XTENSION", "BITPIX", "NAXIS", "INHERIT"} == {"OBJECT"}


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ({"CLEANBMJ": 0.1}, {"BMAJ": 0.2}),
        ({"EPOCH": 1950.0}, {"EQUINOX": 2000.0}),
        ({"RADECSYS": "FK4"}, {"RADESYS": "ICRS"}),
        ({"RESTFREQ": 1e9}, {"RESTFRQ": 2e9}),
        ({"CDELT1": 1.0}, {"CD1_1": 2.0, "CD1_2": 0.0}),
        ({"PC1_1": 1.0}, {"CD001001": 2.0}),
        ({"CD1_1": 1.0}, {"CDELT1": 2.0, "CROTA2": 3.0, "PC1_2": 4.0}),
    ],
)
def test_another_spelling_of_what_the_extension_says_is_not_inherited(own, other):
    merged, _ = effective_header(extension(INHERIT=True, **own), primary(**other, OBJECT="M 82"))
    assert not set(other) & set(merged)
    assert "OBJECT" in merged


def test_a_matrix_is_completed_in_its_own_spelling():
    merged, _ = effective_header(
        extension(INHERIT=True, PC1_2=0.5), primary(CDELT1=2.0, CDELT2=3.0, PC2_1=-0.5)
    )
    assert (merged["CDELT1"], merged["PC2_1"]) == (2.0, -0.5)
