"""``sciarada cutouts``: from images, catalogues, folders and sets to sets."""

import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from click.testing import CliRunner
from PIL import Image
from regions import Regions

from sciarada.cli.main import main
from sciarada.cutouts.reading import read_set
from sciarada.geometry.beam import Beam
from sciarada.io.tables import write_catalogue
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image


def invoke(*arguments):
    return CliRunner().invoke(main, ["cutouts", *map(str, arguments)])


def refused(*arguments):
    """Return the sentence of a command that is refused."""
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    (sentence,) = result.stderr.splitlines()
    return sentence.removeprefix("sciarada: ")


@pytest.fixture(scope="module")
def field():
    return simulate_field("emu", size=256, seed=1)


@pytest.fixture(scope="module")
def folder(field, tmp_path_factory):
    """An image, its catalogue, and a folder of pictures."""
    folder = tmp_path_factory.mktemp("inputs")
    write_image(field.image, folder / "field.fits")
    write_catalogue(field.truth, folder / "catalogue.fits")
    rng = np.random.default_rng(4)
    for name in ("a", "b", "c"):
        (folder / "pictures").mkdir(exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 255, (24, 24), "u1"))
        picture.save(folder / "pictures" / f"{name}.png")
    return folder


@pytest.fixture
def here(folder, tmp_path, monkeypatch):
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


RANDOM = ("field.fits", "--sampler", "random", "--size", "32", "--number", "20")


@pytest.mark.parametrize("name", ["set.ecsv", "set.fits", "set.parquet", "set.vot"])
def test_random_places(here, name):
    result = invoke(*RANDOM, "--seed", 5, "--overlap", 0.3, "-o", name)
    assert result.exit_code == 0, result.output
    first, side, products = result.output.splitlines()
    assert first.startswith("20 cutouts; ")
    assert side == "side: 64 arcsec"
    assert products == f"products: {name}, set.reg"
    cutouts = read_set(name)
    assert np.isfinite(cutouts.pixels(npix=32)).mean() > 0.9
    assert len(Regions.read("set.reg", format="ds9")) == 20
    assert cutouts.meta["cutouts"] == {
        "sampler": "random", "number": 20, "size": "32", "min_valid": 0.9, "min_sigma": None,
        "max_overlap": 0.3, "seed": 5, "catalogues": [], "exclude": [], "radius": None,
    }  # fmt: skip
    assert cutouts.meta["data_hash"] == cutouts.data_hash()
    assert cutouts.meta["versions"]["numpy"] == np.__version__


def test_the_size_of_random_places_may_be_an_angle(here):
    random = ("field.fits", "--sampler", "random", "--number", "3")
    assert invoke(*random, "--size", "1arcmin", "-o", "angle.ecsv").exit_code == 0
    sizes = Table.read("angle.ecsv", format="ascii.ecsv")["size"]
    assert sizes.unit == "arcsec"
    assert sizes.tolist() == pytest.approx([60.0] * 3)


def test_sources_of_a_catalogue(here, field):
    options = ("--sampler", "centred", "--catalogue", "catalogue.fits", "--zoom", 3, "--beams", 1.2)
    result = invoke("field.fits", *options, "-o", "set.fits")
    assert result.exit_code == 0, result.output
    cutouts = read_set("set.fits")
    sources = field.truth.sources
    large = sources[(sources["las"] >= 1.2 * sources["beam_maj"]).filled(False)]
    assert set(cutouts.ids) == set(large["source_name"].tolist())
    assert 0 < len(cutouts) < len(sources)


def test_a_run_of_detect_gives_its_catalogue(here):
    (here / "run").mkdir()
    (here / "run" / "catalogue.fits").symlink_to(here / "catalogue.fits")
    options = ("--sampler", "centred", "--catalogue", "run", "--size", "30arcsec")
    assert invoke("field.fits", *options, "-o", "set.ecsv").exit_code == 0
    np.testing.assert_allclose(read_set("set.ecsv").size, 30.0)


