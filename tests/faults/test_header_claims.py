"""Headers that claim more than their file holds, or that are damaged: one sentence, no waiting."""

import time

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from benchmarks.fuzz.header_edits import OF_HEADERS
from benchmarks.fuzz.header_samples import WRITERS, write_compressed, write_plain
from benchmarks.fuzz.judging import LIBRARY_WORDS
from sciarada.cli.main import main
from sciarada.errors import SciaradaError
from sciarada.io.fits_image import read_image


def changed(path, key, value, number=0):
    """Write a value over a card of the file's n-th header that has it."""
    data = bytearray(path.read_bytes())
    place = -1
    for _ in range(number + 1):
        place = data.index(f"{key:<8}=".encode(), place + 1)
    data[place : place + 80] = f"{key:<8}= {value:>20}".ljust(80).encode()
    path.write_bytes(data)


def refusal(path):
    began = time.process_time()
    result = CliRunner().invoke(main, ["info", str(path)])
    assert result.exit_code == 2, result.output
    assert result.output.count("\n") == 1
    assert str(path) in result.output
    assert not LIBRARY_WORDS.search(result.output)
    assert time.process_time() - began < 2.0
    return result.output


@pytest.mark.parametrize("key", ["NAXIS1", "NAXIS2"])
@pytest.mark.parametrize("value", [2**31, 2**32, 2**62, 2**63, 10**19])
def test_huge_axes(tmp_path, key, value):
    path = tmp_path / "image.fits"
    write_plain(path)
    changed(path, key, value)
    assert "is truncated: its header promises" in refusal(path)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("NAXIS", 999, "no NAXIS3"),
        ("NAXIS", 10**12, "0 to 999 axes are allowed"),
        ("NAXIS", -2, "0 to 999 axes are allowed"),
        ("NAXIS1", -50, "NAXIS1 = -50, which is not a length"),
        ("BITPIX", 17, "BITPIX = 17, which is not a type of pixel"),
        ("BITPIX", "'x'", "which is not a whole number"),
    ],
)
def test_absurd_structure(tmp_path, key, value, reason):
    path = tmp_path / "image.fits"
    write_plain(path)
    changed(path, key, value)
    assert reason in refusal(path)


@pytest.mark.parametrize(
    ("cards", "reason"),
    [
        ({"ZNAXIS1": 2**31}, "tiles, where an image of"),
        ({"ZNAXIS2": 2**40}, "tiles, where an image of"),
        ({"ZTILE1": 2**40, "ZNAXIS1": 2**40}, "promises an image or tiles of"),
        ({"TFIELDS": 10**9}, "a table has 0 to 999 columns"),
        ({"PCOUNT": 2**40}, "is truncated"),
    ],
)
def test_tiles_that_claim_too_much(tmp_path, cards, reason):
    path = tmp_path / "image.fits"
    write_compressed(path)
    for key, value in cards.items():
        changed(path, key, value)
    assert reason in refusal(path)


def test_a_header_without_end_and_one_of_100_mb(tmp_path):
    path = tmp_path / "image.fits"
    write_plain(path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"END" + b" " * 77, b" " * 80))
    assert "no END of its header" in refusal(path)
    path.write_bytes(data[:2880].replace(b"END" + b" " * 77, b" " * 80) + b" " * (2880 * 36_000))
    assert "more than 72000 cards" in refusal(path)


def test_bytes_after_the_last_hdu_are_ignored_with_a_note(tmp_path):
    path = tmp_path / "image.fits"
    write_plain(path)
    size = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(b"XTENSIOM" * 3000)
    note = f"The last {24_000} bytes of the file are no HDU and are ignored."
    assert note in read_image(path).notes
    assert path.stat().st_size == size + 24_000


@pytest.mark.parametrize("write", WRITERS)
def test_damaged_headers_are_read_or_refused_in_words(tmp_path, write):
    """A small part of the campaign in benchmarks/fuzz."""
    path = tmp_path / "image.fits"
    write(path)
    sound = path.read_bytes()
    with fits.open(path) as hdus:
        plane = 1 if any(len(hdu.shape) > 2 for hdu in hdus if hdu.is_image) else None
    for seed in range(24):
        path.write_bytes(sound)
        random = np.random.default_rng(seed)
        for _ in range(2):
            OF_HEADERS[int(random.integers(len(OF_HEADERS)))](path, random)
        refused = ""
        try:
            read_image(path, plane=plane).read()
        except SciaradaError as error:
            refused = str(error)
        assert not refused or "image.fits" in refused, seed
        assert not LIBRARY_WORDS.search(refused), seed
