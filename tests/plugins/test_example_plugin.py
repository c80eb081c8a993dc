"""The plugin to copy is a distribution of its own: built, installed, found, chosen, checked."""

import json
import os
import subprocess
import sys

import pytest

from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options
from sciarada.testing import assert_plugin_conforms, small_sky, tile_view


@pytest.fixture(scope="module")
def site(repository, tmp_path_factory):
    """A folder that the example is installed into by pip."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    example = repository / "plugins" / "example-plugin"
    before = sorted(example.rglob("*"))
    subprocess.run([*pip, *alone, str(example)], check=True, timeout=120)
    assert sorted(example.rglob("*")) == before, "building it left something behind"
    return target


@pytest.fixture
def example(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    yield site
    for module in [name for name in sys.modules if name.startswith("sciarada_snr_cut")]:
        del sys.modules[module]


def python(site, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_is_listed(site):
    rows = json.loads(python(site, "sciarada", "plugins", "--json").stdout)
    (row,) = [row for row in rows if (row["kind"], row["name"]) == ("detector", "snr-cut")]
    assert row == {
        "name": "snr-cut",
        "kind": "detector",
        "owner": "sciarada-snr-cut/snr-cut",
        "version": "1.0",
        "state": "ready",
        "summary": "Connected pixels above one signal-to-noise level",
        "problem": "",
    }


def test_it_is_found_chosen_and_told_its_options(example):
    spec = PluginManager.discover().find("detector", "sciarada-snr-cut:snr-cut")
    options = parse_options(spec.options, ("level=8", "min-pixels=1"))
    view = tile_view(small_sky())
    found = spec.build(options).detect(view)
    assert found
    assert all(view.snr[each.window.slices][each.mask].min() > 8 for each in found)


def test_it_conforms(example):
    assert_plugin_conforms("snr-cut")


def test_its_own_tests_pass(site, repository, tmp_path):
    tests = repository / "plugins" / "example-plugin" / "tests"
    run = python(
        site, "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tests)
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout


def test_the_files_that_its_readme_names_exist(repository):
    folder = repository / "plugins" / "example-plugin"
    named = [
        line.split("`")[1]
        for line in (folder / "README.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert len(named) == 4
    assert all((folder / name).is_file() for name in named)
