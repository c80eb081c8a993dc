"""What the templates write: whole folders, in one style, that import public names only."""

import ast
import subprocess
import sys
import tomllib

import pytest

from sciarada.errors import OutputError
from sciarada.hooks.contract import CONTRACT
from sciarada.scaffold import KINDS, PluginName, render_plugin, write_plugin

PUBLIC = (
    "sciarada",
    "sciarada.errors",
    "sciarada.hooks",
    "sciarada.testing",
    "sciarada.core.catalogue",
    "sciarada.core.detections",
    "sciarada.core.image",
    "sciarada.core.shape",
    "sciarada.geometry.windows",
)


@pytest.mark.parametrize("text", ["a", "two-words", "a-name-of-the-greatest-lengths"])
def test_the_files_are_in_the_style_of_their_own_configuration(text, tmp_path):
    for kind in KINDS:
        write_plugin(PluginName(text), kind, tmp_path / kind)
    for check in (["check", "-q"], ["format", "-q", "--check"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *check, "--no-cache", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_package_says_what_it_is(kind):
    files = render_plugin(PluginName("two-words"), kind)
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["name"] == "sciarada-two-words"
    assert project["entry-points"] == {"sciarada": {"two-words": "sciarada_two_words"}}
    assert f'SCIARADA_CONTRACT = "{CONTRACT}"' in files["sciarada_two_words/__init__.py"]
    assert "No licence has been chosen" in files["LICENSE"]
    for path in files.keys() - {"README.md"}:
        assert path.partition("/")[0] in files["README.md"]
    assert "{{" not in "".join(files.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_imports_public_names_and_declared_distributions(kind):
    files = render_plugin(PluginName("peaks"), kind)
    declared = set(tomllib.loads(files["pyproject.toml"])["project"]["dependencies"])
    for path, text in files.items():
        if path.endswith(".py"):
            known = declared | {"sciarada_peaks", "pytest", "numpy"} if "test" in path else declared
            assert_imports(text, known | {"sciarada_peaks"})


def assert_imports(text, known):
    for node in ast.walk(ast.parse(text)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.partition(".")[0]
            assert top in known | set(sys.stdlib_module_names), name
            assert top != "sciarada" or name in PUBLIC, name


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(OutputError, match="mine exists already: choose another folder with --out"):
        write_plugin(PluginName("peaks"), "detector", tmp_path / "mine")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


def test_a_folder_in_no_folder_is_refused(tmp_path):
    with pytest.raises(OutputError, match="there is no folder"):
        write_plugin(PluginName("peaks"), "detector", tmp_path / "no" / "mine")


def test_nothing_is_left_where_the_disk_refuses(small_disk):
    (small_disk / "full").write_bytes(bytes((1 << 20) - (16 << 10)))
    with pytest.raises(OutputError):
        write_plugin(PluginName("peaks"), "detector", small_disk / "mine")
    assert [path.name for path in small_disk.iterdir()] == ["full"]


def test_it_returns_the_files_that_it_wrote(tmp_path):
    written = write_plugin(PluginName("peaks"), "index", tmp_path / "mine")
    assert sorted(written) == sorted(p for p in (tmp_path / "mine").rglob("*") if p.is_file())
