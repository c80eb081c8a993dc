"""Labels belong to the cutouts that they name, whatever the identifiers and the table look like."""

import json
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table
from click.testing import CliRunner
from PIL import Image

from sciarada.cli.main import main
from sciarada.cutouts.reading import read_set
from sciarada.evaluation.inputs import read_catalogue_input
from sciarada.nn.probes.labelled_set import read_labels

PER_CLASS = 4
LONG = 1237648720693755900
PROBE = ("--kind", "knn", "--seeds", "1", "--folds", "2", "--per-class", "2")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder and return its result."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def write_pictures(folder, names):
    """Write a picture under each name: round and oblong ones in turn."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:32, :32] - 16.0
    for number, name in enumerate(names):
        light = 150 * np.exp(-(x**2) / (60 if number % 2 else 8) - y**2 / 8)
        pixels = (rng.normal(40, 8, (32, 32)) + light).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")


def joined(labels):
    """Return the classes of all cutouts of the set, by a table of labels."""
    return read_labels(read_set("set"), labels).labels.tolist()


CLASSES = ["point", "wide"] * PER_CLASS
IDS = {
    "19 digits": [str(LONG + number) for number in range(len(CLASSES))],
    "leading zeros": [f"{number:03d}" for number in range(len(CLASSES))],
    "words": ["1e5", "nan", "inf", "True", "1E5", "None", "0x10", "-0"],
}


@pytest.mark.parametrize("form", ["csv", "ecsv", "fits", "vot", "parquet"])
@pytest.mark.parametrize("kind", IDS)
def test_identifiers_keep_what_is_written(run, tmp_path, kind, form):
    write_pictures(tmp_path / "set", IDS[kind])
    table = Table({"cutout_id": IDS[kind][::-1], "label": CLASSES[::-1]})
    formats = {"csv": "ascii.csv", "ecsv": "ascii.ecsv", "vot": "votable"}
    table.write(f"labels.{form}", format=formats.get(form))
    found = read_labels(read_set("set"), f"labels.{form}")
    names = [IDS[kind].index(name) for name in found.source.ids.tolist()]
    assert found.labels.tolist() == [CLASSES[number] for number in names]
    assert len(names) == len(CLASSES)


def test_numbers_in_a_table_are_joined_to_names_of_files(run, tmp_path):
    write_pictures(tmp_path / "set", IDS["19 digits"])
    ids = np.array([LONG + number for number in range(len(CLASSES))])
    Table({"cutout_id": ids, "label": CLASSES}).write("labels.fits")
    assert joined("labels.fits") == CLASSES


def test_long_identifiers_in_a_whole_probe(run, tmp_path):
    write_pictures(tmp_path / "set", IDS["19 digits"])
    rows = [f"{name},{label}" for name, label in zip(IDS["19 digits"], CLASSES, strict=True)]
    text = "\n".join(["cutout_id,label", *rows])
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8-sig")
    result = run("probe", "set", "--labels", "labels.csv", *PROBE, "--out", "out")
    assert result.exit_code == 0, result.output
    counts = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["counts"]
    assert counts["classes"] == {"point": PER_CLASS, "wide": PER_CLASS}


def test_zeros_that_a_spreadsheet_cut_are_said(run, tmp_path):
    write_pictures(tmp_path / "set", IDS["leading zeros"])
    rows = [f"{number},{name}" for number, name in enumerate(CLASSES)]
    (tmp_path / "labels.csv").write_text("\n".join(["cutout_id,label", *rows]))
    result = run("probe", "set", "--labels", "labels.csv", *PROBE, "--out", "out")
    assert result.exit_code == 2
    assert "has 000 and the cutout_id of labels.csv has 0: write them alike" in result.output


def test_floats_that_lost_digits_are_said(run, tmp_path):
    write_pictures(tmp_path / "set", IDS["19 digits"])
    ids = [float(LONG + 4096 * number) for number in range(len(CLASSES))]
    Table({"cutout_id": ids, "label": CLASSES}).write("labels.fits")
    result = run("probe", "set", "--labels", "labels.fits", *PROBE, "--out", "out")
    assert result.exit_code == 2
    assert "cutout_id of labels.fits are floats, which have lost their last digits" in result.output


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_as_spreadsheets_save_them(run, tmp_path, encoding, separator):
    names = [f"g{number:02d}" for number in range(len(CLASSES))]
    write_pictures(tmp_path / "set", names)
    rows = [("cutout_id", "label"), *zip(names, CLASSES, strict=True), ("", "")]
    text = "\r\n".join(separator.join(row) for row in rows)
    (tmp_path / "labels.csv").write_bytes(text.encode(encoding))
    assert joined("labels.csv") == CLASSES


def test_the_truth_may_have_a_byte_order_mark(run, tmp_path):
    for name in ("truth", "found"):
        text = "ra,dec,total_flux\n10.0,-30.0,1.0\n10.1,-30.1,2.0\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    result = run("evaluate", "found.csv", "--truth", "truth.csv", "--radius", 5, "--out", "out")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--column", "kind"), "no column 'kind'"),
        (("--key", "cutout_id=who"), "no column 'who'"),
        (("--key", "cutout_id=label"), "the label of labels.csv has point twice"),
        (("--classes", "point,Typo"), "no cutout is of the class 'Typo'"),
        (("--folds", "9"), "has 4 cutout(s), fewer than 9 folds"),
        (("--where", "label=point"), "have one class, point"),
    ],
)
def test_what_is_wrong_with_labels_is_said_before_a_file_is_read(
    run, tmp_path, monkeypatch, options, sentence
):
    names = [f"g{number}" for number in range(len(CLASSES))]
    write_pictures(tmp_path / "set", names)
    for name in names:
        (tmp_path / "set" / f"{name}.png").rename(tmp_path / "set" / f"{name}.fits")
    rows = [f"{name},{label}" for name, label in zip(names, CLASSES, strict=True)]
    (tmp_path / "labels.csv").write_text("\n".join(["cutout_id,label", *rows]))
    # No file is a FITS image: whoever opens one says so.
    result = run("probe", "set", "--labels", "labels.csv", *PROBE, *options, "--out", "out")
    assert result.exit_code == 2
    assert sentence in result.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--labels", "kind"), "--labels kind is neither a column of the set nor a file"),
        (("--encoder", "supervised"), "learns from labels"),
        (("--encoder", "supervised", "--labels", "label", "-O", "classes=2"), "3 different labels"),
    ],
)
def test_pretrain_says_so_before_a_file_is_read(run, tmp_path, options, sentence):
    for name in ("a", "b", "c"):
        (tmp_path / "set" / name).mkdir(parents=True)
        (tmp_path / "set" / name / f"{name}.fits").write_text("no image")
    small = ("--batch", 2, "--epochs", 1)
    result = run("pretrain", "set", *small, *options, "--out", "out")
    assert result.exit_code == 2
    assert sentence in result.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "no table names the beam"),
        (("--radius", 5, "--flux-limit", 1), "--flux-limit needs the column total_flux"),
        (("--radius", 5, "--truth", "far.csv"), "the two are not of the same field"),
    ],
)
def test_evaluate_says_what_is_wrong_before_a_map_is_read(
    run, tmp_path, monkeypatch, options, sentence
):
    for name, dec in (("near", -30), ("far", 60)):
        (tmp_path / f"{name}.csv").write_text(f"ra,dec\n10.0,{dec}.0\n10.01,{dec}.01\n")

    def with_noise(*arguments, **named):
        return replace(
            read_catalogue_input(*arguments, **named), noise=object()
        )  # fails where it is read

    monkeypatch.setattr("sciarada.evaluation.catalogue_evaluation.read_catalogue_input", with_noise)
    result = run("evaluate", "near.csv", "--truth", "near.csv", *options, "--out", "out")
    assert result.exit_code == 2
    assert sentence in result.output
