"""Positions keep to a hundredth of a pixel in regions, names and reports, whatever the pixel."""

import numpy as np
import pytest
from regions import Regions
from sky_maps import SkyMap

from sciarada.detection.settings import DetectSettings
from sciarada.geometry.naming import source_name
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect
from sciarada.report.graticule import make_graticule
from sciarada.report.image_facts import image_facts, image_lines

SETTINGS = DetectSettings(workers=1, scales=())
STEPS = {"1 µas": 1e-6, "20 µas": 2e-5, "1 mas": 1e-3, "0.3 arcsec": 0.3, "1 deg": 3600.0}


@pytest.fixture(scope="module", params=STEPS.values(), ids=STEPS)
def run(request, tmp_path_factory):
    """Detect three sources in an image of some pixel (arcsec), and return what it was."""
    step = request.param / 3600
    sky = SkyMap(step=step, beam=(6 * step, 4 * step, 30.0), centre=(187.70593, 12.39112))
    for x, y in ((30.2, 40.7), (61.4, 55.1), (33.0, 70.5)):
        sky.in_plane(x, y, 1.0)
    folder = tmp_path_factory.mktemp("run")
    image = read_image(sky.write(folder / "image.fits"))
    return image, run_detect(image, folder / "out", SETTINGS).catalogue, folder / "out"


def test_outlines_and_ellipses_read_back_to_a_hundredth_of_a_pixel(run):
    image, catalogue, folder = run
    drawn = Regions.read(folder / "sources.reg", format="ds9")
    for region, source in zip(drawn, catalogue.sources, strict=True):
        x, y = image.sky_to_pixel(region.vertices.ra.deg, region.vertices.dec.deg)
        halves = 2 * np.stack([x, y])  # outlines run half-way between pixel centres
        crossing = np.minimum(*np.abs(halves - np.rint(halves)))
        assert crossing.max() < 0.02
        assert source["x_min"] - 1 < x.min() < x.max() < source["x_max"] + 1
    for region, part in zip(
        Regions.read(folder / "components.reg", format="ds9"), catalogue.components, strict=True
    ):
        x, y = image.sky_to_pixel(region.center.ra.deg, region.center.dec.deg)
        assert np.hypot(x - part["x"], y - part["y"]) < 0.01
        for read, written in ((region.width, "maj_axis"), (region.height, "min_axis")):
            assert read.to_value("arcsec") == pytest.approx(
                part[written], abs=0.01 * image.pixel_scale
            )


def test_sources_of_one_image_have_names_of_their_own(run):
    _, catalogue, _ = run
    assert len(set(catalogue.sources["source_name"])) == 3


def test_fluxes_and_sizes_do_not_depend_on_the_pixel(run):
    _, catalogue, _ = run
    np.testing.assert_allclose(catalogue.sources["total_flux"], 1.0, rtol=0.01)
    assert catalogue.sources["dc_maj_axis"].mask.all()
    assert not catalogue.sources["flags"].any()


def test_the_centre_is_written_to_a_tenth_of_a_pixel(run):
    image, _, _ = run
    lines = dict(image_lines(image, image_facts(image, None, 0.0)))
    degrees = lines["centre"].partition("(")[2].rstrip(" deg)")
    ra, dec = map(float, degrees.split(","))
    x, y = image.sky_to_pixel(ra, dec)
    assert np.hypot(x - image.centre[0], y - image.centre[1]) < 0.1


def test_lines_and_labels_are_drawn(run):
    graticule = make_graticule(run[0])
    assert len(graticule.lines) >= 4
    for labels in (graticule.bottom, graticule.left):
        texts = [label.text for label in labels]
        assert len(texts) >= 1
        assert len(set(texts)) == len(texts)
    assert len(graticule.bottom + graticule.left) >= 4


def test_names_are_cut_off_as_finely_as_pixels_ask_for():
    ra, dec = 187.70593077, -12.39112331
    assert source_name(ra, dec) == ["SCI J123049.4-122328"]
    assert source_name(ra, dec, 0.25) == ["SCI J123049.4-122328"]
    assert source_name(ra, dec, 0.05) == ["SCI J123049.42-122328.0"]
    assert source_name(ra, dec, 1e-3) == ["SCI J123049.4233-122328.043"]
    assert source_name(359.99999999, 0.0, 1e-3) == ["SCI J235959.9999+000000.000"]
