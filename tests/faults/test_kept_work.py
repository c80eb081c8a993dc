"""Finished tiles survive whatever ends a run; damaged ones are made again (faults 8 and 9)."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fields import make_field
from sciarada_islands.detector import IslandsDetector

from sciarada.cli.main import main
from sciarada.detection.settings import DetectSettings
from sciarada.detection.tasks import MeasuredBatch
from sciarada.errors import (
    ChangedInputError,
    ImageError,
    OutputError,
    PluginError,
    WorkerError,
)
from sciarada.geometry.windows import Window
from sciarada.io.checkpoints import Remembered
from sciarada.io.fits_image import read_image
from sciarada.pipelines.detect import run_detect

SETTINGS = DetectSettings(workers=1, tile=60)
MAPS = ("segmentation.fits", "rms.fits", "residual.fits", "background.fits")


class Fail:
    """A progress that raises an error when a stage begins."""

    def __init__(self, stage: str, error: BaseException) -> None:
        self.stage, self.error = stage, error

    def __call__(self, items, stage, total):
        if stage == self.stage:
            raise self.error
        return items


def stop(image: Path, out: Path, error: BaseException, stage: str = "writing maps") -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever error
        run_detect(read_image(image), out, SETTINGS, progress=Fail(stage, error))
    assert any("--resume" in note for note in caught.value.__notes__)


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    field = make_field((120, 160), seed=7)
    return field.write(tmp_path_factory.mktemp("image") / "image.fits")


@pytest.fixture(scope="module")
def plain(image, tmp_path_factory) -> Path:
    """Products of a run that was never stopped."""
    return run_detect(read_image(image), tmp_path_factory.mktemp("plain") / "out", SETTINGS).out


@pytest.fixture(scope="module")
def stopped(image, tmp_path_factory) -> Path:
    """Folder in which a run to ``out`` was stopped before its maps were written."""
    folder = tmp_path_factory.mktemp("stopped")
    stop(image, folder / "out", KeyboardInterrupt())
    return folder


@pytest.fixture
def looked_at(monkeypatch) -> list[str]:
    """The tiles that the detector was given."""
    seen = []
    detect = IslandsDetector.detect

    def counting(self, view):
        seen.append(view.tile.tile_id)
        return detect(self, view)

    monkeypatch.setattr(IslandsDetector, "detect", counting)
    return seen


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("a fault of the program"),
        MemoryError(),
        OSError(errno.ENOSPC, "No space left on device"),
        PluginError("a plugin failed"),
        WorkerError("a worker was killed"),
        SystemExit(3),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_any_exception_leaves_the_finished_tiles(image, stopped, tmp_path, error):
    stop(image, tmp_path / "out", error)
    assert [path.name for path in tmp_path.iterdir()] == [".out.partial"]
    kept, wanted = (folder / ".out.partial" / "finished" for folder in (tmp_path, stopped))
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        path.name: path.read_bytes() for path in wanted.iterdir()
    }


def test_they_are_all_that_a_resumed_run_needs(image, plain, stopped, tmp_path, looked_at):
    shutil.copytree(stopped, tmp_path, dirs_exist_ok=True)
    run_detect(read_image(image), tmp_path / "out", SETTINGS, resume=True)
    assert looked_at == []
    same_products(tmp_path / "out", plain)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def same_products(out: Path, plain: Path) -> None:
    for name in MAPS:
        assert (out / name).read_bytes() == (plain / name).read_bytes(), name
    sources = [(folder / "sources.reg").read_text() for folder in (out, plain)]
    assert sources[0] == sources[1]


def rewritten(change: Callable[[dict], dict]) -> Callable[[Path], None]:
    """Return a damage that leaves a valid NPZ file with other arrays."""

    def damage(path: Path) -> None:
        with np.load(path) as stored:
            arrays = change(dict(stored))
        with path.open("wb") as stream:
            np.savez(stream, **arrays)

    return damage


def copied_from_another(path: Path) -> None:
    other = next(each for each in sorted(path.parent.iterdir()) if each.name > path.name)
    shutil.copy(other, path)


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_text("else")


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:200]),
    "without its end": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "one bit": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "garbage": lambda path: path.write_bytes(np.random.default_rng(1).bytes(5000)),
    "text": lambda path: path.write_text("no archive"),
    "no keys": rewritten(lambda arrays: {}),
    "a key missing": rewritten(lambda arrays: dict(list(arrays.items())[1:])),
    "other shapes": rewritten(lambda arrays: {k: v.ravel()[:1] for k, v in arrays.items()}),
    "other types": rewritten(lambda arrays: {k: v.astype(str) for k, v in arrays.items()}),
    "of another tile": copied_from_another,
    "a folder": folder_in_its_place,
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere")),
}


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_result_is_made_again(tmp_path, damage):
    def measure(number: int) -> MeasuredBatch:
        calls.append(number)
        columns = {"x": np.arange(3.0) + number, "tile_id": np.array(["a", "b", "c"])}
        masks = [(Window(0, 2, 0, 3), np.ones((2, 3), bool))]
        return MeasuredBatch(columns, {}, masks, np.zeros((3, 6)))

    calls: list[int] = []
    step = Remembered(measure, MeasuredBatch, tmp_path, lambda number: f"batch-{number}")
    step(1), step(2)
    whole = (tmp_path / "batch-1.npz").read_bytes()
    damage(tmp_path / "batch-1.npz")
    np.testing.assert_array_equal(step(1).sources["x"], [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(step(2).sources["x"], [2.0, 3.0, 4.0])
    assert calls == [1, 2, 1]
    assert (tmp_path / "batch-1.npz").read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["batch-1.npz", "batch-2.npz"]


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [("tile-fine-*", "cut off"), ("tile-4 beams-*", "no keys"), ("batch-*", "a key missing")],
)
def test_a_run_makes_damaged_steps_again_and_no_others(
    image, plain, stopped, tmp_path, looked_at, damage, pattern
):
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    finished = folder / ".out.partial" / "finished"
    DAMAGES[damage](sorted(finished.glob(pattern))[0])
    run_detect(read_image(image), folder / "out", SETTINGS, resume=True)
    assert len(looked_at) == pattern.startswith("tile")
    same_products(folder / "out", plain)


def test_an_error_that_follows_damage_keeps_all_that_is_finished(image, stopped, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    finished = folder / ".out.partial" / "finished"
    names = sorted(path.name for path in finished.iterdir())
    (finished / names[0]).write_bytes(b"")
    with pytest.raises(OutputError, match="No space left"):
        run_detect(
            read_image(image),
            folder / "out",
            SETTINGS,
            resume=True,
            progress=Fail("writing maps", OSError(errno.ENOSPC, "No space left on device")),
        )
    assert sorted(path.name for path in finished.iterdir()) == names


@pytest.mark.parametrize("key", [b"", b"\xff\xfe", b"other"], ids=["empty", "binary", "other"])
def test_a_damaged_key_is_one_sentence_and_loses_nothing(image, stopped, tmp_path, key):
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    (folder / ".out.partial" / "key.txt").write_bytes(key)
    finished = sorted((folder / ".out.partial" / "finished").iterdir())
    with pytest.raises(OutputError, match="another image or other options"):
        run_detect(read_image(image), folder / "out", SETTINGS, resume=True)
    assert sorted((folder / ".out.partial" / "finished").iterdir()) == finished


def test_the_command_says_that_finished_work_is_kept(image, tmp_path, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sciarada.pipelines.detect.write_products", full)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["detect", str(image), "--out", "out", "--workers", "1"])
    assert result.exit_code == 2
    assert result.stderr == (
        "sciarada: cannot write out: No space left on device; free some room there or give "
        "another --out; what was finished is kept, go on from there with --resume\n"
    )


def test_finished_tiles_stay_where_nobody_can_see_whether_there_are_any(
    image, tmp_path, monkeypatch
):
    """With too little memory a folder cannot be listed either."""

    def no_memory(_self, _pattern):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    class Exhausted(Fail):
        def __call__(self, items, stage, total):
            if stage == self.stage:
                monkeypatch.setattr(Path, "glob", no_memory)
            return super().__call__(items, stage, total)

    with pytest.raises(MemoryError):
        run_detect(
            read_image(image),
            tmp_path / "out",
            SETTINGS,
            progress=Exhausted("writing maps", MemoryError()),
        )
    monkeypatch.undo()
    work = tmp_path / ".out.partial"
    assert (work / "key.txt").is_file()
    assert list((work / "finished").glob("tile-*.npz"))


@pytest.mark.parametrize(
    ("number", "raised", "said"),
    [
        (errno.ENOMEM, MemoryError, "cannot be mapped"),
        (errno.EMFILE, ImageError, "cannot be read: Too many open files"),
        (errno.ENOENT, ChangedInputError, "went away"),
    ],
)
def test_an_image_that_cannot_be_mapped_has_not_changed(image, monkeypatch, number, raised, said):
    """Finished tiles of an image that did change are of no use, all others are."""
    opened = read_image(image)

    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("numpy.memmap", refuse)
    with pytest.raises(raised, match=said):
        opened.read()
