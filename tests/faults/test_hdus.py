"""Which HDU is read, what it inherits, and that all who read the image again know it."""

import json

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.core.read_with import ReadWith
from sciarada.cutouts.reading import read_set
from sciarada.cutouts.table_files import read_cutouts
from sciarada.errors import ImageError
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_again, read_image
from sciarada.tabular.plain_values import plain_value

SKY = {
    "CTYPE1": "RA---SIN", "CRVAL1": 150.0, "CRPIX1": 100.5, "CDELT1": -2 / 3600, "CUNIT1": "deg",
    "CTYPE2": "DEC--SIN", "CRVAL2": -30.0, "CRPIX2": 100.5, "CDELT2": 2 / 3600, "CUNIT2": "deg",
}  # fmt: skip
FACTS = {"BUNIT": "mJy/beam", "BMAJ": 12 / 3600, "BMIN": 8 / 3600, "BPA": 30.0, "RESTFRQ": 1.4e9}


def source(peak=1.0):
    """A point source of a peak, drawn with the beam, and noise."""
    y, x = np.mgrid[:200, :200] - 99.5
    angle = np.radians(120.0)
    u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    noise = np.random.default_rng(1).normal(0, 1e-4, (200, 200))
    return (peak * 2.0 ** (-((2 * u / 6) ** 2) - (2 * v / 4) ** 2) + noise).astype("f4")


def header(**cards):
    return fits.Header({**SKY, **cards})


@pytest.fixture
def write(tmp_path):
    def write(*hdus, name="image.fits"):
        path = tmp_path / name
        fits.HDUList(list(hdus)).writeto(path)
        return path

    return write


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("make", [fits.ImageHDU, fits.CompImageHDU])
def test_an_extension_inherits_unit_beam_and_frequency(write, tmp_path, make):
    primary = fits.PrimaryHDU(header=fits.Header(FACTS))
    extra = {"quantize_level": -1e-5} if make is fits.CompImageHDU else {}
    path = write(primary, make(source(), header(INHERIT=True), name="SCI", **extra))
    out = tmp_path / "out"
    run("detect", path, "--out", out, "--workers", 1)
    row = fits.getdata(out / "catalogue.fits", "SOURCES")[0]
    assert row["total_flux"] == pytest.approx(1e-3, rel=0.02)
    assert (row["beam_maj"], row["beam_min"], row["freq"]) == pytest.approx((12.0, 8.0, 1.4e9))


@pytest.mark.parametrize("inherit", [{}, {"INHERIT": False}])
def test_without_inherit_nothing_is_taken_from_the_primary(write, inherit):
    primary = fits.PrimaryHDU(header=fits.Header(FACTS))
    image = read_image(write(primary, fits.ImageHDU(source(), header(**inherit))))
    assert (image.beam, image.frequency) == (None, None)
    assert any("BUNIT is missing" in note for note in image.notes)


def test_a_primary_with_data_passes_nothing_on(write):
    primary = fits.PrimaryHDU(np.ones((3, 3), "f4"), fits.Header(FACTS))
    image = read_image(write(primary, fits.ImageHDU(source(), header(INHERIT=True))))
    assert image.beam is None
    assert any("nothing is inherited" in note for note in image.notes)


def test_the_celestial_axes_may_be_inherited(write):
    primary = fits.PrimaryHDU(header=header(RADESYS="FK4", EQUINOX=1950.0))
    image = read_image(write(primary, fits.ImageHDU(source(), fits.Header({"INHERIT": True}))))
    assert image.wcs.wcs.radesys == "FK4"
    assert image.frame.name == "fk4"


@pytest.fixture
def several(write):
    """A weight map before two images, and a mask of a mean name."""
    everything = {**SKY, **FACTS}
    return write(
        fits.PrimaryHDU(),
        fits.ImageHDU(np.ones((200, 200), "f4"), fits.Header(everything), name="WEIGHT"),
        fits.ImageHDU(source(), fits.Header(everything), name="SCI"),
        fits.ImageHDU(2 * source(), fits.Header(everything), name="SCI", ver=2),
        fits.ImageHDU(np.ones((200, 200), "i2"), header(), name="EXTRA"),
        fits.BinTableHDU.from_columns([fits.Column("A", "D", array=[1.0])], name="LIST"),
    )


