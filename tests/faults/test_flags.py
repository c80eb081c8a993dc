"""Flags say why a value is what it is, each one thing."""

import numpy as np
import pytest
from fields import SIGMA, Field, make_field

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect
from sciarada.report.facts import FLAG_MEANINGS, flags_in_words

SHAPE = (440, 480)
PATCH, SPOKES = (330, 130), (100, 350)  # (y, x) of their middles
WIDE = [(60 + 45 * i, 60 + 45 * j) for i in range(4) for j in range(4)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on a field with a diffuse patch, a star of bright spokes and faint wide sources."""
    field = make_field(SHAPE, sources=False)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    patch = 3 * np.exp(-((y - PATCH[0]) ** 2 + (x - PATCH[1]) ** 2) / 2 / 35**2)
    faint = sum(5.5 * np.exp(-((y - v) ** 2 + (x - u) ** 2) / 2 / 6**2) for v, u in WIDE)
    dy, dx = y - SPOKES[0], x - SPOKES[1]
    near = np.maximum(np.abs(dy), np.abs(dx)) < 25
    spokes = 60.0 * near * ((np.abs(dy) < 3) | (np.abs(dx) < 3) | (np.abs(dy - dx) < 4))
    folder = tmp_path_factory.mktemp("flags")
    data = field.data + SIGMA * (patch + spokes + faint)
    path = Field(data, field.wcs, field.truth).write(folder / "field.fits")
    return run_detect(read_image(path), folder / "out", DetectSettings(workers=1))


@pytest.fixture
def sources(run):
    return run.catalogue.sources


def flagged(sources, flag: Flag) -> np.ndarray:
    return np.asarray(sources["flags"]) & flag > 0


def at(sources, place: tuple[int, int]) -> int:
    """Return the row of the widest source about a place."""
    near = np.hypot(sources["y"] - place[0], sources["x"] - place[1]) < 30
    return int(np.argmax(np.where(near, np.asarray(sources["n_pix"]), 0)))


def test_below_the_threshold_is_said_of_those_and_no_others(sources):
    below = flagged(sources, Flag.BELOW_THRESHOLD)
    np.testing.assert_array_equal(below, np.asarray(sources["snr"]) < 5)
    assert 0 < below.sum() < len(sources)


def test_diffuse_emission_is_not_a_failed_fit(sources):
    row = at(sources, PATCH)
    assert flagged(sources, Flag.DIFFUSE)[row]
    assert sources["n_components"][row] == 0
    assert not (flagged(sources, Flag.DIFFUSE) & flagged(sources, Flag.FIT_FAIL)).any()


def test_a_failed_fit_is_not_diffuse_emission(sources):
    row = at(sources, SPOKES)
    assert flagged(sources, Flag.FIT_FAIL)[row]
    assert not flagged(sources, Flag.DIFFUSE)[row]
    # only then, or for diffuse emission, do values come from the pixels
    by_pixels = flagged(sources, Flag.FIT_FAIL) | flagged(sources, Flag.DIFFUSE)
    assert (np.asarray(sources["n_components"])[~by_pixels] > 0).all()


def test_the_report_tells_flags_in_words_and_what_errors_leave_out(run):
    page = (run.out / "report.html").read_text()
    for meaning in ("too extended to be fitted", "below the threshold"):
        assert meaning in page
    for missing in ("calibration", "confusion", "zero level of the background"):
        assert missing in page
    assert ">below threshold</span>" in page or ">diffuse</span>" in page


def test_every_flag_has_words():
    assert set(FLAG_MEANINGS) == set(Flag)
    assert [words for words, _ in flags_in_words(512 + 1)] == ["edge", "below threshold"]