def test_images_of_one_name_are_told_apart(here):
    (here / "other").mkdir()
    (here / "other" / "field.fits").symlink_to(here / "field.fits")
    assert invoke("field.fits", "other/field.fits", *RANDOM[1:], "-o", "set.fits").exit_code == 0
    cutouts = read_set("set.fits")
    assert [image.name for image in cutouts.images] == ["field", "field-2"]
    assert len(np.unique(cutouts.image_index)) == 2


def test_images_are_read_again_as_they_were_read(here):
    pixels, header = fits.getdata("field.fits", header=True)
    for key in ("BMAJ", "BMIN", "BPA"):
        del header[key]
    header.update({"CTYPE3": "FREQ", "CRVAL3": 1e9, "CDELT3": 1e6, "CRPIX3": 1.0})
    fits.writeto("cube.fits", np.stack([pixels, pixels * 2]), header)
    reading = ("--plane", "1", "--beam", "20,10,30", "--unit", "mJy/beam")
    assert "--plane" in refused("cube.fits", *RANDOM[1:], "-o", "set.ecsv")
    assert invoke("cube.fits", *RANDOM[1:], *reading, "-o", "set.ecsv").exit_code == 0
    assert invoke("set.ecsv", "-o", "again.parquet").exit_code == 0
    for name in ("set.ecsv", "again.parquet"):
        cutouts = read_set(name)
        (image,) = cutouts.images
        assert (image.beam.major, image.beam.minor) == (20.0, 10.0)
        assert isinstance(image.beam, Beam)
        x, y = np.rint(cutouts.x[0] - 15.5), np.rint(cutouts.y[0] - 15.5)
        if min(x, y) >= 0 and max(x, y) <= 224:
            here_it_is = pixels[int(y) : int(y) + 32, int(x) : int(x) + 32]
            np.testing.assert_allclose(cutouts.pixels([0])[0], here_it_is * 2e-3, rtol=1e-5)


def test_pixels_on_demand(here):
    result = invoke(*RANDOM, "-o", "set.parquet", "--materialise", 16)
    assert result.output.splitlines()[-1] == "products: set.parquet, set.reg, set.zarr"
    stored = read_set("set.zarr")
    np.testing.assert_array_equal(stored.pixels(), read_set("set.parquet").pixels(npix=16))


def test_what_shows_positions_of_others_is_left_out(here):
    assert invoke(*RANDOM, "-o", "test.ecsv", "--number", 3, "--seed", 9).exit_code == 0
    options = ("--exclude", "test.ecsv", "--number", 60, "--overlap", 1)
    result = invoke(*RANDOM, *options, "-o", "train.ecsv")
    assert "that show positions of test.ecsv" in result.output
    test, train = read_set("test.ecsv"), read_set("train.ecsv")
    assert len(train) < 60
    shown = (abs(train.x[:, None] - test.x) < 16) & (abs(train.y[:, None] - test.y) < 16)
    assert not shown.any()
    Table({"RA": test.ra, "DEC": test.dec}).write("test.csv")
    again = invoke("train.ecsv", "--exclude", "test.csv", "--radius", "1", "-o", "again.fits")
    assert f"left out 0 of {len(train)} that show positions of test.csv" in again.output
    assert read_set("again.fits").meta["made_from"]["sampler"] == "random"


def test_a_folder_is_checked_and_gets_positions(here):
    for path in sorted((here / "pictures").iterdir()):
        (here / "set").mkdir(exist_ok=True)
        (here / "set" / path.name).symlink_to(path)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(here / "set" / "empty.png")
    Table({"file": ["a.png", "b.png"], "ra": [10.0, 20.0], "dec": [0.0, 0.0]}).write("about.csv")
    Table({"ra": [20.0], "dec": [0.001]}).write("test.csv")
    result = invoke(
        *("set", "--about", "about.csv", "--exclude", "test.csv", "-o", "set.ecsv"),
        *("--materialise", "12"),
    )
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1:] == [
        "note: left out 1 of 4 files: set/empty.png is blank",
        "note: left out 1 of 3 that show positions of test.csv",
        "note: 1 of 3 have no position and stay",
        "products: set.ecsv, set.zarr",
    ]
    for name in ("set.ecsv", "set.zarr"):
        assert read_set(name).ids.tolist() == ["a", "c"]
        np.testing.assert_array_equal(read_set(name).positions[0], [10.0, np.nan])


