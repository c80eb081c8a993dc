"""Earlier names of options: accepted, not listed, and answered with the present name."""

import click
import pytest
from click.testing import CliRunner

from sciarada.cli.renamed import RenamedChoice, RenamedOption


@click.command()
@click.option("--learning-rate", type=float, default=1.0, cls=RenamedOption, formerly=("--rate",))
@click.option("--mode", type=RenamedChoice(["fast", "good"], formerly={"quick": "fast"}))
@click.option("--view", "views", multiple=True, cls=RenamedOption, formerly=("--look", "--see"))
@click.option("--balanced", is_flag=True, cls=RenamedOption, formerly=("--even",))
def command(learning_rate, mode, views, balanced):
    """Print what was given."""
    click.echo(f"{learning_rate} {mode} {views} {balanced}")


@pytest.mark.parametrize(
    ("arguments", "printed", "noted"),
    [
        ("", "1.0 None () False", []),
        ("--learning-rate 2 --view a --balanced", "2.0 None ('a',) True", []),
        ("--rate 2", "2.0 None () False", [("--rate", "--learning-rate")]),
        ("--rate=2 --learning-rate 3", "3.0 None () False", [("--rate", "--learning-rate")]),
        ("--look a --look b", "1.0 None ('a', 'b') False", [("--look", "--view")]),
        ("--see a", "1.0 None ('a',) False", [("--see", "--view")]),
        ("--even", "1.0 None () True", [("--even", "--balanced")]),
    ],
)
def test_an_earlier_name_is_accepted_and_the_present_one_is_named(
    arguments, printed, noted, caplog
):
    result = CliRunner().invoke(command, arguments.split())
    assert result.output == f"{printed}\n"
    assert caplog.messages == [f"the option {old} is now called {new}" for old, new in noted]


def test_a_wrong_value_under_an_earlier_name_is_refused():
    result = CliRunner().invoke(command, ["--rate", "fast"])
    assert result.exit_code == 2
    assert "'fast' is not a valid float" in result.output


def test_the_help_does_not_list_earlier_names():
    text = CliRunner().invoke(command, ["--help"]).output
    assert "--learning-rate" in text
    assert not any(old in text for old in ("--rate", "--look", "--see", "--even"))


def test_an_earlier_value_is_accepted_and_the_present_one_is_named(caplog):
    result = CliRunner().invoke(command, ["--mode", "quick"])
    assert result.output == "1.0 fast () False\n"
    assert caplog.messages == ["--mode quick is now called fast"]
    assert CliRunner().invoke(command, ["--mode", "slow"]).exit_code == 2
    assert "quick" not in CliRunner().invoke(command, ["--help"]).output
