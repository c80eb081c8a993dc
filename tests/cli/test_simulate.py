"""``sciarada simulate``: what is said, made and refused, and that the same seed is the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.io.fits_image import read_image
from sciarada.io.tables import read_catalogue
from sciarada.simulation.survey import survey_names

PRODUCTS = {
    "image.fits",
    "truth.fits",
    "truth.vot",
    "truth.ecsv",
    "truth.components.ecsv",
    "truth.reg",
    "components.reg",
    "segmentation.fits",
    "rms.fits",
    "preview.png",
    "run.json",
}
COMMAND = [sys.executable, "-m", "sciarada", "simulate"]


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    """Run the command in an empty folder and in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(main, ["simulate", *map(str, arguments)])

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated") / "out"
    arguments = [
        "simulate",
        "--out",
        str(out),
        "--size",
        "400x300",
        "--seed",
        "5",
        "--workers",
        "1",
    ]
    return out, CliRunner().invoke(main, [*arguments, "-O", "number.fr2=4", "--parquet"])


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file but run.json, which holds times."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


def only_sentence(result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sciarada: ")
    return line


def test_the_summary_says_what_was_made_and_what_to_do_next(made):
    out, result = made
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    first, sources, drawn, where, following = result.stdout.splitlines()
    assert first.startswith("ASKAP EMU: 400 x 300 pixels")
    assert "seed 5" in first
    run = json.loads((out / "run.json").read_text())
    assert sources.startswith(f"{run['counts']['sources']} sources: ")
    assert f"{run['counts']['det_class']['compact']} compact" in sources
    assert "4 fr2" in drawn
    assert f"{out}/ " in where
    assert f"sciarada detect {out}/image.fits" in following
    assert f"--truth {out}" in following


def test_the_files_are_there_and_agree(made):
    out, _ = made
    extra = {"truth.parquet", "truth.components.parquet"}
    assert {path.name for path in out.iterdir()} == PRODUCTS | extra
    image = read_image(out / "image.fits")
    assert image.shape == (300, 400)
    assert (image.frequency, image.beam.major) == (943.5e6, pytest.approx(15.0))
    assert image.notes == ()
    truth = read_catalogue(out / "truth.fits")
    sources = truth.sources
    labels = fits.getdata(out / "segmentation.fits")
    assert labels.dtype == np.dtype(">i4")
    assert set(np.unique(labels)) - {0} <= set(sources["source_id"])
    x, y = (np.round(np.asarray(sources[name])).astype(int) for name in "xy")
    bright = np.asarray((sources["snr"] > 20) & (sources["morphology"] == "point"))
    assert np.array_equal(labels[y[bright], x[bright]], sources["source_id"][bright])
    rms = fits.getdata(out / "rms.fits")
    inside = np.isin(np.arange(len(x)), np.flatnonzero((x > 0) & (y > 0)))
    np.testing.assert_allclose(rms[y[inside], x[inside]], sources["local_rms"][inside], rtol=1e-3)
    assert len(read_catalogue(out / "truth.parquet")) == len(truth)
    assert np.sum(sources["morphology"] == "fr2") == 4


def test_the_header_says_what_the_image_is(made):
    header = fits.getheader(made[0] / "image.fits")
    assert header["TELESCOP"] == "ASKAP"
    assert (header["SIMSURV"], header["SIMSEED"], header["OBJECT"]) == ("emu", 5, "emu-5")
    assert not [card for card in header if card.startswith("DATE")]


def test_run_json_tells_how_to_make_it_again(made):
    run = json.loads((made[0] / "run.json").read_text())
    assert run["configuration"]["options"] == ["number.fr2=4"]
    assert (run["configuration"]["seed"], run["configuration"]["size"]) == (5, [300, 400])
    assert run["survey"]["name"] == "emu"
    assert run["timings"].keys() == {"truth", "maps", "products"}
    assert run["versions"].keys() >= {"sciarada", "numpy"}


def test_the_same_bytes_for_any_number_of_workers_and_at_any_time(tmp_path):
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    for out, *options in (
        (one, "--workers", "1"),
        (two, "--workers", "2", "--quiet"),
        (other, "--workers", "1", "--seed", "3"),
    ):
        done = subprocess.run(
            [*COMMAND, "--out", out, "--size", "600", "--survey", "scorpio", *options],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        time.sleep(1.1)  # a second at least, for files that would hold the time
    assert contents(one) == contents(two)
    assert all(value != contents(other)[name] for name, value in contents(one).items())


def test_surveys_are_listed(simulate):
    result = simulate("--surveys")
    assert result.exit_code == 0
    for name in survey_names():
        assert f"\n{name} " in f"\n{result.stdout}"
    assert "ASKAP EMU: 943.5 MHz, beam 15 x 15 arcsec, pixel 2 arcsec, rms 22 µJy/beam" in (
        result.stdout
    )
    assert "odd_radio_circle" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "big"], ["--size 'big'", "4096x2048"]),
        (["--size", "8"], ["--size 8", "32"]),
        (["--size", "100x99999"], ["99999", "65536"]),
        (["--survey", "emus"], ["emus", "emu"]),
        (["-O", "noise.rmss=2"], ["noise.rmss", "noise.rms"]),
        (["-O", "noise.rms=loud"], ["noise.rms", "loud"]),
        (["-O", "noise.rms"], ["noise.rms"]),
        (["--beam", "15"], ["--beam", "--into"]),
        (["--plane", "0"], ["--plane", "--into"]),
        (["--snr", "3,100"], ["--snr", "--into"]),
        (["--placement", "grid"], ["--placement", "--into"]),
        (["--into", "nothing.fits"], ["nothing.fits", "cannot be read"]),
        (["--into", "nothing.fits", "--size", "99"], ["--size", "--into"]),
        (["--into", "nothing.fits", "--snr", "9,3"], ["--snr '9,3'", "--snr 3,100"]),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(simulate, tmp_path, arguments, words):
    line = only_sentence(simulate("--out", "out", *arguments))
    for word in words:
        assert word in line
    assert list(tmp_path.iterdir()) == []


