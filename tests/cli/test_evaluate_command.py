"""``sciarada evaluate``: what is said, what is silent and what is refused."""

import subprocess
import sys

import numpy as np
import pytest
from astropy.table import Table
from click.testing import CliRunner

from sciarada.cli.main import main


@pytest.fixture
def evaluate(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    truth = Table({"ra": rng.uniform(10, 11, 80), "dec": rng.uniform(-1, 0, 80)})
    truth["snr"] = rng.uniform(6, 60, 80)
    truth["total_flux"] = truth["snr"] * 1e-4
    truth.write("truth.csv")
    truth[:60].write("found.csv")
    truth[:40].write("other.csv")
    Table({"id": [1, 2, 3], "class_name": ["a", "b", "a"]}).write("labels.csv")

    def run(*arguments):
        return CliRunner().invoke(main, ["evaluate", *arguments])

    return run


def test_a_table_a_line_a_finder(evaluate, tmp_path):
    run = evaluate(
        *("found.csv", "--truth", "truth.csv", "--radius", "3", "--compare", "other=other.csv")
    )
    assert run.exit_code == 0, run.output
    lines = run.stdout.splitlines()
    assert lines[0].startswith("true sources: 80 of 80")
    assert lines[1].split()[:3] == ["FINDER", "SOURCES", "FOUND"]
    assert lines[2].split()[:4] == ["found", "60", "75.0", "%"]
    assert lines[3].split()[:4] == ["other", "40", "50.0", "%"]
    assert "found_evaluation/" in lines[-1]
    assert (tmp_path / "found_evaluation" / "scores.png").is_file()


def test_quiet_says_nothing(evaluate):
    run = evaluate("found.csv", "--truth", "truth.csv", "--radius", "3", "--quiet", "--out", "o")
    assert (run.exit_code, run.output) == (0, "")


def test_classes(evaluate, tmp_path):
    run = evaluate("labels.csv", "--score", "classes", "--truth", "labels.csv")
    assert run.exit_code == 0, run.output
    assert run.stdout.startswith("accuracy 100.0 %")
    assert (tmp_path / "labels_evaluation" / "confusion.fits").is_file()


def test_the_earlier_spelling_of_classes_says_the_new_one(evaluate, tmp_path):
    new = evaluate("labels.csv", "--score", "classes", "--truth", "labels.csv")
    old = evaluate("--labels", "labels.csv", "--truth", "labels.csv", "--out", "old")
    assert (old.exit_code, new.exit_code) == (0, 0), old.output
    assert old.stderr == (
        "sciarada: warning: --labels labels.csv is now given as labels.csv --score classes\n"
    )
    scores = [(tmp_path / out / "scores.ecsv").read_text() for out in ("labels_evaluation", "old")]
    assert scores[0] == scores[1]
    assert "--labels" not in evaluate("--help").output


def test_two_tables_of_classes(evaluate, tmp_path):
    Table(
        {"id": [1, 2, 3], "class_name": ["a", "b", "b"], "p_a": [1.0, 0, 0], "p_b": [0, 1, 1]}
    ).write("other.ecsv")
    run = evaluate(
        *("other.ecsv", "--score", "classes", "--truth", "labels.csv"),
        *("--compare", "true=labels.csv"),
    )
    assert run.exit_code == 0, run.output
    assert "AVERAGE PRECISION" in run.stdout
    assert "\nmean average precision " in run.stdout
    assert "\nother minus true: accuracy -33.3 % (" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--truth", "truth.csv"], "give one TABLE to score"),
        (
            ["found.csv", "--labels", "labels.csv", "--truth", "truth.csv"],
            "give one TABLE to score",
        ),
        (
            ["found.csv", "--truth", "truth.csv", "--key", "id"],
            "--key goes with --score classes only",
        ),
        (
            ["labels.csv", "--score", "classes", "--truth", "labels.csv", "--radius", "2"],
            "--radius goes with --score detections only",
        ),
        (["found.csv", "--truth", "truth.csv"], "--radius"),
        (["found.csv", "--truth", "truth.csv", "--compare", "x"], "--compare takes NAME=FILE"),
        (["found.csv", "--truth", "truth.csv", "--compare", "x=none.fits"], "No such file"),
        (
            ["found.csv", "--truth", "truth.csv", "--truth-column", "ra=x"],
            "truth.csv has no column 'x'",
        ),
    ],
)
def test_refusals_are_one_sentence(evaluate, tmp_path, arguments, words):
    run = evaluate(*arguments)
    assert run.exit_code == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith("sciarada: ")
    assert words in line
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_an_earlier_evaluation_stays_without_overwrite(evaluate):
    arguments = ["labels.csv", "--score", "classes", "--truth", "labels.csv"]
    assert evaluate(*arguments).exit_code == 0
    again = evaluate(*arguments)
    assert again.exit_code == 2
    assert "--overwrite" in again.stderr
    assert evaluate(*arguments, "--overwrite").exit_code == 0


def test_the_command_starts_light():
    heavy = {"numpy", "astropy", "scipy", "matplotlib"}
    code = (
        "import sys, sciarada.cli.evaluate; "
        f"print(sorted({heavy!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
