"""A run removes nothing that it did not write itself (faults 1 and 2), by the command line."""

import json
import shutil
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from fields import make_field
from PIL import Image

from sciarada.cli.main import main
from sciarada.detection.settings import DetectSettings
from sciarada.errors import OutputError
from sciarada.io.fits_image import read_image
from sciarada.pipelines.demo import run_demo
from sciarada.pipelines.detect import run_detect

FAST = ("--workers", "1", "--no-diffuse")


def run(*arguments) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def refused(*arguments) -> str:
    """Run a command that must not begin, and return what it says."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sciarada: ")
    return line


def tree(folder: Path) -> dict[str, bytes | str | None]:
    """Return everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    """A folder with an image, its truth, a run of detect and pictures."""
    folder = tmp_path_factory.mktemp("once")
    (folder / "sky").mkdir()
    make_field((160, 160), seed=101).write(folder / "sky" / "image.fits")
    with chdir(folder):  # the catalogue is to name an image near it
        assert run("simulate", "--out", "truth", "--size", 128, "--workers", 1).exit_code == 0
        assert run("detect", "truth/image.fits", "--out", "found", *FAST).exit_code == 0
    (folder / "pictures").mkdir()
    for number, pixels in enumerate(np.random.default_rng(1).integers(0, 255, (4, 16, 16), "u1")):
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    (folder / "labels.csv").write_text("file,label\n0,a\n1,b\n2,a\n3,b\n")
    return folder


