"""``sciarada cite``: each paper of a run once."""

import json

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main


def cite(*words):
    return CliRunner().invoke(main, ["cite", *map(str, words)])


def test_sciarada_itself():
    result = cite()
    assert result.exit_code == 0
    assert "arXiv:2404.18462" in result.stdout
    assert "202554735" in result.stdout


def test_a_run_names_detector_and_libraries(tmp_path):
    record = {
        "detector": {"name": "islands", "citation": "Bradley et al., photutils, doi:1/2"},
        "versions": {"sciarada": "1", "astropy": "7.1", "plugins": {}},
    }
    (tmp_path / "run.json").write_text(json.dumps(record))
    lines = cite(tmp_path).stdout.splitlines()
    assert "detector islands: Bradley et al., photutils, doi:1/2" in lines
    assert any(line.startswith("astropy 7.1: ") for line in lines)
    assert not any(line.startswith("scipy") for line in lines)
    assert len({line.partition(": ")[2] for line in lines}) == len(lines)


@pytest.mark.parametrize(
    ("content", "cause"),
    [(None, "No such file"), ("{", "damaged"), ("[1]", "not a record"), ("\xff", "damaged")],
)
def test_what_is_no_run_is_refused_in_one_sentence(content, cause, tmp_path):
    if content is not None:
        (tmp_path / "run.json").write_bytes(content.encode("latin-1"))
    result = cite(tmp_path)
    assert result.exit_code == 2
    assert cause in result.stderr
    assert "run.json" in result.stderr
    assert result.stderr.count("\n") == 1
