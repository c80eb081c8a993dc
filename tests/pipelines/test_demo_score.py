"""The demonstration's score is that of its catalogue against its truth."""

import numpy as np
import pytest

from sciarada.evaluation.score_table import first_of
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.pipelines.demo import RARE, run_demo


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run_demo(tmp_path_factory.mktemp("demo") / "out", size=512, seed=3)


def value(result, measure):
    return first_of(result.evaluation.rows, "SCIARADA", measure)


def test_bright_sources_are_found(result):
    assert value(result, "completeness").value > 0.6
    assert value(result, "reliability").value > 0.8
    assert value(result, "total_flux_bias").value == pytest.approx(0, abs=0.15)


def test_the_score_counts_what_is_in_the_files(result):
    found = read_catalogue(result.files.detected / "catalogue.fits").sources
    truth = read_catalogue(result.files.simulated / "truth.fits").sources
    assert value(result, "reliability").count == len(found)
    real = np.asarray(truth["det_class"]) != "spurious"
    assert value(result, "completeness").count == (real & (truth["snr"] >= 5)).sum()
    assert result.simulation.run["counts"]["sources"] == len(truth)


def test_the_field_has_its_rare_kinds(result):
    drawn = result.simulation.run["counts"]["morphology"]
    assert {kind for kind, number in RARE.items() if number >= 4} <= drawn.keys()
    assert drawn["fr2"] == 2  # a quarter of a megapixel


def test_the_image_on_disk_is_the_simulated_one(result):
    image = read_image(result.files.image)
    assert np.array_equal(image.read(), result.simulation.field.image.read())
    assert image.beam.major == pytest.approx(15.0)
    assert image.frequency == 943.5e6