def test_the_first_image_that_is_no_weight_map_is_read_and_the_others_are_named(several):
    image = read_image(several)
    assert image.read_with == ReadWith(hdu=2)
    assert image.notes == (
        "HDU 2 (SCI) is read, and not HDU 1 (WEIGHT), a weight map; choose another one with --hdu.",
        "HDU 2 (SCI) is read; further image: HDU 3 (SCI,2); choose another one with --hdu.",
    )


@pytest.mark.parametrize(
    ("name", "number"), [("SCI", 2), ("sci,2", 3), ("1", 1), ("EXTRA", 4), ("WEIGHT", 1)]
)
def test_an_hdu_is_chosen_in_brackets_or_by_option(several, name, number):
    for arguments in ([f"{several}[{name}]"], [several, "--hdu", name]):
        facts = json.loads(run("info", "--json", "--header-only", *arguments).stdout)
        assert facts["hdu"].startswith(f"{number} (")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SCI,3", "has no HDU SCI,3"),
        ("9", "has no HDU 9"),
        ("0", "has no image in HDU 0"),
        ("LIST", r"has no image in HDU 5 \(LIST\)"),
    ],
)
def test_a_wrong_choice_lists_the_right_ones(several, name, reason):
    choices = r"1 \(WEIGHT\), 2 \(SCI\), 3 \(SCI,2\), 4 \(EXTRA\)"
    with pytest.raises(ImageError, match=f"{reason}: choose one of {choices} with --hdu"):
        read_image(several, hdu=name)


def test_a_lone_weight_map_is_read_with_a_note(write):
    path = write(fits.PrimaryHDU(), fits.ImageHDU(source(), header(**FACTS), name="WEIGHT"))
    assert read_image(path).notes == (
        "HDU 1 (WEIGHT) looks like a weight map; no other image is in the file.",
    )


def test_a_file_whose_name_ends_in_brackets_opens(write):
    path = write(fits.PrimaryHDU(source(), header(**FACTS)), name="image[1].fits[SCI]")
    assert read_image(path).name == "image[1].fits[SCI]"
    assert json.loads(run("info", "--json", path).stdout)["hdu"] == "0 (PRIMARY)"


def test_read_again_gives_the_same_image(several):
    image = read_image(
        f"{several}[SCI,2]", beam=Beam(15, 12, 3), unit="Jy/beam", blank_zero_border=False
    )
    recorded = json.loads(json.dumps(image.read_with.record()))
    again = read_again(image.path, plain_value(recorded, ReadWith, "read_with"))
    np.testing.assert_array_equal(again.read(), image.read())
    assert (again.beam, again.read_with) == (image.beam, image.read_with)


def test_cutouts_and_catalogues_find_their_hdu_again(several, tmp_path):
    table, out = tmp_path / "set.ecsv", tmp_path / "out"
    run("cutouts", f"{several}[SCI]", f"{several}[SCI,2]", "-o", table, "--sampler", "random",
        "--number", 4, "--size", 32)  # fmt: skip
    images = read_cutouts(table).images
    assert [image.read_with.hdu for image in images] == [2, 3]
    run("detect", several, "--hdu", 3, "--out", out, "--workers", 1)
    sources = read_set(out)
    assert sources.images[0].read_with == ReadWith(hdu=3)
    assert json.loads((out / "run.json").read_text())["inputs"][0]["read_with"] == {"hdu": 3}
    np.testing.assert_allclose(np.nanmax(sources.images[0].read()), 2e-3, rtol=0.05)


def test_sources_go_into_the_hdu_that_was_chosen(several, tmp_path):
    run("simulate", "--out", tmp_path / "out", "--into", several, "--hdu", "SCI,2", "--number", 2,
        "--workers", 1)  # fmt: skip
    new = read_image(tmp_path / "out" / "image.fits")
    assert np.nanmax(new.read()) >= 1.9e-3
