"""A beam that is wider than the image, or than a box of the background, is told in words."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sky_maps import SkyMap

from sciarada.cli.main import main
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_image
from sciarada.measure.background import default_box, estimate_background

WIDE = (2000 / 3600, 1500 / 3600, 0.0)


@pytest.fixture
def image(tmp_path, monkeypatch):
    """Write an image of 400 arcsec whose header names a beam of 2000 x 1500 arcsec."""
    monkeypatch.chdir(tmp_path)
    sky = SkyMap(shape=(200, 200), noise=1e-4)
    sky.in_plane(99.5, 99.5, 1.0)
    sky.header["BMAJ"], sky.header["BMIN"], sky.header["BPA"] = WIDE
    return sky.write(tmp_path / "image.fits")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    "command",
    [
        ("detect", "image.fits", "--out", "out"),
        ("simulate", "--out", "out", "--into", "image.fits"),
    ],
)
def test_it_is_refused_in_a_sentence(image, tmp_path, command):
    result = run(*command)
    assert result.exit_code == 2
    assert "image.fits is 400 x 400 arcsec and its beam is 2000 x 1500 arcsec" in result.output
    assert "--beam MAJ,MIN,PA" in result.output
    assert not (tmp_path / "out").exists()


def test_info_notes_it(image):
    facts = json.loads(run("info", "--json", "image.fits").output)
    assert any("is wider than the image; --beam replaces it" in note for note in facts["notes"])


def test_the_option_replaces_it(image, tmp_path):
    result = run("detect", "image.fits", "--out", "out", "--beam", "12,8,30", "--workers", "1")
    assert result.exit_code == 0
    assert "1 sources" in result.output
    assert run("info", "image.fits", "--beam", "12,8,30").output.count("note") == 0


def test_a_box_narrower_than_the_beam_is_refused(image, tmp_path):
    result = run("detect", image, "--out", "out", "--beam", "60", "--box", "16")
    assert result.exit_code == 2
    assert "--box 16 is narrower than the beam, 30 pixels" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("width", [10.0, 60.0, 120.0, 199.0])
def test_boxes_are_never_narrower_than_the_beam_and_maps_never_blank(image, width):
    sky = read_image(image, beam=Beam(2 * width, 2 * width))
    assert default_box(sky) >= min(5 * width, 200)
    model = estimate_background(sky)
    assert np.isfinite(model.location).all()
    assert (model.scale > 0).all()
