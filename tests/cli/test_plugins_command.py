"""``sciarada plugins``: the table, the JSON, one plugin, and its check."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main

ISLET = """
    from dataclasses import dataclass
    from sciarada.hooks import TaskSpec, hookimpl, option
    {top}

    @dataclass(frozen=True)
    class Options:
        level: float = option(5.0, help="least signal to noise", unit="sigma", min=1)

    class Detector:
        def __init__(self, options):
            pass

        def halo(self, image):
            return 0

        def detect(self, view):
            return {found}

    @hookimpl
    def sciarada_tasks():
        return [
            TaskSpec(
                kind="detector",
                name="islet",
                summary="Finds nothing",
                factory=Detector,
                options=Options,
                requires={requires},
                citation="Nobody 2026",
            )
        ]
"""


def source(*, found="[]", requires="()", top=""):
    return ISLET.format(found=found, requires=requires, top=top)


@pytest.fixture
def invoke():
    return lambda *arguments: CliRunner().invoke(main, ["plugins", *arguments])


def test_the_table(install_plugin, invoke):
    install_plugin("good", source())
    install_plugin("needy", source(requires='("no_such_module_xyz",)'))
    install_plugin("boom", "raise RuntimeError('the flux capacitor is missing')")
    result = invoke()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split("  ")[0] == "NAME"
    state, summary = lines[0].index("STATE"), lines[0].index("WHAT IT DOES")
    (good,) = [line for line in lines if "dist-good/good" in line]
    assert " ".join(good.split()) == "islet detector dist-good/good 1.2 ambiguous Finds nothing"
    (number,) = [i for i, line in enumerate(lines) if "dist-needy/needy" in line]
    assert lines[number][state:summary].strip() == "unavailable"
    assert lines[number + 1] == " " * summary + (
        "missing no_such_module_xyz: pip install no_such_module_xyz"
    )
    (boom,) = [line for line in lines if "dist-boom/boom" in line]
    assert boom[state:].startswith("broken")
    assert boom[summary:] == "cannot be loaded: RuntimeError: the flux capacitor is missing"
    assert result.stderr == ""


def test_the_json_has_what_the_table_has(install_plugin, invoke):
    install_plugin("good", source())
    rows = json.loads(invoke("--json").stdout)
    assert {
        "name": "islet",
        "kind": "detector",
        "owner": "dist-good/good",
        "version": "1.2",
        "state": "ready",
        "summary": "Finds nothing",
        "problem": "",
    } in rows
    assert ("islands", "detector", "ready") in {
        (row["name"], row["kind"], row["state"]) for row in rows
    }


def test_without_any_plugin(invoke, monkeypatch):
    monkeypatch.setattr("sciarada.hooks.manager.installed_candidates", list)
    assert invoke().stdout == "No plugins are installed.\n"
    assert json.loads(invoke("--json").stdout) == []


def test_listing_imports_nothing_heavy():
    python = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, sys\n"
            "from sciarada.cli.main import main\n"
            "main(['plugins'], standalone_mode=False)\n"
            "print(json.dumps(sorted(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(python.stdout.splitlines()[-1]))
    assert {"numpy", "astropy", "scipy", "photutils", "sklearn", "torch"}.isdisjoint(modules)


def test_show(install_plugin, invoke):
    install_plugin("good", source(requires='("numpy", "no_such_module_xyz")'))
    lines = invoke("show", "islet").stdout.splitlines()
    assert lines == [
        "islet: Finds nothing",
        "  kind      detector",
        "  owner     dist-good/good 1.2",
        "  requires  numpy, no_such_module_xyz (missing: no_such_module_xyz)",
        "  cite      Nobody 2026",
        "  options, given as name=value:",
        "    level=5.0  least signal to noise (a number, at least 1, sigma)",
    ]
    assert invoke("show", "dist-good").stdout == invoke("show", "good").stdout


def test_show_two_of_one_name(install_plugin, invoke):
    install_plugin("one", source())
    install_plugin("two", source())
    both = invoke("show", "islet").stdout
    assert both.count("islet: Finds nothing") == 2
    assert invoke("show", "two:islet").stdout in both


def test_check_passes(install_plugin, invoke):
    install_plugin("good", source())
    result = invoke("check", "islet")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    checks = [line for line in lines if line.startswith("  ok ")]
    assert [line for line in lines if line not in checks] == [
        "plugin dist-good/good 1.2",
        "detector islet of dist-good/good 1.2",
    ]
    assert len(checks) > 10


def test_check_fails_with_status_1(install_plugin, invoke):
    install_plugin("bad", source(found='["a source"]', top="import numpy"))
    result = invoke("check", "islet")
    assert result.exit_code == 1
    failed = [line for line in result.stdout.splitlines() if line.startswith("  FAILED")]
    assert any("listed without importing heavy packages: plugin_bad_0 imports numpy" in line
               for line in failed)  # fmt: skip
    assert any("detections that lie in the tile: it holds a str" in line for line in failed)


@pytest.mark.parametrize("verb", ["show", "check"])
def test_a_name_that_is_none(install_plugin, invoke, verb):
    result = invoke(verb, "atlantis")
    assert result.exit_code == 2
    assert result.stderr.startswith("sciarada: no plugin is called 'atlantis': there are ")


def test_a_plugin_that_cannot_be_loaded(install_plugin, invoke):
    install_plugin("boom", "raise RuntimeError('the flux capacitor is missing')")
    shown, checked = invoke("show", "boom"), invoke("check", "boom")
    assert (shown.exit_code, checked.exit_code) == (2, 1)
    assert "the flux capacitor is missing" in shown.stderr
    assert "FAILED is loaded without complaint: cannot be loaded: RuntimeError: the flux cap" in (
        checked.stdout
    )
