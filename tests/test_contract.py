"""The contract with plugins is documented, tested and kept by those that come along."""

import ast
import configparser
import dataclasses
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sciarada.hooks import detector_spec, hookspecs, interface, protocols, specs, tasks
from sciarada.hooks.manager import PluginManager
from sciarada.testing import assert_plugin_conforms

HOOKS = [name for name in vars(hookspecs) if name.startswith("sciarada_")]
SPECS = sorted(
    {
        c
        for module in (specs, detector_spec)
        for _, c in inspect.getmembers(module, inspect.isclass)
        if issubclass(c, specs.PluginSpec)
    },
    key=lambda c: c.__name__,
)
PROTOCOLS = [
    c
    for module in (protocols, tasks)
    for _, c in inspect.getmembers(module, inspect.isclass)
    if c.__module__ == module.__name__
]
MORE_FIELDS = {
    "TaskSpec": 'kind="detector",',
    "AugmentationSpec": 'stage="sky",',
    "WeightsSpec": 'encoder="e", sha256="0" * 64,',
    "ReaderSpec": 'suffixes=(".h5",),',
    "WriterSpec": 'suffixes=(".h5",),',
}


@pytest.fixture(scope="module")
def reference(repository) -> str:
    return (repository / "docs" / "reference" / "hooks.md").read_text()


@pytest.fixture(scope="module")
def bundled(repository) -> dict[str, Path]:
    """Package of each plugin in the wheel, by name."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return {
        Path(package).name: repository / package
        for package in packages
        if package.startswith("plugins/")
    }


def test_the_whole_contract_fits_on_one_screen(repository):
    code = (repository / "sciarada" / "hooks" / "hookspecs.py").read_text()
    assert len(HOOKS) == 10
    assert code.count("\n") <= 90
    assert code.count("\n@hookspec\n") == len(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_signature(hook, reference):
    signature = (
        str(inspect.signature(getattr(hookspecs, hook))).replace("specs.", "").replace("'", "")
    )
    assert f"### {hook}\n" in reference
    section = reference.split(f"### {hook}\n")[1].split("\n### ")[0]
    assert f"{hook}{signature}" in section
    assert "@hookimpl" in section, "an example is missing"


@pytest.mark.parametrize("spec", SPECS)
def test_every_field_of_a_spec_is_documented(spec, reference):
    section = reference.split(f"### {spec.__name__}\n")[1].split("\n### ")[0]
    inherited = {field.name for field in dataclasses.fields(specs.PluginSpec)}
    own = {field.name for field in dataclasses.fields(spec)}
    for name in own if spec is specs.PluginSpec else own - inherited:
        assert f"`{name}`" in section


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_method_that_a_plugin_must_have_is_documented(protocol, reference):
    for name, method in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            signature = (
                str(inspect.signature(method))
                .replace("'", "")
                .replace("self, ", "")
                .replace("self", "")
            )
            assert f"{name}{signature}" in reference


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_attribute_that_a_plugin_must_have_is_documented(protocol, reference):
    for name in inspect.get_annotations(protocol):
        assert f"`{name}`" in reference


@pytest.mark.parametrize("kind", tasks.TASKS)
def test_a_task_is_asked_for_the_methods_of_its_protocol(kind):
    methods = {
        name
        for name, _ in inspect.getmembers(tasks.TASKS[kind], inspect.isfunction)
        if not name.startswith("_")
    }
    assert set(interface.INTERFACE_OF_TASK[kind]) == methods
    assert set(interface.INTERFACE_OF_TASK) == set(tasks.TASKS)


@pytest.mark.parametrize("hook", hookspecs.OFFERING)
def test_every_hook_that_offers_something_is_asked(hook, install_plugin):
    spec = hookspecs.OFFERING[hook].__name__
    install_plugin(
        "offerer",
        f"""
        from sciarada.hooks import {spec}, hookimpl

        @hookimpl
        def {hook}():
            return [{spec}({MORE_FIELDS.get(spec, "")} name="thing", summary="x", factory=list)]
        """,
    )
    manager = PluginManager.discover()
    found = manager.find(hook, "dist-offerer:thing")
    assert type(found) is hookspecs.OFFERING[hook]
    assert found in manager.offered(found.kind)
    assert found in manager.offered(hook)
    assert found.make() == []


def test_the_one_hook_that_offers_nothing_is_called(install_plugin, tmp_path):
    assert set(HOOKS) - set(hookspecs.OFFERING) == {"sciarada_run_finished"}
    install_plugin(
        "watcher",
        """
        from pathlib import Path

        from sciarada.hooks import hookimpl

        @hookimpl
        def sciarada_run_finished(result):
            Path(result["note"]).write_text("seen")
            result["note"] = "changed"
        """,
    )
    result = {"note": str(tmp_path / "note.txt")}
    PluginManager.discover().run_finished(result)
    assert (tmp_path / "note.txt").read_text() == "seen"
    assert result["note"] != "changed"  # a plugin sees a copy


def test_imports_go_one_way(repository):
    # In a Python of its own, because import-linter silences the loggers that it finds.
    script = "import sys; from importlinter.cli import lint_imports as lint; "
    lint = subprocess.run(
        [sys.executable, "-c", f"{script} sys.exit(lint(no_cache=True))"],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
    assert "0 broken" in lint.stdout


def test_the_linter_knows_every_bundled_plugin(repository, bundled):
    config = configparser.ConfigParser()
    config.read(repository / ".importlinter")
    for section, key in [
        ("importlinter", "root_packages"),
        ("importlinter:contract:plugins", "source_modules"),
        ("importlinter:contract:core", "forbidden_modules"),
    ]:
        assert set(bundled) == set(config[section][key].split()) - {"sciarada"}


def test_no_bundled_plugin_imports_a_sibling(bundled):
    assert bundled
    for name, folder in bundled.items():
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                imported = [alias.name for alias in getattr(node, "names", ())]
                imported.append(getattr(node, "module", None) or "")
                tops = {module.partition(".")[0] for module in imported}
                assert tops.isdisjoint(set(bundled) - {name}), f"{path} imports a sibling"


def test_every_plugin_folder_is_bundled_or_a_distribution(repository, bundled):
    for folder in (repository / "plugins").iterdir():
        if folder.is_dir() and any(folder.rglob("*.py")):
            assert folder.name in bundled or (folder / "pyproject.toml").is_file(), folder


def test_each_bundled_plugin_is_found_by_its_entry_point_alone_and_conforms(repository, bundled):
    project = tomllib.loads((repository / "pyproject.toml").read_text())
    entry_points = project["project"]["entry-points"]["sciarada"]
    assert sorted(entry_points.values()) == sorted(bundled)
    owners = {spec.owner.plugin for spec in PluginManager.discover(quiet=True).specs}
    if not list((repository / "plugins" / "sciarada_pretrained").glob("*.safetensors")):
        del entry_points["pretrained"]  # it offers what lies there
    for name in entry_points:
        assert name in owners
        assert_plugin_conforms(name)


def test_no_plugin_is_named_in_the_code_that_finds_them(repository, bundled):
    for path in (repository / "sciarada" / "hooks").glob("*.py"):
        for name in bundled:
            assert not re.search(rf"\b{name}\b", path.read_text()), f"{path} knows {name}"