def test_several_sets_become_one_store(here):
    invoke(*RANDOM, "-o", "set.fits")
    assert refused("set.fits", "pictures", "-o", "all.fits").startswith("all.fits cannot hold")
    assert refused("set.fits", "pictures", "-o", "all.zarr").startswith("--out all.zarr holds")
    result = invoke("set.fits", "pictures", "-o", "all.zarr", "--materialise", 24)
    assert result.exit_code == 0, result.output
    assert len(read_set("all.zarr")) == 23


def test_nothing_is_replaced_unasked(here):
    (here / "set.zarr").mkdir()
    (here / "set.zarr" / "notes.txt").write_text("mine")
    assert refused(*RANDOM, "-o", "set.ecsv", "--materialise", 8).startswith("set.zarr already")
    assert not (here / "set.ecsv").exists()
    assert invoke(*RANDOM, "-o", "set.ecsv").exit_code == 0
    assert refused(*RANDOM, "-o", "set.ecsv").startswith("set.ecsv exists already")
    assert invoke(*RANDOM, "-o", "set.ecsv", "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("absent.fits", *RANDOM[1:]), "absent.fits cannot be read"),
        (("catalogue.fits", *RANDOM[1:]), "catalogue.fits holds no image"),
        ((*RANDOM, "--size", "big"), "--size 'big' is not a size"),
        ((*RANDOM, "--size", "1000"), "no square of 1000"),
        ((*RANDOM, "--sigma", "1e6"), "no square of 32 in field.fits is valid to 0.9 and has"),
        ((*RANDOM, "--zoom", "3"), "--zoom goes with --sampler centred only"),
        ((*RANDOM, "--about", "t.csv"), "--about goes with a folder of files"),
        ((*RANDOM, "--radius", "3"), "--radius is about what is excluded"),
        ((*RANDOM, "--exclude", "none.csv"), "none.csv cannot be read"),
        ((*RANDOM, "--exclude", "pictures"), "pictures has no positions on the sky"),
        ((*RANDOM, "--exclude", "catalogue.fits", "--radius", "9999"), "every cutout shows"),
        (("field.fits", "--sampler", "centred"), "the centred sampler needs the sources"),
        (
            ("field.fits", "--sampler", "centred", "--catalogue", "catalogue.fits", "--snr", "1e9"),
            "no source of the catalogue(s) is chosen",
        ),
        (("field.fits", "--number", "3"), "--number goes with --sampler random only"),
        (("field.fits", "--size", "3"), "--size goes with images"),
        (("field.fits",), "field.fits"),
        (("absent",), "there is no set absent"),
        (("pictures", "--exclude", "catalogue.fits"), "no cutout has a position"),
        (("pictures", "--about", "catalogue.fits"), "catalogue.fits cannot be used with --about"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(here, arguments, sentence):
    before = sorted(path.name for path in here.iterdir())
    assert refused(*arguments, "-o", "set.ecsv").startswith(sentence)
    assert sorted(path.name for path in here.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("set.txt", "set.txt: there is no format"),
        ("no/set.ecsv", "cannot write no/set.ecsv: there is no folder no"),
    ],
)
def test_an_output_that_cannot_be_made(here, out, sentence):
    assert refused(*RANDOM, "-o", out).startswith(sentence)


def test_the_same_seed_gives_the_same_set(here):
    for name in ("one", "two"):
        assert invoke(*RANDOM, "--seed", 3, "-o", f"{name}.ecsv").exit_code == 0
    assert read_set("one.ecsv").data_hash() == read_set("two.ecsv").data_hash()
    assert (here / "one.reg").read_bytes() == (here / "two.reg").read_bytes()


def test_metadata_is_plain(here):
    invoke(*RANDOM, "-o", "set.fits")
    json.dumps(dict(read_set("set.fits").to_table().meta), allow_nan=False)


def test_a_quiet_run_says_nothing(here):
    assert CliRunner().invoke(main, ["--quiet", "cutouts", *RANDOM, "-o", "set.ecsv"]).output == ""