@pytest.fixture
def work(once, tmp_path, monkeypatch) -> Path:
    """A copy of that folder, in which the commands are run."""
    shutil.copytree(once, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


TOUCHING = {
    "detect, its folder": "detect sky/image.fits --out sky --overwrite",
    "detect, this folder": "detect sky/image.fits --out . --overwrite",
    "detect, the file": "detect sky/image.fits --out sky/image.fits --overwrite",
    "simulate, survey": "simulate -o sky --survey sky/mine.toml --size 64 --overwrite",
    "simulate, its folder": "simulate -o sky --into sky/image.fits --number 2 --overwrite",
    "evaluate, truth": "evaluate found --truth truth --out truth --overwrite",
    "evaluate, catalogue": "evaluate found --truth truth --out found --overwrite",
    "evaluate, file": "evaluate found/catalogue.vot --truth truth --out found --overwrite",
    "evaluate, inside": "evaluate found --truth truth --out found/scores",
    "evaluate, compared": "evaluate found --truth truth --compare a=sky/image.fits --out sky",
    "evaluate, labels": "evaluate sky/a.csv --score classes --truth labels.csv --out sky "
    "--overwrite",
    "evaluate, classes": "evaluate labels.csv --score classes --truth sky/a.csv --out sky "
    "--overwrite",
    "cutouts, image": "cutouts sky/image.fits --sampler random --number 2 -o sky/image.fits "
    "--overwrite",
    "cutouts, catalogue": "cutouts sky/image.fits --sampler centred --catalogue found "
    "-o found/set.fits",
    "cutouts, folder": "cutouts pictures -o pictures/set.fits",
    "cutouts, exclude": "cutouts pictures --exclude labels.csv -o labels.csv --overwrite",
    "embed, folder": "embed pictures -o pictures/features.fits",
    "embed, run": "embed found -o found/catalogue.fits --overwrite",
    "embed, images of a run": "embed found -o truth/image.fits --overwrite",
    "probe, folder": "probe pictures --labels labels.csv --out pictures --overwrite",
    "probe, labels": "probe pictures --labels labels.csv --out labels.csv --overwrite",
    "pretrain, folder": "pretrain pictures --out pictures --overwrite",
    "pretrain, inside": "pretrain pictures --out pictures/run",
}


@pytest.mark.parametrize("command", TOUCHING.values(), ids=TOUCHING)
def test_no_output_touches_an_input(work, command):
    (work / "sky" / "mine.toml").write_text("")
    (work / "sky" / "a.csv").write_text("file,label\n0,a\n")
    before = tree(work)
    line = refused(*command.split())
    assert "an input of this run: give another" in line
    assert tree(work) == before


def test_a_link_to_a_folder_does_not_hide_the_input(work):
    (work / "link").symlink_to("sky")
    before = tree(work)
    assert "an input of this run" in refused(
        "detect", "sky/image.fits", "--out", "link", "--overwrite"
    )
    assert tree(work) == before


CHANGES = {
    "a file of the user": lambda out: (out / "notes.txt").write_text("mine"),
    "a catalogue that was edited": lambda out: edit(out / "catalogue.ecsv"),
    "a report that was edited": lambda out: edit(out / "report.html"),
    "a folder": lambda out: (out / "figures").mkdir(),
    "a link": lambda out: (out / "data.fits").symlink_to("../sky/image.fits"),
    "another file of that name": lambda out: (out / "rms.fits").write_bytes(b"mine"),
    "a record of another program": lambda out: (out / "run.json").write_text('{"files": []}'),
    "no record": lambda out: (out / "run.json").unlink(),
}


def edit(path: Path) -> None:
    path.write_text(path.read_text().replace("SCI J", "MY J"))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_overwrite_leaves_what_is_not_a_runs_own(work, change):
    change(work / "found")
    before = tree(work)
    line = refused("detect", "sky/image.fits", "--out", "found", *FAST, "--overwrite")
    assert "found is not replaced" in line
    assert "give another --out" in line
    assert tree(work) == before


def test_overwrite_replaces_a_whole_run_with_scores_in_its_report(work):
    scores = ("evaluate", "found", "--truth", "truth", "--out", "scores")
    assert run(*scores, "--into-report").exit_code == 0
    assert run(*scores, "--overwrite").exit_code == 0
    done = run("detect", "sky/image.fits", "--out", "found", *FAST, "--overwrite")
    assert done.exit_code == 0, done.output
    record = json.loads((work / "found" / "run.json").read_text())
    assert {entry["name"] for entry in record["files"]} == {
        path.name for path in (work / "found").iterdir() if path.name != "run.json"
    }
    assert record["inputs"][0]["image"] == "sky/image.fits"


def test_a_report_that_a_user_edited_stays_theirs_with_scores_in_it(work):
    edit(work / "found" / "report.html")
    page = work / "found" / "report.html"
    page.write_text(page.read_text().replace("</body>", "<p>mine</p></body>"))
    done = run("evaluate", "found", "--truth", "truth", "--out", "scores", "--into-report")
    assert done.exit_code == 0
    assert "report.html" in refused(
        "detect", "sky/image.fits", "--out", "found", *FAST, "--overwrite"
    )


def detect_while(folder: Path, happens, **how) -> None:
    """Run detect on the image of a folder; something happens when it has begun."""

    def progress(items, stage, total):
        happens()
        return items

    settings = DetectSettings(workers=1, scales=())
    image = read_image(folder / "sky" / "image.fits")
    run_detect(image, folder / "out", settings, progress=progress, **how)


@pytest.mark.parametrize("empty", [False, True])
def test_a_folder_that_appears_during_a_run_is_left_alone(work, empty):
    def appear():
        (work / "out").mkdir(exist_ok=True)
        if not empty:
            (work / "out" / "thesis.tex").write_text("years")

    with pytest.raises(OutputError, match=r"out was changed .* complete products are in .*out_2"):
        detect_while(work, appear)
    assert [path.name for path in (work / "out").iterdir()] == ["thesis.tex"] * (not empty)
    assert (work / "out_2" / "catalogue.fits").is_file()
    assert not [path for path in work.iterdir() if path.name[0] == "."]


def test_a_file_that_is_put_into_products_while_they_are_replaced_stays(work):
    detect_while(work, lambda: None)
    before = tree(work / "out")
    notes = work / "out" / "notes.txt"
    with pytest.raises(OutputError, match=r"notes\.txt.*complete products are in .*out_2"):
        detect_while(work, lambda: notes.write_text("mine"), overwrite=True)
    assert tree(work / "out") == {**before, "notes.txt": b"mine"}
    assert (work / "out_2" / "catalogue.fits").is_file()


def test_a_demonstration_that_fails_leaves_what_others_put_there(tmp_path, monkeypatch):
    out = tmp_path / "demo"

    def fail(*_arguments, **_options):
        (out / "notes.txt").write_text("mine")
        raise KeyboardInterrupt

    monkeypatch.setattr("sciarada.pipelines.demo.run_evaluate", fail)
    with pytest.raises(KeyboardInterrupt):
        run_demo(out, size=200)
    assert tree(out) == {"notes.txt": b"mine"}


SINGLE = {
    "set.fits": "cutouts pictures -o set.fits",
    "set.ecsv": "cutouts pictures -o set.ecsv",
    "set.vot": "cutouts pictures -o set.vot",
    "set.parquet": "cutouts pictures -o set.parquet",
    "boxes.reg": "cutouts sky/image.fits --sampler random --number 2 --size 8 -o boxes.fits",
    "set.zarr": "cutouts pictures -o set.zarr --materialise 8",
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_file_is_replaced_only_by_its_own_kind(work, name):
    command = [*SINGLE[name].split(), "--overwrite"]
    for _ in range(2):
        done = run(*command)
        assert done.exit_code == 0, done.output
    path = work / name
    if path.is_dir():
        shutil.rmtree(path)
    path.write_text("mine")
    before = tree(work)
    assert f"{name} is" in refused(*command)
    assert tree(work) == before


def test_a_catalogue_is_not_replaced_by_a_set(work):
    before = tree(work)
    line = refused("cutouts", "pictures", "-o", "found/catalogue.fits", "--overwrite")
    assert "it is not a FITS file of CUTOUTS that SCIARADA wrote" in line
    assert tree(work) == before


def test_a_set_that_was_edited_is_not_replaced(work):
    command = ("cutouts", "pictures", "-o", "set.fits", "--overwrite")
    assert run(*command).exit_code == 0
    data = (work / "set.fits").read_bytes()
    assert data.count(b"1.png") == 1
    (work / "set.fits").write_bytes(data.replace(b"1.png", b"7.png"))
    assert "or it was changed since" in refused(*command)