def test_only_folders_of_products_are_replaced_and_only_on_request(simulate, tmp_path):
    assert simulate("--out", "out", "--size", 64, "--workers", 1).exit_code == 0
    before = contents(tmp_path / "out")
    line = only_sentence(simulate("--out", "out", "--size", 64))
    assert "--overwrite" in line
    assert "another --out" in line
    assert contents(tmp_path / "out") == before
    assert simulate("--out", "out", "--size", 64, "--seed", 2, "--overwrite").exit_code == 0
    assert contents(tmp_path / "out").keys() == before.keys()
    assert contents(tmp_path / "out") != before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    assert "mine" in only_sentence(simulate("--out", "mine", "--size", 64, "--overwrite"))
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep"


def test_a_full_disk_leaves_nothing(simulate, small_disk):
    line = only_sentence(simulate("--out", small_disk / "out", "--size", 600, "--workers", 1))
    assert "No space left" in line
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_cannot_be_written(simulate, read_only_disk):
    assert "Read-only" in only_sentence(simulate("--out", read_only_disk / "out", "--size", 64))


def test_ctrl_c_leaves_nothing(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "--out", tmp_path / "out", "--size", "3000", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 100
    while not list(tmp_path.glob(".out.partial/products/image.fits")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_field_without_sources(simulate, tmp_path):
    zero = [f"number.{name}=0" for name in ("halo", "relic", "odd_radio_circle")]
    options = [word for option in zero for word in ("-O", option)]
    result = simulate("--out", "out", "--size", 64, "--number", 0, "--workers", 1, *options)
    assert result.exit_code == 0, result.output
    assert "0 sources: none" in result.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == PRODUCTS
