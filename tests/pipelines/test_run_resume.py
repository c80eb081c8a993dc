"""A stopped run goes on from its finished tiles, and ends as if it had never been stopped."""

from pathlib import Path

import pytest
from comparing import assert_same
from sciarada_islands.detector import IslandsDetector

from sciarada.detection.settings import DetectSettings
from sciarada.errors import OutputError
from sciarada.io.fits_image import read_image
from sciarada.measure.sources import Measurer
from sciarada.pipelines.detect import run_detect

SETTINGS = DetectSettings(workers=1, tile=100)  # 5 x 6 tiles
TILES = 30


class Stop:
    """A progress that ends the run by Ctrl-C after some items of a stage."""

    def __init__(self, stage: str, after: int) -> None:
        self.stage, self.after = stage, after
        self.stages = []

    def __call__(self, items, stage, total):
        self.stages.append((stage, total))
        for number, item in enumerate(items):
            if stage.startswith(self.stage) and number >= self.after:
                raise KeyboardInterrupt
            yield item


@pytest.fixture
def detected(monkeypatch) -> list[str]:
    """The tiles at which the detector has looked, in the order of the calls."""
    seen = []
    detect = IslandsDetector.detect

    def counting(self, view):
        seen.append(view.tile.tile_id)
        return detect(self, view)

    monkeypatch.setattr(IslandsDetector, "detect", counting)
    return seen


@pytest.fixture
def measured(monkeypatch) -> list[int]:
    """The numbers of islands of each batch that was measured."""
    seen = []
    measure = Measurer.__call__

    def counting(self, tasks):
        seen.append(len(tasks))
        return measure(self, tasks)

    monkeypatch.setattr(Measurer, "__call__", counting)
    return seen


def stop(path: Path, out: Path, stage: str, after: int, settings=SETTINGS, **options) -> None:
    progress = Stop(stage, after)
    with pytest.raises(KeyboardInterrupt):
        run_detect(read_image(path), out, settings, progress=progress, **options)


def test_a_run_stopped_while_detecting_goes_on(field_path, tmp_path, detected):
    out = tmp_path / "out"
    plain = run_detect(read_image(field_path), tmp_path / "plain", SETTINGS)
    whole = len(detected)
    assert whole > TILES  # all tiles at full resolution and those of the coarse look
    detected.clear()

    stop(field_path, out, "detecting (fine)", after=4)
    first = set(detected)
    assert 4 <= len(first) < TILES
    assert not out.exists()
    detected.clear()

    resumed = run_detect(read_image(field_path), out, SETTINGS, resume=True)
    assert len(detected) == whole - len(first)
    assert resumed.run["resumed"]
    assert_same(plain.catalogue, resumed.catalogue)
    for name in ("segmentation.fits", "residual.fits", "rms.fits"):
        assert (out / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "plain"]


def test_a_run_stopped_while_measuring_does_not_detect_again(
    field_path, tmp_path, detected, measured, finished
):
    out = tmp_path / "out"
    settings = DetectSettings(workers=1)
    stop(field_path, out, "measuring", after=0, settings=settings)
    assert detected
    assert measured
    detected.clear()
    measured.clear()
    resumed = run_detect(read_image(field_path), out, settings, resume=True)
    assert detected == []
    assert sum(measured) < resumed.run["counts"]["islands"]
    assert_same(finished.catalogue, resumed.catalogue)


def test_a_run_stopped_while_maps_are_written_goes_on(field_path, tmp_path, detected, measured):
    out = tmp_path / "out"
    stop(field_path, out, "writing maps", after=0)
    detected.clear()
    measured.clear()
    resumed = run_detect(read_image(field_path), out, SETTINGS, resume=True)
    assert detected == measured == []
    assert resumed.out == out
    assert (out / "run.json").is_file()


def test_a_run_can_be_stopped_twice(field_path, tmp_path, detected, finished):
    out = tmp_path / "out"
    stop(field_path, out, "detecting (fine)", after=2)
    stop(field_path, out, "detecting (fine)", after=14, resume=True)
    detected.clear()
    resumed = run_detect(read_image(field_path), out, SETTINGS, resume=True)
    assert len(detected) < TILES - 12 + 4
    assert_same(finished.catalogue, resumed.catalogue)


def test_without_resume_everything_is_done_again(field_path, tmp_path, detected):
    out = tmp_path / "out"
    stop(field_path, out, "measuring", after=0)
    whole = len(detected)
    detected.clear()
    result = run_detect(read_image(field_path), out, SETTINGS)
    assert len(detected) == whole
    assert not result.run["resumed"]


@pytest.mark.parametrize("change", [{"tile": 200}, {"options": ("peak_sigma=6",)}, {"box": 50}])
def test_other_settings_are_not_resumed_and_nothing_is_lost(field_path, tmp_path, detected, change):
    out = tmp_path / "out"
    stop(field_path, out, "measuring", after=0)
    detected.clear()
    other = DetectSettings(**({"workers": 1, "tile": 100} | change))
    with pytest.raises(OutputError, match=r"another image or other options"):
        run_detect(read_image(field_path), out, other, resume=True)
    run_detect(read_image(field_path), out, SETTINGS, resume=True)
    assert detected == []


def test_another_image_is_not_resumed(field, tmp_path):
    path = field.write(tmp_path / "image.fits")
    out = tmp_path / "out"
    stop(path, out, "detecting (fine)", after=2)
    path.unlink()
    type(field)(field.data * 2, field.wcs, field.truth).write(path)
    with pytest.raises(OutputError, match=r"another image or other options"):
        run_detect(read_image(path), out, SETTINGS, resume=True)


def test_workers_may_change_between_the_runs(field_path, tmp_path, finished):
    out = tmp_path / "out"
    stop(field_path, out, "detecting (fine)", after=2)
    settings = DetectSettings(workers=2, tile=100)
    resumed = run_detect(read_image(field_path), out, settings, resume=True)
    assert resumed.run["resumed"]
    assert_same(finished.catalogue, resumed.catalogue)


def test_progress_tells_of_every_stage(field_path, tmp_path):
    progress = Stop("no such stage", after=0)
    run_detect(read_image(field_path), tmp_path / "out", SETTINGS, progress=progress)
    stages = [stage for stage, _ in progress.stages]
    assert stages[0] == "detecting (fine)"
    assert dict(progress.stages)["detecting (fine)"] == TILES
    assert {"measuring", "writing maps"} <= set(stages)
