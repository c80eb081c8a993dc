"""Detectors that work on several tiles at once, on one device, and at all scales by themselves."""

import json
import os

import numpy as np
import pytest
from astropy.table import Table
from fields import make_field

from sciarada.core.schema import Flag
from sciarada.detection.settings import DetectSettings
from sciarada.errors import PluginError
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

PLUGIN = """
    import os
    from sciarada.hooks import DetectorSpec, Thresholds, hookimpl

    LOG = {log!r}

    def note(*words):
        with open(LOG, "a") as stream:
            print(os.getpid(), *words, file=stream)

    def make(batch, answers=None):
        from sciarada_islands import IslandsOptions
        from sciarada_islands.detector import IslandsDetector

        class Alone(IslandsDetector):
            def detect(self, view):
                note("detect", 1)
                return super().detect(view)

        class Together(Alone):
            def detect_batch(self, views):
                note("detect_batch", len(views))
                found = [IslandsDetector.detect(self, view) for view in views]
                return found[:answers]

        return (Together if batch else Alone)(IslandsOptions())

    def offer(name, batch, answers=None, **changes):
        given = dict(summary="x", factory=lambda: make(batch, answers), batch_size=3) | changes
        return DetectorSpec(name=name, **given)

    @hookimpl
    def sciarada_tasks():
        device = dict(runs_on="device")
        return [
            offer("alone", False),
            offer("together", True, **device),
            offer("short", True, 1, **device),
            offer("all-scales", True, multiscale=True, **device),
            offer("strict", True, thresholds=Thresholds(20, 3), **device),
        ]
"""


@pytest.fixture
def run(tmp_path, install_plugin):
    """Run a detector of the plugin on a field of 3 x 3 tiles; return result and calls."""
    log = tmp_path / "calls.txt"
    install_plugin("several", PLUGIN.format(log=str(log)))
    image = read_image(make_field().write(tmp_path / "field.fits"))
    tile = -(-max(image.shape) // 3)

    def detect(name: str, workers: int = 1):
        log.write_text("")
        settings = DetectSettings(detector=name, tile=tile, workers=workers)
        result = run_detect(image, tmp_path / name, settings)
        return result, [line.split() for line in log.read_text().splitlines()]

    return detect


def columns(result) -> Table:
    table = Table.read(result.out / "catalogue.ecsv")
    table.remove_column("finder")
    return table


def test_several_tiles_at_once_give_the_catalogue_of_one_at_a_time(run):
    one, calls = run("alone")
    assert {call[1] for call in calls} == {"detect"}
    several, calls = run("together", workers=2)
    fine = [int(size) for _, what, size in calls if what == "detect_batch"][:3]
    assert fine == [3, 3, 3]
    assert {int(call[0]) for call in calls} == {os.getpid()}  # one device, one process
    assert len(columns(one)) > 5
    assert _equal(columns(one), columns(several))


def _equal(one: Table, other: Table) -> bool:
    return one.colnames == other.colnames and all(
        np.array_equal(np.ma.getmaskarray(one[name]), np.ma.getmaskarray(other[name]))
        and np.ma.allequal(one[name], other[name])
        for name in one.colnames
    )


def test_an_answer_of_another_length_is_refused(run):
    with pytest.raises(
        PluginError,
        match="the detector short failed on the batch of tiles r000c000"
        " to r000c002 with ValueError: it returned 1 lists for 3 tiles",
    ):
        run("short")


def test_a_detector_of_all_scales_sees_no_averaged_image(run):
    result, calls = run("all-scales")
    assert [int(size) for _, _, size in calls] == [3, 3, 3]
    assert json.loads((result.out / "run.json").read_text())["configuration"]["scales"] == []


def test_the_measurement_uses_the_thresholds_that_are_declared(run):
    usual, strict = (columns(run(name)[0]) for name in ("together", "strict"))
    for table, threshold in ((usual, 5), (strict, 20)):
        flagged = (table["flags"] & Flag.BELOW_THRESHOLD) != 0
        assert np.array_equal(flagged, table["snr"] < threshold)
    assert (strict["snr"] < 20).any()
