"""The demonstration's score is that of its catalogue against its truth."""

import numpy as np
import pytest

from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.pipelines.demo import run_demo


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run_demo(tmp_path_factory.mktemp("demo") / "out", size=512, seed=3)


def test_bright_sources_apart_from_others_are_found(result):
    assert result.score.completeness.value > 0.6
    assert result.apart.value > 0.6
    assert result.score.reliability.value > 0.8
    assert result.measurement.overall("total_flux").bias.value == pytest.approx(0, abs=0.15)


def test_the_score_counts_what_is_in_the_files(result):
    found = read_catalogue(result.files.products / "catalogue.fits").sources
    truth = read_catalogue(result.files.truth).sources
    assert result.score.reliability.count == len(found)
    assert result.score.completeness.count == (truth["snr"] >= 5).sum()
    became = result.score.association
    x = truth["x"][became.matches.first] - found["x"][became.matches.second]
    assert np.abs(np.asarray(x)).max() < 40
    assert np.median(np.abs(np.asarray(x))) < 0.6
    assert 0 <= became.fragments.sum() <= became.false.sum()
    assert sum(share.count for share in result.curve.completeness) == became.counted.sum()


def test_the_image_on_disk_is_the_simulated_one(result):
    image = read_image(result.files.image)
    assert np.array_equal(image.read(), result.field.image.read())
    assert image.beam.major == pytest.approx(15.0)
    assert image.frequency == 943.5e6
