"""Signals, full streams and what killed runs leave (faults 12, 14 and 17)."""

import errno
import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from fields import make_field

from sciarada.cli.main import main
from sciarada.errors import OutputError, WorkerError
from sciarada.io.atomic import atomic_path
from sciarada.running.scratch import LOCK, ScratchFolder, remove_abandoned
from sciarada.running.stopping import Stopped, held, stops_raise
from sciarada.running.workers import local_executor

COMMAND = [sys.executable, "-m", "sciarada"]


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> Path:
    """A compressed image that takes some seconds."""
    folder = tmp_path_factory.mktemp("packed")
    plain = make_field((500, 500), step=40, seed=11).write(folder / "image.fits")
    path = folder / "image.fits.gz"
    path.write_bytes(gzip.compress(plain.read_bytes(), 1))
    plain.unlink()
    return path


@pytest.fixture(autouse=True)
def hang_ups_are_not_ignored():
    """Give the signal its usual effect, also where the tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def start(packed: Path, folder: Path, out: str = "out") -> subprocess.Popen:
    """Start a run, and return when its first tiles are finished."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*COMMAND, "detect", packed, "--out", out, "--workers", "2", "--tile", "50"],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 120
    while not list(folder.glob(f".{out}.partial/finished/*.npz")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    return process


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_run_as_ctrl_c_does(packed, tmp_path, number, status):
    process = start(packed, tmp_path)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == status
    assert stdout == ""
    assert stderr.startswith("sciarada: interrupted; what was finished is kept")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / ".out.partial" / "finished").glob("*.npz"))


def test_what_a_killed_run_leaves_goes_at_the_next(packed, tmp_path):
    process = start(packed, tmp_path)
    process.kill()
    process.communicate(timeout=60)
    assert len(list((tmp_path / "tmp").iterdir())) == 1  # the unpacked copy
    process = start(packed, tmp_path, "other")
    assert len(list((tmp_path / "tmp").iterdir())) == 1  # the copy of this run alone
    process.terminate()
    process.communicate(timeout=60)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_temporary_folders_of_live_runs_stay(tmp_path):
    live = ScratchFolder(tmp_path)
    dead = tmp_path / ".sciarada-abcdefgh.part"
    dead.mkdir()
    (dead / LOCK).touch()
    others = [tmp_path / ".sciarada-mine.part", tmp_path / "sciarada-thesis", tmp_path / ".x.part"]
    for folder in others:
        folder.mkdir()
    remove_abandoned(tmp_path)
    assert live.new.is_dir()
    assert not dead.exists()
    assert all(folder.is_dir() for folder in others)
    live.remove()
    assert sorted(tmp_path.iterdir()) == sorted(others)


def test_a_link_with_such_a_name_is_left_alone(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".sciarada-abcdefgh.part").symlink_to(tmp_path / "elsewhere")
    remove_abandoned(tmp_path)
    assert (tmp_path / "elsewhere").is_dir()
    assert (tmp_path / ".sciarada-abcdefgh.part").is_symlink()


def test_a_signal_during_clean_up_waits_for_its_end():
    done = []

    def clean_up():
        with held():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            done.append("cleaned up")

    with stops_raise(), pytest.raises(Stopped) as caught:
        clean_up()
    assert caught.value.exit_code == 143
    assert done == ["cleaned up"]


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with stops_raise():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["plugins"]])
def test_a_full_stdout_is_one_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
        )
    assert ended.returncode == 2
    assert ended.stderr == ("sciarada: cannot write to standard output: No space left on device\n")


def test_a_full_dev_shm_is_not_blamed_on_the_output(monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", full)
    with (
        pytest.raises(WorkerError, match=r"No space left.*/dev/shm.*--workers 1"),
        local_executor(2),
    ):
        pass


def test_a_full_temporary_folder_is_not_blamed_on_the_output(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    (tmp_path / "here").mkdir()
    full = OSError(errno.ENOSPC, "No space left on device", str(temporary / "pymp-1"))
    with (
        pytest.raises(OutputError, match=r"temporary folder .*temporary: .*set TMPDIR"),
        atomic_path(tmp_path / "here" / "out.fits"),
    ):
        raise full


def test_a_read_only_file_system_is_one_sentence(read_only_disk):
    with (
        pytest.raises(OutputError, match=r"cannot write .*x\.fits: Read-only file system"),
        atomic_path(read_only_disk / "x.fits"),
    ):
        raise AssertionError("nothing could be written")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 3 GiB"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_too_little_memory_is_one_sentence(monkeypatch, error):
    def exhausted(*_arguments, **_options):
        raise error

    monkeypatch.setattr("sciarada.io.fits_image.read_image", exhausted)
    result = CliRunner().invoke(main, ["detect", "image.fits"])
    assert result.exit_code == 2
    assert result.stderr.startswith("sciarada: not enough memory")
    assert result.stderr.count("\n") == 1
