"""Products appear all at once or not at all, and a stopped run's work can be taken up again."""

import errno
import json
import multiprocessing
from pathlib import Path

import pytest

from sciarada.errors import OutputError, WorkerError
from sciarada.io.staging import staging, stream_key


def make(out: Path, key: str = "key", text: str = "new", **options) -> None:
    with staging(out, key, **options) as stage:
        write(stage.products, text)


def write(products: Path, text: str = "new") -> None:
    (products / "run.json").write_text(json.dumps({"counts": {"sources": 3}}))
    (products / "catalogue.ecsv").write_text(text)


def break_off(out: Path, key: str, error: type[BaseException], step: str | None, **options) -> None:
    with staging(out, key, **options) as stage:
        if step:
            (stage.finished / step).write_text("done")
        (stage.products / "half.fits").write_text("half")
        raise error


def stop(
    out: Path,
    key: str = "key",
    error: type[BaseException] = KeyboardInterrupt,
    step: str | None = "step.npz",
    **options,
) -> BaseException:
    """End a run by an error, with a finished step and half a product; return the error."""
    with pytest.raises(error) as caught:
        break_off(out, key, error, step, **options)
    return caught.value


def everything(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): told(path) for path in sorted(folder.rglob("*"))}


def told(path: Path) -> str:
    if path.is_dir():
        return "(folder)"
    return "(record)" if path.name == "run.json" else path.read_text()


def products(folder: str, text: str) -> dict[str, str]:
    """What `everything` returns of a folder that `make` made."""
    return {
        folder: "(folder)",
        f"{folder}/catalogue.ecsv": text,
        f"{folder}/run.json": "(record)",
    }


def test_products_appear_at_the_end_and_nothing_else_is_left(tmp_path):
    out = tmp_path / "deep" / "out"
    with staging(out, "key") as stage:
        write(stage.products)
        assert not out.exists()
        assert not stage.resumed
    assert everything(tmp_path) == {"deep": "(folder)", **products("deep/out", "new")}


@pytest.mark.parametrize("error", [ValueError, SystemExit, OutputError, KeyboardInterrupt])
@pytest.mark.parametrize("options", [{"step": None}, {"keep": False}])
def test_an_error_leaves_nothing_behind_where_nothing_can_be_resumed(tmp_path, error, options):
    stop(tmp_path / "out", error=error, **options)
    assert everything(tmp_path) == {}
    stop(tmp_path / "deep" / "deeper" / "out", error=error, **options)
    assert everything(tmp_path) == {}


def test_an_error_of_the_system_becomes_one_sentence(tmp_path):
    with (
        pytest.raises(OutputError, match=r"cannot write .*: No space left.*--out"),
        staging(tmp_path / "out", "key"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert everything(tmp_path) == {}


def test_an_existing_folder_is_refused_and_untouched(tmp_path):
    make(tmp_path / "out", text="old")
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=r"out already exists; .*--overwrite"):
        make(tmp_path / "out")
    assert everything(tmp_path) == before


def test_overwrite_replaces_the_products(tmp_path):
    make(tmp_path / "out", text="old")
    make(tmp_path / "out", overwrite=True)
    assert everything(tmp_path) == products("out", "new")


def test_overwrite_needs_nothing_to_be_there(tmp_path):
    make(tmp_path / "out", overwrite=True)
    assert everything(tmp_path) == products("out", "new")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_old_products_survive_a_failing_overwrite(tmp_path, error):
    out = tmp_path / "out"
    make(out, text="old")
    with pytest.raises(error), staging(out, "key", overwrite=True):
        raise error
    assert everything(out) == {"catalogue.ecsv": "old", "run.json": "(record)"}


@pytest.mark.parametrize("there", [False, True])
def test_products_set_aside_by_a_run_that_was_killed_come_back(tmp_path, there):
    """A run that is killed while it replaces products has moved them to a hidden name."""
    out = tmp_path / "out"
    make(out, text="old")
    out.rename(tmp_path / ".out.replaced")
    if there:
        out.mkdir()  # it had claimed the place
    with pytest.raises(OutputError, match="already exists"):
        make(out)
    assert everything(tmp_path) == products("out", "old")


def test_products_of_a_run_that_was_killed_after_it_replaced_them_go(tmp_path):
    out = tmp_path / "out"
    make(out, text="old")
    out.rename(tmp_path / ".out.replaced")
    (tmp_path / ".out.replaced" / "catalogue.ecsv").unlink()
    make(tmp_path / "elsewhere", text="new")
    (tmp_path / "elsewhere").rename(out)
    make(out, text="newest", overwrite=True)
    assert everything(tmp_path) == products("out", "newest")


def test_a_foreign_folder_is_never_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years")
    with pytest.raises(OutputError, match=r"not replaced: its run.json is missing"):
        make(tmp_path / "out", overwrite=True)
    assert everything(tmp_path) == {"out": "(folder)", "out/thesis.tex": "years"}


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    make(tmp_path / "out")
    assert everything(tmp_path) == products("out", "new")


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_in_its_place_is_refused(tmp_path, overwrite):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=r"out is a file; .*--out"):
        make(tmp_path / "out", overwrite=overwrite)
    assert everything(tmp_path) == {"out": "a file"}


