"""All commands name and describe their options alike, and their examples can be run."""

import re

import click
import pytest
from click.testing import CliRunner
from commands_walk import examples_of, options_of, parse, walk

from sciarada.cli.main import main

COMMANDS = dict(walk())
ALIKE = {
    "--out": {"-o", "--out"},
    "--option": {"-O", "--option"},
    "--weights": {"-w", "--weights"},
    "--verbose": {"-v", "--verbose"},
}
OWNERS = {short: names for names in ALIKE.values() for short in names}
UNITS = re.compile(
    r"\b(pixels|arcsec|Jy|GiB|MB|[Nn]umbers?|fraction|sigma|beams|noise|ratio|Seed|rate|norm|"
    r"Factor|units of|random numbers|many pixels)\b"
)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_is_described_with_its_default_and_its_unit(name):
    for option in options_of(COMMANDS[name]):
        with click.Context(COMMANDS[name]) as context:
            _, text = option.get_help_record(context)
        assert option.help.endswith((".", "]")), option.help
        valued = not option.is_flag and not option.count
        if valued and isinstance(option.default, (int, float, str, tuple)) and option.default != ():
            assert "[default: " in text
        if isinstance(option.type, click.types.IntParamType | click.types.FloatParamType):
            assert option.count or UNITS.search(option.help), option.help


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_letter_is_the_same_option_everywhere(name):
    for option in options_of(COMMANDS[name]):
        for text in option.opts:
            assert text.startswith("--") or text in OWNERS, f"{text} is on no list"
            assert text not in OWNERS or set(option.opts) == OWNERS[text]


@pytest.mark.parametrize("name", ["--seed", "--workers", "--device", "--batch", "--hdu"])
def test_a_shared_option_has_the_same_default_and_help(name):
    found = {
        (option.default, option.metavar, re.split(r"the same seed", option.help)[0])
        for command in COMMANDS.values()
        for option in options_of(command)
        if name in option.opts
    }
    assert len(found) == 1


def test_what_makes_a_file_or_folder_says_so_with_out():
    makers = {"detect", "simulate", "demo", "evaluate", "cutouts", "embed", "pretrain", "probe"}
    for name in makers | {"weights export"}:
        assert any("--out" in option.opts for option in options_of(COMMANDS[name])), name


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_examples_that_can_be_parsed(name):
    examples = examples_of(COMMANDS[name])
    assert examples
    for words in examples:
        context = parse(words)
        assert words[0] == name.split()[0]
        assert context.params or not context.command.params


@pytest.mark.parametrize("words", [["detect", "image.fits", "--peak", "3"], ["embed"]])
def test_an_example_that_is_wrong_would_be_seen(words):
    with pytest.raises(click.UsageError):
        parse(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_examples_line_by_line(name):
    shown = CliRunner().invoke(main, [*name.split(), "--help"], terminal_width=100).output
    for words in COMMANDS[name].epilog.splitlines()[2:]:
        assert words in shown.splitlines() or f"  {words}" in shown.splitlines()


@pytest.mark.parametrize(
    ("words", "parameter", "value", "sentence"),
    [
        (
            ["detect", "a.fits", "-o", "peak_sigma=4", "-o", "run", "-O", "grow_sigma=3"],
            "options",
            ("grow_sigma=3", "peak_sigma=4"),
            "the option -o NAME=VALUE is now called -O; -o names the output",
        ),
        (["pretrain", "s", "--accelerator", "cpu"], "device", "cpu", "is now called --device"),
        (["pretrain", "s", "-o", "hidden=4"], "options", ("hidden=4",), "is now called -O"),
        (["simulate", "-o", "noise.rms=1e-6", "-o", "x"], "options", ("noise.rms=1e-6",), "-O"),
    ],
)
def test_an_earlier_spelling_works_and_says_the_new_one_once(
    words, parameter, value, sentence, caplog
):
    assert parse(words).params[parameter] == value
    assert [sentence in record.getMessage() for record in caplog.records] == [True]


def test_simulate_takes_its_folder_as_before(caplog):
    context = parse(["simulate", "sky", "--size", "64"])
    assert str(context.params["out"]) == "sky"
    assert "folder" not in context.params
    assert caplog.messages == ["sky is now given as --out sky"]
    with pytest.raises(click.MissingParameter, match="out"):
        parse(["simulate", "--size", "64"])


def test_an_output_may_hold_an_equals_sign():
    assert str(parse(["detect", "a.fits", "-o", "./a=b"]).params["out"]) == "a=b"
    assert str(parse(["detect", "a.fits", "--out", "a=b"]).params["out"]) == "a=b"
    assert str(parse(["embed", "set.fits", "-o", "a=b.fits"]).params["out"]) == "a=b.fits"
