"""Names of plugins: one thing each, listed where people look for them."""

import tomllib
from collections import defaultdict

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main
from sciarada.hooks.manager import PluginManager

OFFERS = """
    from sciarada.hooks import AugmentationSpec, EncoderSpec, SimulatorSpec, TaskSpec, hookimpl

    def made(*names):
        return type("Made", (), {name: lambda self, *given: None for name in names})

    @hookimpl
    def sciarada_tasks():
        make = made("halo", "detect")
        return [TaskSpec(kind="detector", name="islands", summary="Another", factory=make)]

    @hookimpl
    def sciarada_simulators():
        make = made("draw")
        return [SimulatorSpec(name="islands", summary="Of palms", factory=make)]
"""


@pytest.fixture
def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text())["project"]


def test_no_name_that_comes_along_means_two_things(repository):
    kinds = defaultdict(set)
    for spec in PluginManager.discover(quiet=True).specs:
        kinds[spec.name].add(spec.kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}
    example = (
        repository / "plugins" / "example-plugin" / "sciarada_snr_cut" / "__init__.py"
    ).read_text()
    assert 'name="snr-cut"' in example
    assert "snr-cut" not in kinds


def test_the_readme_lists_every_bundled_plugin(repository, project):
    lines = (repository / "plugins" / "README.md").read_text().splitlines()
    listed = [
        line.split("`")[1] for line in lines if line.startswith(("| `sciarada_", "| `example"))
    ]
    modules = project["entry-points"]["sciarada"].values()
    assert sorted(listed) == sorted(["example-plugin/", *(f"{module}/" for module in modules)])


def test_a_name_of_sciarada_means_its_own(install_plugin):
    install_plugin("thief", OFFERS)
    manager = PluginManager.discover(quiet=True)
    assert manager.find("detector", "islands").owner.bundled
    assert manager.find("detector", "thief:islands").owner.plugin == "thief"
    assert manager.find("morphology", "islands").owner.plugin == "thief"
    rows = {(row.owner, row.kind): row for row in manager.describe() if row.name == "islands"}
    states = {key: (row.state, row.problem) for key, row in rows.items()}
    hidden = "hidden by sciarada's own islands; choose it as dist-thief:islands"
    assert states == {
        ("sciarada/islands", "detector"): ("ready", ""),
        ("dist-thief/thief", "detector"): ("hidden", hidden),
        ("dist-thief/thief", "morphology"): ("ready", ""),
    }


def test_the_check_of_a_name_says_what_it_checks(install_plugin):
    install_plugin("thief", OFFERS)

    def titles(name):
        run = CliRunner().invoke(main, ["plugins", "show", name])
        assert run.exit_code == 0, run.output
        return [line for line in run.stdout.splitlines() if line.startswith("  kind")]

    assert titles("islands") == ["  kind      detector"] * 2 + ["  kind      morphology"]
    assert titles("morphology:islands") == ["  kind      morphology"]
    assert titles("detector:islands") == ["  kind      detector"] * 2
    assert titles("dist-thief:islands") == ["  kind      detector", "  kind      morphology"]
    run = CliRunner().invoke(main, ["plugins", "check", "thief:islands"])
    assert run.exit_code == 1
    assert "detector islands of dist-thief/thief 1.2" in run.stdout
    assert "FAILED is listed as ready: hidden by sciarada's own islands" in run.stdout
    assert "sciarada/islands" not in run.stdout
