"""The same image gives the same catalogue whatever the tiles and whoever does the work."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from astropy.io import fits
from comparing import assert_same_run
from fields import SIGMA, Field, make_field
from sciarada_islands.detector import IslandsDetector

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect
from sciarada.running.executor import Serial


@pytest.fixture(scope="module")
def wide_path(tmp_path_factory):
    """A field with an arc and a diffuse patch across the seams of its tiles."""
    field = make_field((600, 700), step=80, seed=82)
    y, x = np.mgrid[:600, :700]
    arc = np.abs(np.hypot(y - 300, x - 350) - 120) < 5
    patch = 3 * np.exp(-((y - 500) ** 2 + (x - 250) ** 2) / 2 / 35**2)
    data = field.data + SIGMA * (12 * arc + patch)
    path = tmp_path_factory.mktemp("wide") / "wide.fits"
    return Field(data, field.wcs, field.truth).write(path)


@pytest.fixture(scope="module")
def detect(wide_path, tmp_path_factory):
    def run(executor=None, **settings):
        out = tmp_path_factory.mktemp("tiled") / "out"
        settings = DetectSettings(**({"workers": 1} | settings))
        return run_detect(read_image(wide_path), out, settings, executor=executor)

    @cache
    def once(**settings):
        return run(**settings)

    return lambda executor=None, **settings: (
        run(executor, **settings) if executor else once(**settings)
    )


@pytest.fixture(scope="module")
def untiled(detect):
    return detect(tile=0)


def labels(result) -> np.ndarray:
    return fits.getdata(result.out / "segmentation.fits")


@pytest.mark.parametrize("tile", [128, 256, 300, 512])
def test_the_catalogue_does_not_depend_on_the_tiles(detect, untiled, tile):
    tiled = detect(tile=tile)
    assert len(untiled.catalogue) > 40
    assert_same_run(untiled, tiled)


def test_each_source_is_found_once(untiled, detect):
    for result in (untiled, detect(tile=128)):
        seen = labels(result)
        numbers, counts = np.unique(seen[seen > 0], return_counts=True)
        np.testing.assert_array_equal(numbers, result.catalogue.sources["source_id"])
        np.testing.assert_array_equal(counts, result.catalogue.sources["n_pix"])


def test_sources_know_their_tile(detect):
    sources = detect(tile=128).catalogue.sources
    assert not (np.asarray(sources["flags"]) & Flag.TILE_SEAM).any()
    assert len(set(sources["tile_id"])) > 10


class Uneven(IslandsDetector):
    """Sees every second column of tiles a little fainter than it is."""

    def detect(self, view):
        fainter = SIGMA / 4 * (view.tile.column % 2)
        return super().detect(replace(view, pixels=view.pixels - np.float32(fainter)))


def test_tiles_that_do_not_agree_leave_a_flag(detect, monkeypatch):
    monkeypatch.setattr("sciarada_islands.detector.IslandsDetector", Uneven)
    sources = detect(Serial(), tile=128).catalogue.sources
    seams = np.asarray(sources["flags"]) & Flag.TILE_SEAM > 0
    assert seams[np.argmax(sources["n_pix"])]
    assert seams.sum() < len(sources) / 2


def test_two_processes_give_what_one_gives(detect, untiled):
    together = detect(tile=256, workers=2)
    assert_same_run(untiled, together)


@pytest.mark.parametrize("make", [Serial, lambda: ThreadPoolExecutor(3)], ids=["serial", "threads"])
def test_any_executor_will_do(detect, make):
    alone = detect(tile=256)
    with make() as executor:
        other = detect(executor, tile=256)
    assert_same_run(alone, other)


def test_the_callers_executor_is_left_running(detect):
    with ThreadPoolExecutor(2) as executor:
        detect(executor, tile=0)
        assert executor.submit(sum, (1, 2)).result() == 3


def test_settings_that_change_no_result_change_no_hash():
    plain = DetectSettings()
    for change in ({"workers": 3}, {"parquet": True}):
        assert replace(plain, **change).science() == plain.science()
    for change in ({"tile": 70}, {"box": 9}, {"scales": ()}, {"options": ("peak_sigma=6",)}):
        assert replace(plain, **change).science() != plain.science()
