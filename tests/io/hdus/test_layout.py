"""The walk through the headers of a file, against astropy and against damaged files."""

import time
import tracemalloc

import numpy as np
import pytest
from astropy.io import fits

from sciarada.io.hdus.layout import read_layout

CARDS = (
    "SIMPLE  =                    T|BITPIX  =                  -32|NAXIS   =                    2"
)


def layout_of(path):
    with path.open("rb") as stream:
        return read_layout(stream)


def header_file(tmp_path, cards, data=2880, end=True):
    """Write cards, given as text, and some bytes of data."""
    text = "".join(card.ljust(80) for card in (*cards, *(["END"] if end else [])))
    path = tmp_path / "image.fits"
    path.write_bytes(text.ljust(-(-len(text) // 2880) * 2880).encode() + bytes(data))
    return path


def primary(**changes):
    values = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": 20, "NAXIS2": 30, **changes}
    return [f"{key:<8}= {value!s:>20}" for key, value in values.items() if value is not None]


def test_places_are_those_of_astropy(tmp_path):
    path = tmp_path / "many.fits"
    image = np.random.default_rng(1).normal(size=(40, 50)).astype("f4")
    table = fits.BinTableHDU.from_columns([fits.Column("A", "PD()", array=[[1.0, 2.0], [3.0]])])
    fits.HDUList(
        [
            fits.PrimaryHDU(image),
            fits.ImageHDU(image.astype("i2"), name="SCI"),
            table,
            fits.ImageHDU(name="EMPTY"),
            fits.CompImageHDU(image, name="PACKED"),
            fits.ImageHDU(np.zeros((2, 3, 4)), name="SCI", ver=2),
        ]
    ).writeto(path)
    layout = layout_of(path)
    assert layout.fault == ""
    with fits.open(path, disable_image_compression=True) as hdus:
        assert [hdu.start for hdu in layout.hdus] == [hdu.fileinfo()["datLoc"] for hdu in hdus]
        assert [hdu.header.data_size for hdu in layout.hdus] == [hdu.size for hdu in hdus]
        assert [hdu.version for hdu in layout.hdus] == [hdu.ver for hdu in hdus]
    assert [hdu.label for hdu in layout.hdus] == [
        "0", "1 (SCI)", "2", "3 (EMPTY)", "4 (PACKED)", "5 (SCI,2)",
    ]  # fmt: skip
    assert [hdu.has_pixels for hdu in layout.hdus] == [True, True, False, False, True, True]
    assert layout.hdus[4].lengths == (50, 40)


def test_bytes_that_are_missing(tmp_path):
    path = header_file(tmp_path, primary(NAXIS1=1000, NAXIS2=1000), data=0)
    assert [hdu.missing for hdu in layout_of(path).hdus] == [4_000_000]
    path = header_file(tmp_path, primary(), data=20 * 30 * 4)  # the last block may lack its end
    assert [hdu.missing for hdu in layout_of(path).hdus] == [0]


@pytest.mark.parametrize(
    ("cards", "fault"),
    [
        (primary(BITPIX=7), "BITPIX = 7, which is not a type of pixel"),
        (primary(BITPIX=None), "no BITPIX"),
        (primary(BITPIX="x"), "BITPIX = x, which is not a whole number"),
        (primary(NAXIS=-1), "NAXIS = -1, but 0 to 999 axes are allowed"),
        (primary(NAXIS=10**9), "NAXIS = 1000000000, but 0 to 999"),
        (primary(NAXIS=999), "no NAXIS3"),
        (primary(NAXIS2=None), "no NAXIS2"),
        (primary(NAXIS2=-5), "NAXIS2 = -5, which is not a length"),
        (primary(NAXIS2=1.5), "NAXIS2 = 1.5, which is not a whole number"),
        (primary(PCOUNT=-1), "PCOUNT = -1 and GCOUNT = 1"),
        (primary(TFIELDS=10**9), "TFIELDS = 1000000000"),
    ],
)
def test_damaged_cards(tmp_path, cards, fault):
    layout = layout_of(header_file(tmp_path, cards))
    assert layout.hdus == ()
    assert layout.fault.startswith(f"HDU 0 has {fault}")


@pytest.mark.parametrize("key", ["NAXIS1", "PCOUNT", "GCOUNT"])
@pytest.mark.parametrize("claim", [2**31, 2**63, 10**18])
def test_absurd_claims_are_counted_not_believed(tmp_path, key, claim):
    layout = layout_of(header_file(tmp_path, primary(**{key: claim})))
    assert len(layout.hdus) == 1
    assert layout.hdus[0].missing > claim - 10_000


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ZNAXIS1": 2**31}, r"5 tiles, where an image of 2147483648 x 5 pixels needs"),
        ({"ZNAXIS2": 2**40}, "5 tiles, where"),
        ({"ZTILE2": 2**40}, "5 tiles, where"),
        ({"ZTILE1": 0}, "tiles of 0 x 1 pixels"),
        ({"ZNAXIS": 3}, "no ZNAXIS3"),
        ({"ZBITPIX": 7}, "ZBITPIX = 7, which is not a type of pixel"),
    ],
)
def test_tiles_that_cannot_make_up_their_image(tmp_path, changes, fault):
    path = tmp_path / "packed.fits"
    fits.CompImageHDU(np.ones((5, 40), "f4")).writeto(path)
    with fits.open(path, "update", disable_image_compression=True) as hdus:
        for key, value in {"ZTILE1": 40, "ZTILE2": 1, **changes}.items():
            hdus[1].header[key] = value
    layout = layout_of(path)
    assert len(layout.hdus) == 1
    assert fault in layout.fault


@pytest.mark.parametrize("cards", [[], [f"COMMENT {i}" for i in range(1_300_000)]])
def test_headers_without_an_end_cost_nothing(tmp_path, cards):
    path = header_file(tmp_path, [*primary(), *cards], end=False)
    began = time.process_time()
    layout = layout_of(path)
    assert time.process_time() - began < 2.0
    assert layout.hdus == ()
    assert "END" in layout.fault
    tracemalloc.start()
    layout_of(path)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert memory < 1 << 20


def test_what_follows_the_last_hdu_is_no_hdu(tmp_path):
    path = header_file(tmp_path, primary(), data=2880 + 2880)
    with path.open("ab") as stream:
        stream.write(b"\0" * 5000)
    layout = layout_of(path)
    assert (len(layout.hdus), layout.fault) == (1, "")


def test_an_hdu_behind_a_damaged_one_is_not_looked_for(tmp_path):
    path = tmp_path / "many.fits"
    fits.HDUList([fits.PrimaryHDU(np.ones((4, 4))), fits.ImageHDU(np.ones((4, 4)))]).writeto(path)
    content = path.read_bytes()
    second = content.index(b"XTENSION")
    path.write_bytes(content[:second] + content[second:].replace(b" -64", b"  99", 1))
    layout = layout_of(path)
    assert len(layout.hdus) == 1
    assert layout.fault == "HDU 1 has BITPIX = 99, which is not a type of pixel"
