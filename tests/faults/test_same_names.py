"""Sources that share a name are kept, each with an identifier of its own."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.reading import read_set
from sciarada.cutouts.sampling.centred import CentredSampler, sample_centred
from sciarada.io.embeddings import read_embeddings
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue, write_catalogue

PLACES = ((60, 70), (130, 140), (60, 150), (150, 50))


@pytest.fixture(scope="module")
def vlbi(tmp_path_factory):
    """Four sources within 10 mas, detected: the folder with image and run."""
    folder = tmp_path_factory.mktemp("vlbi")
    header = fits.Header()
    header["CTYPE1"], header["CTYPE2"], header["BUNIT"] = "RA---SIN", "DEC--SIN", "Jy/beam"
    header["CRVAL1"], header["CRVAL2"] = 187.70593075, 12.39112325
    header["CRPIX1"] = header["CRPIX2"] = 100.5
    header["CDELT1"], header["CDELT2"] = -5e-5 / 3600, 5e-5 / 3600
    header["BMAJ"], header["BMIN"], header["BPA"] = 3e-4 / 3600, 2e-4 / 3600, 30.0
    y, x = np.mgrid[:200, :200]
    data = np.random.default_rng(1).normal(0, 1e-3, (200, 200))
    for x0, y0 in PLACES:
        data += np.exp(-4 * np.log(2) * ((x - x0) ** 2 + (y - y0) ** 2) / 25)
    fits.writeto(folder / "vlbi.fits", data.astype("f4"), header)
    run("detect", folder / "vlbi.fits", "--workers", 1, "--out", folder / "run")
    return folder


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_names_are_as_precise_as_the_pixels(vlbi):
    names = read_catalogue(vlbi / "run" / "catalogue.fits").sources["source_name"].tolist()
    assert len(set(names)) == len(PLACES)
    assert all(name.startswith("SCI J123049.4") and "+122328.0" in name for name in names)


def test_every_source_becomes_a_cutout_and_a_vector(vlbi, tmp_path):
    options = ("--sampler", "centred", "--catalogue", vlbi / "run", "--size", 32)
    run("cutouts", vlbi / "vlbi.fits", *options, "-o", tmp_path / "c.fits")
    assert len(set(read_set(tmp_path / "c.fits").ids.tolist())) == len(PLACES)
    run("embed", vlbi / "run", "-o", tmp_path / "e.fits")
    assert set(read_embeddings(tmp_path / "e.fits").ids) == set(read_set(tmp_path / "c.fits").ids)


@pytest.fixture(scope="module")
def namesakes(vlbi):
    """The same catalogue with names of 0.1 s and 1 arcsec, as an earlier version wrote it."""
    found = read_catalogue(vlbi / "run" / "catalogue.fits")
    return found.with_columns(source_name=["SCI J123049.4+122328"] * len(found))


def test_namesakes_are_told_apart_by_their_numbers(vlbi, namesakes, tmp_path):
    path = tmp_path / "namesakes.fits"
    write_catalogue(namesakes, path)
    expected = [f"SCI J123049.4+122328#{number}" for number in namesakes.sources["source_id"]]
    assert read_set(path).ids.tolist() == expected
    image = read_image(vlbi / "vlbi.fits")
    assert sample_centred(namesakes, image, CentredSampler(size=32)).ids.tolist() == expected
    # A source has the same identifier whether its namesakes are chosen or not.
    brightest = float(np.max(namesakes.sources["snr"]))
    few = sample_centred(namesakes, image, CentredSampler(size=32, min_snr=brightest))
    assert few.ids.tolist() == [expected[int(np.argmax(namesakes.sources["snr"]))]]


def test_what_is_left_out_is_counted(vlbi, namesakes):
    image = read_image(vlbi / "vlbi.fits")
    notes = []
    assert len(sample_centred([namesakes, namesakes], image, CentredSampler(size=32), notes)) == 4
    assert notes == ["left out 4 sources that an earlier catalogue has by the same name"]
    away = namesakes.with_columns(ra=[10.0, *namesakes.sources["ra"][1:]])
    notes = []
    assert len(sample_centred(away, image, CentredSampler(size=32), notes)) == 3
    assert notes == ["left out 1 sources that lie off all images"]


def test_a_set_has_no_identifier_twice(vlbi):
    image = read_image(vlbi / "vlbi.fits")
    ra, dec = [187.70593075] * 2, [12.39112325] * 2
    with pytest.raises(Exception, match="two cutouts have the name a"):
        CutoutSet.from_positions(image, ra, dec, 32, ids=["a", "a"])


def test_columns_of_a_catalogue_are_checked_before_images_are_opened(vlbi, tmp_path):
    for option in (("--label", "kind"), ("--class", "ring")):
        arguments = ["cutouts", "none.fits", "--sampler", "centred", "--catalogue", vlbi / "run"]
        arguments += [*option, "-o", tmp_path / "c.fits"]
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 2
        assert option[1] in result.output
    assert not list(Path(tmp_path).iterdir())
