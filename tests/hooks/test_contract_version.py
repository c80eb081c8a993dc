"""The version of the contract: which plugins fit it, and what is said of the others."""

import types

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sciarada.cli.main import main
from sciarada.errors import PluginError
from sciarada.hooks.contract import CONTRACT, ContractError, check_contract
from sciarada.hooks.manager import PluginManager

OFFER = """
    from sciarada.hooks import TaskSpec, hookimpl

    {line}

    @hookimpl
    def sciarada_tasks():
        return [TaskSpec(kind="detector", name="dated", summary="x", factory=list)]
"""
NUMBERS = st.integers(0, 30)


def stating(version):
    return types.SimpleNamespace(SCIARADA_CONTRACT=version)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_plugin_fits_the_same_major_version_and_no_earlier_minor_one(major, minor, own, least):
    plugin, kept = stating(f"{major}.{minor}"), f"{own}.{least}"
    if major == own and minor <= least:
        check_contract(plugin, kept)
        return
    newer = "SCIARADA" if (major, minor) > (own, least) else "version of the plugin"
    with pytest.raises(ContractError, match=f"install a newer {newer}$"):
        check_contract(plugin, kept)


@pytest.mark.parametrize("line", ["", f'SCIARADA_CONTRACT = "{CONTRACT}"'])
def test_a_plugin_of_this_version_or_of_none_is_ready(install_plugin, line):
    install_plugin("dated", OFFER.format(line=line))
    assert PluginManager.discover().find("detector", "dated")


@pytest.mark.parametrize("version", ['"99.0"', '"0.9"', '"1"', "1.0", "None"])
def test_a_plugin_of_another_version_is_broken_and_says_why(install_plugin, version):
    install_plugin("dated", OFFER.format(line=f"SCIARADA_CONTRACT = {version}"))
    manager = PluginManager.discover(quiet=True)
    (row,) = [row for row in manager.describe() if row.owner == "dist-dated/dated"]
    assert row.state == "broken"
    assert "contract" in row.problem.lower()
    with pytest.raises(PluginError, match="dated"):
        manager.find("detector", "dated")
    result = CliRunner().invoke(main, ["plugins", "check", "dated"])
    assert result.exit_code == 1
    assert f"FAILED is loaded without complaint: {row.problem}" in result.stdout


def test_the_sentence_about_a_later_version():
    with pytest.raises(ContractError) as refusal:
        check_contract(stating("2.0"), "1.3")
    assert str(refusal.value) == (
        "was written for version 2.0 of the contract with plugins, and this SCIARADA keeps version "
        "1.3: install a newer SCIARADA"
    )
