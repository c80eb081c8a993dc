"""Damaged metadata of distributions: the plugin is listed with the reason, all others work."""

import subprocess
import sys

import pytest

from sciarada.hooks.manager import PluginManager
from sciarada.hooks.metadata import Entry, entries
from sciarada.hooks.references import Reference

GOOD = """
    from sciarada.hooks import TaskSpec, hookimpl

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="detector", name="good", summary="A good one", factory=list)]
"""

#: Content of entry_points.txt, the plugins that are listed, and a problem of one of them.
ENTRY_POINTS = {
    "empty": (b"", [], None),
    "another group": (b"[other]\nsciarada = x\n", [], None),
    "nothing in the group": (b"[sciarada]\n", [], None),
    "no value": (b"[sciarada]\nodd\n", ["odd"], "its entry point refers to no module"),
    "no name": (b"[sciarada]\n= x.y\n", ["(unnamed)"], "cannot be loaded: ModuleNotFoundError"),
    "spaces": (b"[sciarada]\nodd = a b:c\n", ["odd"], "refers to 'a b:c', which is not"),
    "two colons": (b"[sciarada]\nodd = a:b:c\n", ["odd"], "refers to 'a:b:c', which is not"),
    "a path": (b"[sciarada]\nodd = ../x.py\n", ["odd"], "refers to '../x.py', which is not"),
    "no such module": (b"[sciarada]\nodd = no_such\n", ["odd"], "No module named 'no_such'"),
    "no such attribute": (b"[sciarada]\nodd = json:x\n", ["odd"], "has no attribute 'x'"),
    "not UTF-8": (b"[sciarada]\n\xff\xfe = json\xe4\n", ["\ufffd\ufffd"], "which is not"),
    "control characters": (b"[sciarada]\na\x1b[31m = 1\n", ["a\\x1b[31m"], "which is not"),
    "NUL": (b"[sciarada]\nodd = a\x00b\n", ["odd"], "which is not 'module:attribute'"),
    "half a header": (b"[sciarada\nodd = x\n", [], None),
    "binary": (bytes(range(256)), [], None),
    "declared twice": (
        b"[sciarada]\nodd = json\nodd = csv\n",
        ["odd"],
        "is installed twice: its module json is used, csv is not",
    ),
}


def problems(owner_of: str) -> dict[str, str]:
    manager = PluginManager.discover(quiet=True)
    found = {}
    for problem in manager.problems:
        if problem.owner.distribution == owner_of:
            found[problem.owner.plugin] = problem.message
    return found


@pytest.mark.parametrize(("content", "plugins", "message"), ENTRY_POINTS.values(), ids=ENTRY_POINTS)
def test_entry_points(install_plugin, content, plugins, message):
    install_plugin("good", GOOD)
    install_plugin("odd", "", entry_points=content)
    found = problems("dist-odd")
    assert list(found) == plugins
    assert message is None or message in found[plugins[0]]
    assert PluginManager.discover(quiet=True).find("detector", "good").owner.version == "1.2"


@pytest.mark.parametrize(
    ("content", "distribution", "version", "complaint"),
    [
        (b"", "good", "", "its metadata give no name and no version"),
        (b"Name: dist-x\n", "dist-x", "", "its metadata give no version"),
        (b"Version: 1.2\n", "good", "1.2", "its metadata give no name"),
        (b"Name: dist\xff\nVersion: 1\xfe\n", "dist\ufffd", "1\ufffd", None),
        (b"\x00\x01\x02", "good", "", "its metadata give no name and no version"),
    ],
)
def test_metadata(install_plugin, content, distribution, version, complaint):
    install_plugin("good", GOOD, metadata=content)
    manager = PluginManager.discover(quiet=True)
    owner = manager.find("detector", "good").owner
    distribution = owner.module if distribution == "good" else distribution
    assert (owner.plugin, owner.distribution, owner.version) == ("good", distribution, version)
    assert [each.message for each in manager.problems] == [complaint] * bool(complaint)


def test_missing_metadata(install_plugin, tmp_path):
    install_plugin("good", GOOD)
    next(tmp_path.glob("*/*.dist-info/METADATA")).unlink()
    assert PluginManager.discover(quiet=True).find("detector", "good").owner.version == ""


def test_the_first_of_two_distributions_of_one_name_counts(install_plugin, monkeypatch):
    old, new = install_plugin("good", GOOD, "one-name"), install_plugin("fine", GOOD, "one-name")
    manager = PluginManager.discover(quiet=True)
    assert manager.find("detector", "good").owner.module == new  # installed last, first on the path
    assert not manager.problems
    monkeypatch.setattr(sys, "path", [*sys.path, *sys.path])
    again = PluginManager.discover(quiet=True)
    assert [spec.title for spec in again.specs] == [spec.title for spec in manager.specs]
    assert not again.problems
    assert old not in {spec.owner.module for spec in again.specs}


def test_remains_of_an_older_version_are_named(install_plugin, tmp_path):
    install_plugin("good", GOOD)
    (folder,) = tmp_path.glob("*/*.dist-info")
    older = folder.with_name("dist_good-1.1.dist-info")
    older.mkdir()
    (older / "entry_points.txt").write_bytes((folder / "entry_points.txt").read_bytes())
    (older / "METADATA").write_text("Name: dist-good\nVersion: 1.1\n")
    (message,) = problems("dist-good").values()
    assert message.startswith("is installed twice: its version 1.")
    assert PluginManager.discover(quiet=True).find("detector", "good")


LIBRARY = """
import importlib.metadata
from sciarada.hooks.metadata import tolerate_damaged_entry_points

try:
    importlib.metadata.entry_points(group="other")
except TypeError:
    print("raised")
tolerate_damaged_entry_points()
print([(e.name, e.value) for e in importlib.metadata.entry_points(group="other")])
print(len(importlib.metadata.entry_points(group="console_scripts")) > 0)
"""


def test_libraries_that_read_all_entry_points_survive_a_damaged_line(install_plugin):
    install_plugin("odd", "", entry_points=b"[sciarada]\nodd\n[other]\nfine = json\n")
    run = subprocess.run(
        [sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["raised", "[('fine', 'json')]", "True"]


def test_entries():
    text = "lost = 1\n[a]\n# comment\n x=y:z \n\n[b]\n; comment\nplain\nu = v = w\n"
    assert list(entries(text)) == [
        Entry("a", "x", "y:z"),
        Entry("b", "plain", ""),
        Entry("b", "u", "v = w"),
    ]


@pytest.mark.parametrize(
    ("text", "module", "attribute"),
    [("a.b", "a.b", ""), ("a:b.c", "a", "b.c"), (" a : b [x, y] ", "a", "b")],
)
def test_references(text, module, attribute):
    assert Reference.parse(text) == (module, attribute)


@pytest.mark.parametrize("text", ["", ":", "a:", ":b", "a..b", "a b", "1a", "a-b", "a:b:c", "[x]"])
def test_what_is_no_reference(text):
    with pytest.raises(ValueError, match="is not an object reference"):
        Reference.parse(text)
