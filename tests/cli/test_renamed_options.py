"""Earlier names of options: accepted, not listed, and answered with the present name."""

import click
import pytest
from click.testing import CliRunner

from sciarada.cli.renamed import RenamedOption


@click.command()
@click.option("--learning-rate", type=float, default=1.0, cls=RenamedOption, formerly=("--rate",))
@click.option("--view", "views", multiple=True, cls=RenamedOption, formerly=("--look", "--see"))
@click.option("--balanced", is_flag=True, cls=RenamedOption, formerly=("--even",))
def command(learning_rate, views, balanced):
    """Print what was given."""
    click.echo(f"{learning_rate} {views} {balanced}")


@pytest.mark.parametrize(
    ("arguments", "printed", "noted"),
    [
        ("", "1.0 () False", []),
        ("--learning-rate 2 --view a --balanced", "2.0 ('a',) True", []),
        ("--rate 2", "2.0 () False", [("--rate", "--learning-rate")]),
        ("--rate=2 --learning-rate 3", "3.0 () False", [("--rate", "--learning-rate")]),
        ("--look a --look b", "1.0 ('a', 'b') False", [("--look", "--view")]),
        ("--see a", "1.0 ('a',) False", [("--see", "--view")]),
        ("--even", "1.0 () True", [("--even", "--balanced")]),
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
