"""Folders of FITS files with several images: which one is read."""

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.cutouts.reading import read_set, write_set
from sciarada.errors import ImageError, OptionError

SKY = {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CUNIT1": "deg", "CUNIT2": "deg",
       "CRPIX1": 8.5, "CRPIX2": 8.5, "CDELT1": -1e-3, "CDELT2": 1e-3,
       "BUNIT": "Jy/beam"}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two files, each with two skies and an array without WCS."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    spot = np.zeros((16, 16), "f4")
    spot[0, 3] = 1
    for number, name in enumerate("ab"):
        images = [
            fits.ImageHDU(spot + 10 * version + number,
                          fits.Header({**SKY, "CRVAL1": 10.0 * version, "CRVAL2": 0.0}),
                          name="SCI", ver=version)
            for version in (1, 2)
        ]  # fmt: skip
        plain = fits.ImageHDU(spot + 30 + number, name="PLAIN")
        fits.HDUList([fits.PrimaryHDU(), *images, plain]).writeto(folder / f"{name}.fits")
    return folder


def levels(source) -> list[float]:
    return source.pixels()[:, 5, 5].tolist()


@pytest.mark.parametrize(
    ("hdu", "expected"),
    [("SCI,1", [10, 11]), ("sci,2", [20, 21]), ("2", [20, 21]), ("3", [30, 31])],
)
def test_an_hdu_is_chosen_by_number_or_name(folder, hdu, expected):
    assert levels(read_set(folder, hdu)) == expected
    assert levels(read_set(f"{folder}[{hdu}]")) == expected


def test_positions_are_those_of_the_hdu(folder):
    np.testing.assert_allclose(read_set(folder, "SCI,2").positions[0], 20.0)
    assert read_set(folder, "1").data_hash() != read_set(folder, "2").data_hash()


@pytest.mark.parametrize("suffix", ["fits", "vot", "ecsv", "parquet"])
def test_a_table_of_the_files_keeps_the_hdu(folder, tmp_path, suffix):
    write_set(read_set(folder, "SCI,2"), tmp_path / f"set.{suffix}")
    again = read_set(tmp_path / f"set.{suffix}")
    assert levels(again[[1]]) == [21]


def test_what_is_no_hdu_is_refused(folder, tmp_path):
    with pytest.raises(ImageError, match="ABC"):
        read_set(folder, "ABC").pixels()
    write_set(read_set(folder, "1"), tmp_path / "set.fits")
    with pytest.raises(OptionError, match="--hdu 2 is about a folder of FITS files"):
        read_set(tmp_path / "set.fits", "2")
    with pytest.raises(OptionError, match="give one of them"):
        read_set(f"{folder}[1]", "2")


def test_cutouts_takes_the_option_for_a_folder(folder, tmp_path):
    words = ["cutouts", str(folder), "--hdu", "SCI,2", "-o", str(tmp_path / "set.ecsv")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    assert levels(read_set(tmp_path / "set.ecsv")) == [20, 21]
