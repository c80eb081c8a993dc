"""The list of changes can be built from its fragments at any time."""

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "changes"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
KINDS = {kind["directory"]: kind["name"] for kind in SETTINGS["type"]}
FRAGMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix == ".md")
LONGEST = 600  # characters: two sentences


@pytest.fixture(scope="module")
def draft() -> str:
    """What a release would add to the list of changes."""
    build = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "1.2.3"]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_each_fragment_is_of_a_known_kind_and_short(path):
    assert re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md", path.name)
    text = path.read_text().strip()
    assert 20 < len(text) <= LONGEST
    assert text.endswith(".")


def test_there_is_nothing_else_in_the_folder():
    assert {path.name for path in FOLDER.iterdir()} - {path.name for path in FRAGMENTS} == {
        Path(SETTINGS["template"]).name
    }


def test_every_change_stands_in_the_draft_under_its_kind(draft):
    heads = [line.removeprefix("### ") for line in draft.splitlines() if line.startswith("### ")]
    assert heads == [name for name in KINDS.values() if name in heads]
    assert "## 1.2.3 (" in draft
    for kind, name in KINDS.items():
        section = draft.partition(f"### {name}\n")[2].partition("\n###")[0]
        for path in FOLDER.glob(f"*.{kind}.md"):
            assert " ".join(path.read_text().split()) in " ".join(section.split()), path.name
    assert "(#" not in draft


def test_the_page_of_the_documentation_has_the_place_and_the_same_kinds(monkeypatch):
    page = (ROOT / SETTINGS["filename"]).read_text()
    assert SETTINGS["start_string"].strip() in page
    monkeypatch.syspath_prepend(ROOT / "docs")
    unreleased_changes = importlib.import_module("unreleased_changes")
    assert unreleased_changes.KINDS == KINDS
    text = unreleased_changes.unreleased()
    assert text.count("\n- ") == len(FRAGMENTS)
