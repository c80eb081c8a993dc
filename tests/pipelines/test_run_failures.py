"""A run that cannot be finished says so in one sentence and leaves nothing behind."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from fields import make_field

from sciarada.detection.settings import DetectSettings
from sciarada.errors import (
    OptionError,
    OutputError,
    PluginError,
    SciaradaError,
    WorkerError,
)
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect
from sciarada.running.workers import local_executor

SERIAL = DetectSettings(workers=1)
TWO = DetectSettings(workers=2, tile=200)

DETECTOR = """
    from sciarada.hooks import TaskSpec, hookimpl

    class Detector:
        def halo(self, image):
            return 10

        def detect(self, view):
            {body}

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="detector", name="{name}", summary="Fails.", factory=Detector)]
"""


def tree(folder) -> dict:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def run(path, out, settings=SERIAL, **options):
    return run_detect(read_image(path), out, settings, **options)


def test_an_existing_folder_is_refused_before_any_work(field_path, finished):
    before = tree(finished.out.parent)

    def no_work(items, stage, total):
        raise AssertionError(f"work was done: {stage}")

    with pytest.raises(OutputError, match=r"field_sciarada already exists; .*--overwrite"):
        run(field_path, finished.out, progress=no_work)
    assert tree(finished.out.parent) == before


def test_overwrite_replaces_an_earlier_run(field_path, tmp_path):
    out = tmp_path / "out"
    run(field_path, out, DetectSettings(workers=1, parquet=True, options=("peak_sigma=20",)))
    few = (out / "catalogue.ecsv").read_bytes()
    run(field_path, out, overwrite=True)
    assert (out / "catalogue.ecsv").read_bytes() != few
    assert not (out / "catalogue.parquet").exists()
    assert list(tmp_path.iterdir()) == [out]


def test_a_foreign_folder_is_never_replaced(field_path, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("years")
    with pytest.raises(OutputError, match=r"not replaced"):
        run(field_path, out, overwrite=True)
    assert tree(tmp_path) == {"out": None, "out/thesis.tex": b"years"}


def test_a_place_that_cannot_be_written_is_one_sentence(field_path, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write in .*--out"):
        run(field_path, tmp_path / "file" / "out")
    assert tree(tmp_path) == {"file": b""}


def test_a_read_only_place_is_one_sentence(field_path, read_only_disk):
    with pytest.raises(OutputError, match=r"cannot write in .*Read-only.*--out"):
        run(field_path, read_only_disk / "out")


@pytest.mark.parametrize("settings", [SERIAL, TWO], ids=["one", "two processes"])
def test_a_full_disk_is_one_sentence_and_finished_tiles_stay(field_path, small_disk, settings):
    with pytest.raises(OutputError, match=r"cannot write .*out: No space left.*--out") as caught:
        run(field_path, small_disk / "out", settings)
    assert "\n" not in str(caught.value)
    assert any("--resume" in note for note in caught.value.__notes__)
    assert [path.name for path in small_disk.iterdir()] == [".out.partial"]
    assert list((small_disk / ".out.partial" / "finished").glob("tile-*.npz"))
    assert not (small_disk / ".out.partial" / "products").exists()


@pytest.mark.parametrize("settings", [SERIAL, TWO], ids=["one", "two processes"])
def test_a_failing_detector_is_named(field_path, tmp_path, install_plugin, settings):
    install_plugin("brittle", DETECTOR.format(name="brittle", body="return 1 / 0"))
    settings = DetectSettings(detector="brittle", workers=settings.workers, tile=settings.tile)
    with pytest.raises(PluginError, match=r"detector brittle failed .*ZeroDivisionError"):
        run(field_path, tmp_path / "out", settings)
    assert not list(tmp_path.glob("*out*")) + list(tmp_path.glob(".*out*"))


@pytest.mark.parametrize(
    "body", ["return None", "return [view]", "return 7"], ids=["none", "views", "number"]
)
def test_a_detector_that_returns_nonsense_is_named(field_path, tmp_path, install_plugin, body):
    install_plugin("odd", DETECTOR.format(name="odd", body=body))
    with pytest.raises(PluginError, match=r"\bodd\b"):
        run(field_path, tmp_path / "out", DetectSettings(detector="odd", workers=1))
    assert not list(tmp_path.glob("*out*")) + list(tmp_path.glob(".*out*"))


def test_a_detector_that_is_not_there_is_one_sentence(field_path, tmp_path):
    with pytest.raises(PluginError, match="nosuch"):
        run(field_path, tmp_path / "out", DetectSettings(detector="nosuch"))
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("option", ["peak_sigma=high", "nosuch=1", "peak_sigma=-1", "peak_sigma"])
def test_a_bad_option_is_one_sentence(field_path, tmp_path, option):
    with pytest.raises(OptionError):
        run(field_path, tmp_path / "out", DetectSettings(options=(option,)))
    assert tree(tmp_path) == {}


def test_growing_above_the_peak_is_one_sentence(field_path, tmp_path):
    settings = DetectSettings(options=("peak_sigma=3", "grow_sigma=5"))
    with pytest.raises(OptionError, match="grow_sigma"):
        run(field_path, tmp_path / "out", settings)
    assert tree(tmp_path) == {}


def test_an_image_that_goes_away_is_one_sentence(field, tmp_path):
    path = field.write(tmp_path / "gone.fits")
    image = read_image(path)

    def remove(items, stage, total):
        path.unlink(missing_ok=True)
        return items

    with pytest.raises(SciaradaError, match=r"gone\.fits"):
        run_detect(image, tmp_path / "out", SERIAL, progress=remove)
    assert tree(tmp_path) == {}


def kill(_item: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_is_one_sentence():
    with (
        pytest.raises(SciaradaError, match=r"worker process was killed.*--workers 1"),
        local_executor(2) as pool,
    ):
        pool.submit(kill, 1).result()


def test_a_worker_killed_once_leaves_its_run_to_be_resumed(field_path, tmp_path, install_plugin):
    """As when memory runs short: the detector kills its process, the first time it is called."""
    first = tmp_path / "killed"
    body = f"""
            import os, pathlib
            if view.tile.tile_id == "r001c001" and not pathlib.Path({str(first)!r}).exists():
                pathlib.Path({str(first)!r}).touch()
                os.kill(os.getpid(), 9)
            return []"""
    install_plugin("greedy", DETECTOR.format(name="greedy", body=body))
    settings = DetectSettings(detector="greedy", workers=2, tile=100)
    with pytest.raises(WorkerError, match="--resume"):
        run(field_path, tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()
    assert list((tmp_path / ".out.partial" / "finished").glob("*.npz"))
    assert run(field_path, tmp_path / "out", settings, resume=True).run["resumed"]
    assert not (tmp_path / ".out.partial").exists()


def test_one_worker_is_this_process():
    with local_executor(1) as pool:
        assert pool.submit(os.getpid).result() == os.getpid()


def test_several_workers_are_other_processes():
    with local_executor(2) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


def test_an_error_in_the_callers_executor_leaves_it_to_the_caller(tmp_path, install_plugin):
    install_plugin("brittle", DETECTOR.format(name="brittle", body="return 1 / 0"))
    path = make_field((100, 100), seed=95).write(tmp_path / "small.fits")
    settings = DetectSettings(detector="brittle")
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(PluginError):
            run(path, tmp_path / "out", settings, executor=pool)
        assert pool.submit(sum, (1, 2)).result() == 3
