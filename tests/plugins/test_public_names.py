"""Bundled plugins, the example and new plugins import what is public, and nothing else."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from sciarada.scaffold.kinds import KINDS
from sciarada.scaffold.names import PluginName
from sciarada.scaffold.writing import write_plugin

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/reference/hooks.md").read_text().split("## Public modules")[1].split("##")[0]
PUBLIC = re.findall(r"^\| `(sciarada[\w.]*)` \|", TABLE, re.MULTILINE)
FILES = sorted(ROOT.glob("plugins/**/*.py"))


def private_imports(text):
    """Return the imports of SCIARADA that are not of a public name of a public module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
            yield from (n for n in names if n.split(".")[0] == "sciarada" and n not in PUBLIC)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sciarada":
            yield from (
                f"{node.module}.{each.name}"
                for each in node.names
                if not is_public(node.module, each.name)
            )


def is_public(module, name):
    if module not in PUBLIC:
        return False
    there = importlib.import_module(module)
    listed = getattr(there, "__all__", None)
    if listed is not None:
        return name in listed
    value = getattr(there, name)
    if name.startswith("_") or inspect.ismodule(value):
        return False
    return getattr(value, "__module__", module) == module


def test_the_modules_exist_and_list_only_what_they_have():
    assert len(PUBLIC) > 10
    for name in PUBLIC:
        module = importlib.import_module(name)
        assert all(hasattr(module, each) for each in getattr(module, "__all__", ()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_plugin_imports_public_names_only(path):
    assert list(private_imports(path.read_text())) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_imports_public_names_only(kind, tmp_path):
    written = write_plugin(PluginName("my-own"), kind, tmp_path / "new")
    files = [path for path in written if path.suffix == ".py"]
    assert files
    assert {str(p): found for p in files if (found := list(private_imports(p.read_text())))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import sciarada.io.tables",
        "from sciarada.nn.losses import nt_xent",
        "from sciarada.nn import losses",
        "from sciarada.core.image import np",
        "from sciarada import api",
    ],
)
def test_what_is_private_is_found(line):
    assert list(private_imports(line))
