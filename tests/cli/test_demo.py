"""``sciarada demo``: its words, its files, and that nothing is left behind when it fails."""

import shutil

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.errors import ImageError
from sciarada.pipelines import demo

FILES = (
    "simulated/preview.png",
    "simulated/truth.reg",
    "detected/preview.png",
    "detected/report.html",
    "detected/sources.reg",
    "detected/catalogue.vot",
    "evaluated/scores.png",
)


def run(*arguments):
    return CliRunner().invoke(main, ["demo", *map(str, arguments)])


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "out"
    return out, run("--out", out, "--size", 400, "--seed", 2)


def test_it_says_what_was_found_and_where_to_look(demonstration):
    out, result = demonstration
    assert result.exit_code == 0, result.output
    assert (
        "Simulated a field like ASKAP EMU with many rare kinds: 400 x 400 pixels" in result.output
    )
    assert "completeness" in result.output
    assert "reliability" in result.output
    assert "S/N 10 to 20: " in result.output
    for file in FILES:
        assert str(out / file) in result.output


def test_every_file_it_names_is_there(demonstration):
    out, _ = demonstration
    assert {path.name for path in out.iterdir()} == {"simulated", "detected", "evaluated"}
    for name in FILES:
        assert (out / name).stat().st_size > 500


def test_an_earlier_demonstration_is_kept_unless_it_may_go(demonstration):
    out, _ = demonstration
    before = (out / "simulated" / "image.fits").read_bytes()
    refused = run("--out", out, "--size", 256)
    assert refused.exit_code == 2
    assert "--overwrite" in refused.output
    assert (out / "simulated" / "image.fits").read_bytes() == before
    again = run("--out", out, "--size", 400, "--seed", 2, "--overwrite", "--quiet")
    assert (again.exit_code, again.output) == (0, "")
    assert (out / "simulated" / "image.fits").read_bytes() == before


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise ImageError("no luck today")

    monkeypatch.setattr(demo, "run_detect", fail)
    result = run("--out", tmp_path / "out", "--size", 128)
    assert result.exit_code == 2
    assert "no luck today" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_that_was_killed_is_made_anew(tmp_path, monkeypatch):
    out = tmp_path / "out"

    def killed(*args, **kwargs):
        shutil.copytree(tmp_path, tmp_path.with_name("at_the_kill"))
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run_detect", killed)
    assert run("--out", out, "--size", 128).exit_code == 130
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    left = tmp_path.with_name("at_the_kill")
    assert sorted(path.name for path in (left / "out").iterdir()) == ["simulated"]
    result = run("--out", left / "out", "--size", 128)
    assert result.exit_code == 0, result.output
    assert [path.name for path in left.iterdir()] == ["out"]
    assert {path.name for path in (left / "out").iterdir()} == {
        "simulated",
        "detected",
        "evaluated",
    }


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("mine")
    result = run("--out", tmp_path / "file" / "out", "--size", 128)
    assert result.exit_code == 2
    assert "cannot write in" in result.output
