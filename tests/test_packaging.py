"""What is declared is what is imported, and the wheel holds all of it."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import sciarada

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [
    ROOT / package for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
]
TOP = {"pyproject.toml", "sciarada", "plugins", "docs", "tests", "benchmarks"} | {
    "CITATION.cff",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "README.md",
    "noxfile.py",
    "LICENSE",
}
# Needed by the tests, but not imported by them: where each is used, and by what word.
PROGRAMS = {
    "hatchling": ("plugins/example-plugin/pyproject.toml", "hatchling.build"),
    "import-linter": ("tests/test_contract.py", "importlinter.cli"),
    "ipykernel": ("tests/test_notebooks.py", 'kernel_name="python3"'),
    "mypy": (".ci/run", "mypy"),
    "pytest-xdist": ("README.md", "pytest -n auto"),
    "ruff": (".ci/run", "ruff format --check"),
}

OF_TYPE_CHECKERS = {"_typeshed"}  # never imported when the program runs
OF_TORCH = {"onnxscript"}  # torch needs it to export


def modules_imported(files: Iterable[Path]) -> set[str]:
    """Names of the top-level modules of others that some files import."""
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    ours = {package.name for package in PACKAGES} | {"sciarada_snr_cut", "benchmarks"}
    ours |= {path.stem for path in (ROOT / "tests").rglob("*.py")}
    return found - set(sys.stdlib_module_names) - ours - OF_TYPE_CHECKERS


def distributions_imported(files: Iterable[Path]) -> set[str]:
    providers = importlib.metadata.packages_distributions()
    return {canonicalize_name(providers[module][0]) for module in modules_imported(files)}


def names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


DEPENDENCIES = names(PROJECT["project"]["dependencies"])
EXTRAS = {k: names(v) for k, v in PROJECT["project"]["optional-dependencies"].items()}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    files = [path for package in PACKAGES for path in package.rglob("*.py")]
    optional = EXTRAS["web"] | EXTRAS["onnx"] | EXTRAS["umap"]
    assert distributions_imported(files) == DEPENDENCIES | optional - OF_TORCH


def test_what_the_tests_need_is_declared_and_used():
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    imported = distributions_imported(files)
    brought = {"markdown-it-py", "pyyaml"}  # by myst-parser, of the extra docs
    assert imported <= DEPENDENCIES | EXTRAS["test"] | EXTRAS["web"] | EXTRAS["onnx"] | brought
    assert EXTRAS["test"] - {"sciarada"} - imported == set(PROGRAMS)
    for path, word in PROGRAMS.values():
        assert word in (ROOT / path).read_text()


def test_what_the_docs_need_is_declared_and_used():
    configuration = (ROOT / "docs" / "conf.py").read_text()
    for name in EXTRAS["docs"]:
        assert name.replace("-", "_") in configuration


def test_every_bound_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text()
    for requirement in [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(
            r
            for extra in PROJECT["project"]["optional-dependencies"].values()
            for r in extra
            if "[" not in r
        ),
    ]:
        assert Requirement(requirement).specifier, f"{requirement} has no bound"
        assert re.search(rf'"{re.escape(requirement)}".* # .{{10}}', text), requirement


def test_the_installed_versions_are_within_the_bounds():
    for text in PROJECT["project"]["dependencies"]:
        requirement = Requirement(text)
        installed = importlib.metadata.version(requirement.name)
        assert requirement.specifier.contains(installed, prereleases=True), requirement


def test_the_version():
    assert str(Version(sciarada.__version__)) == sciarada.__version__
    assert importlib.metadata.version("sciarada") == sciarada.__version__


def test_the_top_level_is_as_planned():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("this is not a git checkout")
    top = {name.partition("/")[0] for name in listing.stdout.splitlines()}
    assert {name for name in top if not name.startswith(".")} == TOP


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"sciarada-{sciarada.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry_points = archive.read(f"sciarada-{sciarada.__version__}.dist-info/entry_points.txt")
    wanted = {
        path.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == wanted
    assert {Path(name).suffix for name in held} >= {".toml", ".css", ".j2"}
    assert b"islands = sciarada_islands" in entry_points


def test_the_citation():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["title"] == "SCIARADA"
    assert citation["license"] == PROJECT["project"]["license"] == "BSD-3-Clause"
    assert citation["authors"] == PROJECT["project"]["authors"]
    preprints = {each["value"] for r in citation["references"] for each in r["identifiers"]}
    assert preprints == {"arXiv:2404.18462", "arXiv:2411.14078", "arXiv:2503.19111"}
