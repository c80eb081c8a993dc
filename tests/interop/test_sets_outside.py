"""What ``sciarada cutouts`` writes, in STILTS and DS9 themselves."""

import csv
import io

import numpy as np
import pytest
from click.testing import CliRunner
from outside import need, run
from PIL import Image
from regions import Regions

from sciarada.cli.main import main
from sciarada.cutouts.reading import read_set
from sciarada.simulation.field import simulate_field
from sciarada.simulation.files import write_image


def make(*arguments):
    result = CliRunner().invoke(main, ["cutouts", *map(str, arguments)])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "field.fits"
    write_image(simulate_field("emu", size=256, seed=1).image, path)
    return path


@pytest.fixture(params=["positions", "files"])
def make_set(request, image, tmp_path):
    """Return how to make a set of a file: positions on an image, or files without positions."""
    if request.param == "positions":
        return lambda out: make(
            image, "--sampler", "random", "--size", 32, "--number", 7, "-o", out
        )
    (tmp_path / "set").mkdir()
    picture = np.random.default_rng(1).integers(0, 255, (8, 8), "u1")
    Image.fromarray(picture).save(tmp_path / "set" / "a.png")
    return lambda out: make(tmp_path / "set", "-o", out)


@pytest.mark.parametrize("name", ["set.fits", "set.vot"])
def test_stilts_reads_the_table(make_set, name, tmp_path):
    need("stilts")
    make_set(tmp_path / name)
    printed = run("stilts", "tpipe", f"in={tmp_path / name}", "ofmt=csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    cutouts = read_set(tmp_path / name)
    assert [row["cutout_id"] for row in rows] == [str(each) for each in cutouts.ids]
    ra = [float(row["ra"] or "nan") for row in rows]
    np.testing.assert_array_equal(ra, cutouts.positions[0])


def test_votlint_finds_nothing_wrong(make_set, tmp_path):
    need("stilts")
    make_set(tmp_path / "set.vot")
    assert run("stilts", "votlint", tmp_path / "set.vot") == ""


def test_ds9_draws_the_boxes_over_the_image(image, screen, tmp_path):
    need("ds9")
    make(image, "--sampler", "random", "--size", 32, "--number", 9, "-o", tmp_path / "set.fits")
    run(
        *("ds9", "-fits", image, "-regions", "load", tmp_path / "set.reg"),
        *("-regions", "system", "image", "-regions", "save", tmp_path / "out.reg", "-exit"),
        env=screen,
    )
    drawn = Regions.read(tmp_path / "out.reg", format="ds9")
    cutouts = read_set(tmp_path / "set.fits")
    centres = np.array([(box.center.x, box.center.y) for box in drawn])
    np.testing.assert_allclose(centres, np.stack([cutouts.x, cutouts.y], axis=1), atol=0.01)
    np.testing.assert_allclose([box.width for box in drawn], 32, rtol=1e-3)
