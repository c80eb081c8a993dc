"""``sciarada rerun``: the same products from what ``run.json`` recorded."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table
from click.testing import CliRunner
from probe_samples import write_encoder, write_set

from sciarada.cli.main import main
from sciarada.cutouts.reading import read_set
from sciarada.cutouts.reading import write_set as write_some
from sciarada.cutouts.zarr_set import write_zarr
from sciarada.errors import PluginError
from sciarada.io.embeddings import read_embeddings, write_embeddings
from sciarada.pipelines.plugin_formats import PluginFormats

LATER = {"run.json", "report.html"}  # they hold times
DATED = {"catalogue.fits", "catalogue.vot", "catalogue.ecsv"}


TABLES = """
    from sciarada.hooks import ReaderSpec, hookimpl

    class Tables:
        def read(self, path):
            from astropy.table import Table

            return Table.read(path, format="ascii.ecsv")

    @hookimpl
    def sciarada_readers():
        return [ReaderSpec(
            name="same", summary="x", factory=Tables, suffixes=(".same",), content="table"
        )]
"""
INPUTS = {
    "sky": set(),
    "found": {"sky/image.fits"},
    "scores": {"found", "sky"},
    "probe": {"set.fits", "net.safetensors"},
}


def run(*words: object) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.stderr
    return result.stderr


def refusal(*words: object) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 2, result.output
    return result.stderr


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a folder in which four commands were run with other options than the default ones."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run("simulate", "-o", "sky", "--size", "96x80", "--seed", 3, "-O", "number.fr2=1",
            "--workers", 1)  # fmt: skip
        run("detect", "sky/image.fits", "-o", "found", "-O", "peak_sigma=4.5", "--no-diffuse",
            "--workers", 1)  # fmt: skip
        run("evaluate", "found", "--truth", "sky", "-o", "scores", "--snr-limit", 6)
        write_set(folder / "set.fits")
        write_encoder(folder / "net.safetensors")
        run("probe", "set.fits", "--labels", "label", "-w", "net.safetensors", "-o", "probe",
            "--folds", 2, "--seeds", 1, "--device", "cpu")  # fmt: skip
    return folder


def same_products(one: Path, two: Path) -> None:
    names = {path.name for path in one.iterdir()}
    assert names == {path.name for path in two.iterdir()}
    for name in names - LATER:
        if name in DATED or name.startswith(("scores.", "matches", "summary", "runs")):
            if name.endswith(".fits"):
                same_tables(one / name, two / name)
        else:
            assert (one / name).read_bytes() == (two / name).read_bytes(), name


def same_tables(one: Path, two: Path) -> None:
    a, b = Table.read(one, hdu=1), Table.read(two, hdu=1)
    assert a.colnames == b.colnames
    for name in a.colnames:
        np.testing.assert_array_equal(np.asarray(a[name]), np.asarray(b[name]), name)


@pytest.mark.parametrize("name", ["sky", "found", "scores", "probe"])
def test_the_products_are_the_same(first, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)  # not where it was run
    said = run("rerun", first / name, "-o", "again")
    assert said.startswith("running again: sciarada ")
    same_products(first / name, tmp_path / "again")
    before = json.loads((first / name / "run.json").read_text())["command"]
    again = json.loads((tmp_path / "again" / "run.json").read_text())["command"]
    assert again["options"] == {**before["options"], "out": str(tmp_path / "again")}
    assert again["inputs"] == before["inputs"]
    assert set(before["inputs"]) == INPUTS[name]


def test_nothing_is_replaced_unless_told_and_changed_inputs_are_named(first, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image = shutil.copy(first / "sky" / "image.fits", "image.fits")
    run("detect", "image.fits", "-o", "found", "--no-diffuse", "--workers", 1)
    before = {path: path.read_bytes() for path in Path("found").iterdir()}
    line = refusal("rerun", "found/run.json", "--quiet")
    assert line.startswith("sciarada: found already exists; replace it with --overwrite or give")
    assert {path: path.read_bytes() for path in Path("found").iterdir()} == before
    with Path(image).open("r+b") as stream:
        stream.seek(-2900, 2)
        stream.write(b"\0")
    assert refusal("rerun", "found", "--overwrite") == (
        "sciarada: since found/run.json was written, image.fits has changed: give --changed "
        "to run nevertheless\n"
    )
    said = run("rerun", "found", "--overwrite", "--changed")
    assert "image.fits has changed" in said
    run("rerun", "found", "--overwrite")
    Path(image).unlink()
    assert "image.fits is missing" in refusal("rerun", "found", "-o", "third")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "run.json cannot be read: No such file or directory"),
        ("{", "run.json is no record of a run: it is not JSON"),
        ("[" * 100_000, "run.json is no record of a run: it is not JSON"),
        *(
            (
                json.dumps(
                    {
                        "command": {
                            "name": name,
                            "options": {"run": "run.json"},
                            "directory": "/",
                            "inputs": {},
                        }
                    }
                ),
                "run.json records no run of a command, so it cannot be run again",
            )
            for name in ("", "weights", "rerun")
        ),
        (
            '{"command": {"name": "info", "options": {}, "directory": "/", '
            '"inputs": {"a\\u0000": "1"}}}',
            "a\\x00 is missing: give --changed",
        ),
        (
            '{"command": {"name": "detect", "options": {"image": "a\\u0000"}, "directory": "/", '
            '"inputs": {}}}',
            "run.json: image cannot be used: it contains a null character",
        ),
        (
            '{"command": {"name": "detect", "options": {}, "directory": "/", "inputs": {}, '
            '"readers": ["a\\u0000"]}}',
            "run.json does not record a command of the command line",
        ),
        ("[]", "run.json does not record a command of the command line"),
        ('{"command": {"name": "detect"}}', "does not record a command of the command line"),
        (
            '{"command": {"name": "rm", "options": {}, "directory": "/", "inputs": {}}}',
            "run.json: there is no command `sciarada rm`",
        ),
        (
            '{"command": {"name": "detect", "options": {"imag": 1}, "directory": "/", '
            '"inputs": {}}}',
            "run.json has no option imag; did you mean 'image'?",
        ),
    ],
)
def test_records_of_no_use(tmp_path, text, sentence):
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    assert sentence in refusal("rerun", tmp_path / "run.json")
    assert sentence in refusal("rerun", tmp_path / "run.json" if text is None else tmp_path)


def test_only_the_folder_of_the_record_is_replaced(first, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("simulate", "-o", "a1", "--size", "64x64", "--workers", 1)
    Path("mv").mkdir()
    shutil.copytree("a1", "mv/moved")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("**/*")}
    monkeypatch.chdir("mv")
    shutil.copytree("moved", "a1")  # where the relative name would lead here
    line = refusal("rerun", "moved", "--overwrite")
    assert f"a run that wrote to {tmp_path / 'a1'}, not to the folder of" in line
    assert line.endswith("give the folder to replace with --out\n")
    assert {path: path.stat().st_mtime_ns for path in before if path.name != "mv"} == {
        path: time for path, time in before.items() if path.name != "mv"
    }
    run("rerun", "moved", "--overwrite", "-o", "moved")
    run("rerun", tmp_path / "a1" / "run.json", "--overwrite")
    assert {path for path in before if path.stat().st_mtime_ns != before[path]} >= {
        tmp_path / "a1" / "image.fits",
        tmp_path / "mv" / "moved" / "image.fits",
    }


PRODUCTS = {
    "set.fits": ("cutouts", "sky/image.fits", "--sampler", "random", "--number", 12, "--size", 16),
    "set.zarr": ("cutouts", "sky/image.fits", "--sampler", "random", "--number", 12, "--size", 16,
                 "--materialise", 16),
    "features.fits": ("embed", "set.fits", "-w", "net.safetensors", "--device", "cpu"),
    "features.vot": ("embed", "set.fits", "-w", "net.safetensors", "--device", "cpu"),
    "features.ecsv": ("embed", "set.fits", "-w", "net.safetensors", "--device", "cpu"),
    "features.parquet": ("embed", "set.fits", "-w", "net.safetensors", "--device", "cpu"),
    "training": ("pretrain", "set.fits", "--epochs", 1, "--warmup", 0, "--batch", 6, "--npix", 16,
                 "-O", "stem=standard", "-O", "channels=asinh", "--device", "cpu"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_without_a_run_folder_are_made_again(first, tmp_path, monkeypatch, name):
    monkeypatch.chdir(first)
    product = tmp_path / name
    run(*PRODUCTS[name], "-o", product)
    again = tmp_path / f"again{product.suffix}"
    monkeypatch.chdir(tmp_path)  # relative names are those of the recorded folder
    assert f"running again: sciarada {PRODUCTS[name][0]}\n" in run("rerun", product, "-o", again)
    monkeypatch.chdir(first)
    same_content(product, again)
    before = product.stat().st_mtime_ns
    run("rerun", product, "--overwrite")
    assert product.stat().st_mtime_ns != before
    same_content(product, again)
    place = tmp_path / f"moved{product.suffix}"
    shutil.move(product, place)
    kind = "file" if place.is_file() else "folder"
    line = refusal("rerun", place, "--overwrite")
    assert f"a run that wrote to {product}, not to" in line
    assert line.endswith(f"give the {kind} to replace with --out\n")


def same_content(one: Path, two: Path) -> None:
    if one.name == "training":
        weights = "encoder.safetensors"
        assert (one / weights).read_bytes() == (two / weights).read_bytes()
        assert len((one / "log.csv").read_text().splitlines()) == 2
    elif one.name.startswith("set"):
        a, b = read_set(one), read_set(two)
        assert a.ids.tolist() == b.ids.tolist()
        assert len(a) == 12
        np.testing.assert_array_equal(a.pixels(), b.pixels())
    else:
        a, b = read_embeddings(one), read_embeddings(two)
        np.testing.assert_array_equal(a.vectors, b.vectors)
        assert a.meta == b.meta


def test_the_weights_of_a_training_name_its_command(first, tmp_path, monkeypatch):
    monkeypatch.chdir(first)
    run(*PRODUCTS["training"], "-o", tmp_path / "one")
    run("rerun", tmp_path / "one" / "encoder.safetensors", "-o", tmp_path / "training")
    same_content(tmp_path / "training", tmp_path / "one")


def test_a_product_made_of_another_does_not_record_its_command(first, tmp_path, monkeypatch):
    monkeypatch.chdir(first)
    for name in ("set.fits", "set.zarr", "features.fits"):
        run(*PRODUCTS[name], "-o", tmp_path / name)
    write_some(read_set(tmp_path / "set.fits"), tmp_path / "some.fits")
    write_zarr(read_set(tmp_path / "set.zarr"), tmp_path / "some.zarr", 8)
    write_embeddings(read_embeddings(tmp_path / "features.fits"), tmp_path / "some.vot")
    for name in ("some.fits", "some.zarr", "some.vot"):
        assert "does not record a command of the command line" in refusal("rerun", tmp_path / name)


def test_the_default_place_of_a_run_is_its_own_folder(first, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("detect", first / "sky" / "image.fits", "--no-diffuse", "--workers", 1)
    (made,) = tmp_path.iterdir()
    shutil.copytree(made, "moved")
    before = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    run("rerun", "moved", "--overwrite")  # the record names no output
    assert {path: path.stat().st_mtime_ns for path in made.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {made.name, "moved"}


def test_a_relative_output_never_refers_to_the_present_folder(tmp_path, monkeypatch):
    gone, here = tmp_path / "gone", tmp_path / "here"
    gone.mkdir()
    monkeypatch.chdir(gone)
    run("simulate", "-o", "sky", "--size", "64x64", "--workers", 1)
    shutil.move(gone, here)
    monkeypatch.chdir(here)
    before = {path: path.stat().st_mtime_ns for path in Path("sky").iterdir()}
    assert f"in {gone}, which no longer exists, with the output sky" in refusal("rerun", "sky")
    assert "give the folder to replace with --out" in refusal("rerun", "sky", "--overwrite")
    assert {path: path.stat().st_mtime_ns for path in Path("sky").iterdir()} == before
    run("rerun", "sky", "-o", "again")
    same_products(Path("sky"), Path("again"))


def test_scores_in_the_report_do_not_change_the_input(first, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(first / "found", "found")
    page = Path("found/report.html").read_bytes()
    run("evaluate", "found", "--truth", first / "sky", "-o", "plain")
    run("evaluate", "found", "--truth", first / "sky", "-o", "into", "--into-report")
    assert Path("found/report.html").read_bytes() != page
    for name in ("plain", "into"):
        run("rerun", name, "-o", f"{name}2")
        same_products(Path(name), Path(f"{name}2"))
    record = Path("found/run.json")
    record.write_text(record.read_text().replace('"sources"', '"number"'))
    assert "found has changed" in refusal("rerun", "plain", "-o", "third")
    shutil.copy(first / "found" / "run.json", record)
    Path("found/notes.txt").touch()
    assert "found has changed" in refusal("rerun", "plain", "-o", "third")


def test_the_chosen_reader_is_used_again(first, tmp_path, monkeypatch, install_plugin):
    for name in ("one", "two"):
        install_plugin(name, TABLES)
    monkeypatch.chdir(tmp_path)
    shutil.copy(first / "found" / "catalogue.ecsv", "table.same")
    words = ("evaluate", "table.same", "--truth", first / "sky", "-o")
    assert "is a file for each of the readers dist-one:same and dist-two:same" in refusal(
        *words, "scores"
    )
    run("--reader", "dist-two:same", *words, "scores")
    assert json.loads(Path("scores/run.json").read_text())["command"]["readers"] == [
        "dist-two:same"
    ]
    run("rerun", "scores", "-o", "again")
    same_products(Path("scores"), Path("again"))
    assert "READERS" not in "".join(os.environ)
    run("--reader", "dist-one:same", "rerun", "scores", "-o", "third")
    assert json.loads(Path("third/run.json").read_text())["command"]["readers"] == ["dist-one:same"]


def test_unknown_readers_are_refused(tmp_path, monkeypatch, install_plugin):
    install_plugin("one", TABLES)
    sentence = "no reader is called 'saem': there are same; did you mean 'same'?"
    for words in (("plugins",), ("info", "nothing.fits"), ("rerun", "nothing")):
        assert refusal("--reader", "saem", *words) == f"sciarada: {sentence}\n"
    assert "no reader is called 'other:same'" in refusal("--reader", "other:same", "plugins")
    monkeypatch.setenv("SCIARADA_READERS", "dist-one:same, saem")
    assert sentence in refusal("info", "nothing.fits")
    (tmp_path / "table.same").write_text("")
    with pytest.raises(PluginError, match="no reader is called 'saem'"):
        PluginFormats().read_table(tmp_path / "table.same")


def test_a_demonstration_is_found_from_its_folder_and_from_each_part(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("demo", "-o", "dm", "--size", 128, "--seed", 5)
    assert run("rerun", "dm", "-o", "again").startswith("running again: sciarada demo\n")
    for part in ("simulated", "detected", "evaluated"):
        same_products(Path("dm", part), Path("again", part))
    before = Path("dm/simulated/image.fits").stat().st_mtime_ns
    run("rerun", "dm/detected", "--overwrite")
    assert Path("dm/simulated/image.fits").stat().st_mtime_ns != before
    assert {path.name for path in Path("dm").iterdir()} == {"simulated", "detected", "evaluated"}
    shutil.move("dm", "moved")
    assert "give the folder to replace with --out" in refusal("rerun", "moved", "--overwrite")
    assert f"{tmp_path}/run.json cannot be read" in refusal("rerun", tmp_path)