def test_a_place_under_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot write in .*file: Not a directory.*--out"):
        make(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match=r"cannot write in "):
        make(tmp_path / "file" / "deep" / "out")
    assert everything(tmp_path) == {"file": "a file"}


def test_a_read_only_place_is_one_sentence(read_only_disk):
    with pytest.raises(OutputError, match=r"cannot write in .*: Read-only file system.*--out"):
        make(read_only_disk / "out")


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, WorkerError, OutputError, ZeroDivisionError, SystemExit]
)
def test_finished_steps_are_kept_whatever_ended_the_run(tmp_path, error):
    out = tmp_path / "out"
    assert any("--resume" in note for note in stop(out, error=error).__notes__)
    assert not out.exists()
    assert sorted(everything(tmp_path / ".out.partial")) == [
        "finished",
        "finished/step.npz",
        "key.txt",
        "lock",
    ]
    with staging(out, "key", resume=True) as stage:
        assert stage.resumed
        assert (stage.finished / "step.npz").read_text() == "done"
        assert list(stage.products.iterdir()) == []
        write(stage.products)
    assert everything(tmp_path) == products("out", "new")


def test_without_resume_a_run_starts_anew(tmp_path):
    stop(tmp_path / "out")
    with staging(tmp_path / "out", "key") as stage:
        assert not stage.resumed
        assert list(stage.finished.iterdir()) == []
        write(stage.products)


def test_resume_with_nothing_to_go_on_from_starts_anew(tmp_path):
    with staging(tmp_path / "out", "key", resume=True) as stage:
        assert not stage.resumed
        write(stage.products)
    assert everything(tmp_path) == products("out", "new")


def test_another_runs_work_is_not_taken_up_and_not_lost(tmp_path):
    out = tmp_path / "out"
    stop(out, key="one")
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=r"another image or other options.*--resume"):
        make(out, key="other", resume=True)
    assert everything(tmp_path) == before
    with staging(out, "one", resume=True) as stage:
        assert stage.resumed
        write(stage.products)


def test_a_stop_during_a_resumed_run_keeps_both_parts(tmp_path):
    out = tmp_path / "out"
    stop(out)
    stop(out, step="second.npz", resume=True)
    with staging(out, "key", resume=True) as stage:
        assert sorted(p.name for p in stage.finished.iterdir()) == ["second.npz", "step.npz"]
        write(stage.products)


def hold(out: Path, ready, done) -> None:
    with staging(out, "key") as stage:
        write(stage.products, "first")
        ready.set()
        done.wait(30)


def test_two_runs_do_not_write_one_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(tmp_path / "out", ready, done))
    process.start()
    try:
        assert ready.wait(30)
        with pytest.raises(OutputError, match=r"another run is writing .*out"):
            make(tmp_path / "out")
    finally:
        done.set()
        process.join(30)
    assert process.exitcode == 0
    assert everything(tmp_path / "out") == {"catalogue.ecsv": "first", "run.json": "(record)"}


def test_the_key_of_a_file_follows_its_content(tmp_path):
    path = tmp_path / "image.fits"
    path.write_text("pixels")
    key = stream_key(path)
    assert key == stream_key(path)
    path.write_text("other pixels")
    assert stream_key(path) != key
