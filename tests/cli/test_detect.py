"""``sciarada detect``: what is said, what is silent, what is refused, and Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from astropy.io import fits
from click.testing import CliRunner
from fields import PRODUCTS, Field, make_field
from skies import tan_wcs

from sciarada.cli.main import main
from sciarada.io.tables import read_catalogue

COMMAND = [sys.executable, "-m", "sciarada", "detect"]


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    return make_field((240, 280), seed=101).write(tmp_path_factory.mktemp("image") / "field.fits")


@pytest.fixture
def detect(tmp_path, monkeypatch):
    """Run the command in an empty folder and in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(main, ["detect", "--workers", "1", *map(str, arguments)])

    return run


def only_sentence(result) -> str:
    """Return the one sentence that a refused command says, on stderr."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sciarada: ")
    assert "Traceback" not in result.output
    return line


def test_the_summary_says_what_was_found_and_where_it_lies(detect, image, tmp_path):
    result = detect(image)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    out = tmp_path / "field_sciarada"
    assert {path.name for path in out.iterdir()} == PRODUCTS
    run = json.loads((out / "run.json").read_text())
    counts = run["counts"]
    first, *rest = result.stdout.splitlines()
    assert first.startswith(f"{counts['sources']} sources, {counts['components']} components")
    assert re.search(r"median rms \d+ µJy/beam", first)
    assert 2 <= len(rest) <= 5
    assert "field_sciarada/" in result.stdout
    assert "report.html" in result.stdout


def test_quiet_says_nothing(detect, image, tmp_path):
    for arguments in (("--quiet", "--out", "one"), ("--out", "two", "--quiet")):
        result = detect(image, *arguments)
        assert (result.exit_code, result.output) == (0, "")
    assert {path.name for path in (tmp_path / "one").iterdir()} == PRODUCTS


def test_no_bar_is_drawn_where_stderr_is_not_a_terminal(image, tmp_path):
    done = subprocess.run(
        [*COMMAND, image, "--workers", "2", "--tile", "128"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\r" not in done.stdout


def test_options_reach_the_run(detect, image, tmp_path):
    result = detect(
        image,
        *("--out", tmp_path / "deep" / "out", "-O", "peak_sigma=12", "--option", "grow_sigma=4"),
        *("--tile", "100", "--box", "60", "--no-diffuse", "--parquet"),
        *("--beam", "12,9,40", "--detector", "islands"),
    )
    assert result.exit_code == 0, result.output
    out = tmp_path / "deep" / "out"
    run = json.loads((out / "run.json").read_text())
    assert run["thresholds"] == {"peak_sigma": 12.0, "grow_sigma": 4.0}
    assert run["background_box_pixels"] == 60
    configuration = run["configuration"]
    assert (configuration["tile"], configuration["scales"]) == (100, [])
    assert run["image"]["beam"] == {"maj_arcsec": 12.0, "min_arcsec": 9.0, "pa_deg": 40.0}
    assert (out / "catalogue.parquet").is_file()
    assert read_catalogue(out / "catalogue.fits").sources["snr"].min() > 10


def test_a_plane_of_a_cube_can_be_chosen(detect, tmp_path):
    field = make_field((100, 120), step=50, seed=102)
    header = field.wcs.to_header()
    header.update(BUNIT="Jy/beam", BMAJ=10 / 3600, BMIN=8 / 3600, BPA=30.0, CTYPE3="FREQ")
    cube = np.stack([field.data * np.nan, field.data]).astype(np.float32)
    fits.writeto(tmp_path / "cube.fits", cube, header)
    assert "--plane" in only_sentence(detect("cube.fits"))
    assert not (tmp_path / "cube_sciarada").exists()
    result = detect("cube.fits", "--plane", "1")
    assert result.exit_code == 0
    assert not result.stdout.startswith("0 sources")


def test_an_image_without_pixels_is_said_to_have_none(detect, tmp_path):
    Field(np.full((50, 60), np.nan), tan_wcs((50, 60)), None).write(tmp_path / "blank.fits")
    result = detect("blank.fits")
    assert result.exit_code == 0
    assert result.stdout.startswith("0 sources, 0 components in 0 islands; no valid pixels")


def test_products_are_not_replaced_unless_asked(detect, image, tmp_path):
    assert detect(image).exit_code == 0
    before = (tmp_path / "field_sciarada" / "run.json").read_bytes()
    assert "--overwrite" in only_sentence(detect(image))
    assert (tmp_path / "field_sciarada" / "run.json").read_bytes() == before
    assert detect(image, "--overwrite", "-O", "peak_sigma=9").exit_code == 0
    assert (tmp_path / "field_sciarada" / "run.json").read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["-O", "peak_sigma=high"], "peak_sigma"),
        (["-O", "peak=5"], "peak_sigma"),
        (["-O", "peak_sigma"], "peak_sigma"),
        (["-O", "peak_sigma=3", "-O", "grow_sigma=4"], "grow_sigma"),
        (["--detector", "iland"], "iland"),
        (["--beam", "15,12,0,3"], "--beam"),
        (["--beam", "10,12,0"], "--beam"),
        (["--beam", "nan,12,0"], "--beam"),
        (["--unit", "furlong"], "--unit"),
        (["--plane", "7"], "--plane"),
        (["--plane", "x"], "--plane"),
    ],
)
def test_a_bad_option_is_one_sentence_that_names_it(detect, image, tmp_path, arguments, named):
    assert named in only_sentence(detect(image, *arguments))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["--tile", "-1"], ["--tile", "x"], ["--scale", "0.5"], ["--box", "2"], ["--workers", "-2"]],
)
def test_a_number_out_of_range_is_refused_by_name(detect, image, tmp_path, arguments):
    result = detect(image, *arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["truncated", "empty", "text", "folder", "missing"])
def test_a_file_that_is_no_image_is_one_sentence_that_names_it(detect, image, tmp_path, damage):
    path = tmp_path / "input" / "bad.fits"
    path.parent.mkdir()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        whole = image.read_bytes()
        path.write_bytes({"truncated": whole[:100_000], "empty": b"", "text": b"no"}[damage])
    assert "bad.fits" in only_sentence(detect(path))
    assert [item.name for item in tmp_path.iterdir()] == ["input"]


def test_a_place_that_cannot_be_written_is_one_sentence(detect, image, tmp_path):
    (tmp_path / "file").write_text("")
    assert "--out" in only_sentence(detect(image, "--out", "file/out"))
    assert "--out" in only_sentence(detect(image, "--out", "file"))
    assert (tmp_path / "file").read_text() == ""


def test_a_full_disk_is_one_sentence_and_finished_tiles_stay(detect, small_disk, tmp_path):
    path = make_field((500, 600), sources=False).write(tmp_path / "large.fits")
    sentence = only_sentence(detect(path, "--out", small_disk / "out"))
    assert "No space left" in sentence
    assert "--resume" in sentence
    assert [path.name for path in small_disk.iterdir()] == [".out.partial"]


def test_help_names_every_option(detect):
    text = CliRunner().invoke(main, ["detect", "--help"]).stdout
    for option in ("--out", "--overwrite", "--resume", "--detector", "--option", "--tile"):
        assert option in text
    for option in ("--workers", "--beam", "--plane", "--unit", "--parquet", "--quiet"):
        assert option in text


class Started:
    """The command as a process with a session of its own, as a shell would start it."""

    def __init__(self, folder: Path, *arguments) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.family: set[psutil.Process] = set()

    def wait_for(self, pattern: str) -> None:
        """Wait until a file appears."""
        end = time.monotonic() + 60
        while not list(self.folder.glob(pattern)):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end
            time.sleep(0.01)

    def interrupt(self) -> subprocess.CompletedProcess:
        """Press Ctrl-C: the signal goes to every process in the terminal's foreground."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        stdout, stderr = self.process.communicate(timeout=30)
        took = time.monotonic() - began
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []
        assert family
        assert took < 10
        return subprocess.CompletedProcess([], self.process.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """An image that takes some seconds, full of sources."""
    field = make_field((640, 640), step=40, seed=103)
    return field.write(tmp_path_factory.mktemp("large") / "large.fits")


def test_ctrl_c_ends_everything_and_resume_goes_on(large, tmp_path):
    arguments = [large, "--tile", "64", "--workers", "2"]
    started = Started(tmp_path, *arguments)
    started.wait_for(".large_sciarada.partial/finished/*.npz")
    stopped = started.interrupt()
    assert stopped.returncode == 130
    assert stopped.stdout == ""
    assert stopped.stderr.startswith("sciarada: interrupted; what was finished is kept")
    assert [path.name for path in tmp_path.iterdir()] == [".large_sciarada.partial"]

    again = subprocess.run(
        [*COMMAND, *arguments, "--resume"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert again.returncode == 0, again.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["large_sciarada"]
    run = json.loads((tmp_path / "large_sciarada" / "run.json").read_text())
    assert run["resumed"]
    assert int(re.match(r"(\d+) sources", again.stdout)[1]) == run["counts"]["sources"] > 150


def test_ctrl_c_at_the_very_beginning_is_as_quiet(large, tmp_path):
    started = Started(tmp_path, large, "--tile", "64", "--workers", "2")
    started.wait_for(".large_sciarada.partial")
    while not psutil.Process(started.process.pid).children():
        assert started.process.poll() is None, started.process.communicate()
        time.sleep(0.005)
    stopped = started.interrupt()
    assert stopped.returncode == 130
    assert stopped.stderr.strip() == "sciarada: interrupted"
