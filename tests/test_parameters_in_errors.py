"""Errors of the Python interface name parameters; those of a command name options."""

import inspect

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import sciarada as sc
from sciarada import api
from sciarada.cli.main import main
from sciarada.errors import OptionError, WorkerError
from sciarada.results.parameters import errors_name_parameters, with_parameters

NAMES = ("batch", "learning_rate", "scales", "out")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("give --batch or --out", "give batch or out"),
        ("lower --learning-rate: it is 1e9", "lower learning_rate: it is 1e9"),
        ("one --scale or more", "one scales or more"),
        ("type `sciarada detect --out x`", "type `sciarada detect --out x`"),
        ("--config and --out-of-date stay", "--config and --out-of-date stay"),
        ("a file named x--batch stays", "a file named x--batch stays"),
    ],
)
def test_options_that_are_parameters_are_renamed(told, expected):
    assert with_parameters(told, NAMES) == expected


@given(st.text())
def test_other_text_stays(text):
    assert with_parameters(text, ()) == text


def test_notes_are_renamed_and_the_error_keeps_its_kind():
    @errors_name_parameters()
    def verb(*, resume):
        error = WorkerError("killed: use --resume")
        error.add_note("what was finished is kept for --resume")
        raise error

    with pytest.raises(WorkerError, match=r"^killed: use resume\b") as caught:
        verb(resume=False)
    assert caught.value.__notes__ == ["what was finished is kept for resume"]


def test_the_same_error_names_the_parameter_in_python_and_the_option_in_a_shell(
    write_image, tmp_path
):
    path = write_image()
    with pytest.raises(OptionError, match=r"give tile 16 or more, or tile 0"):
        sc.detect(path, tile=1)
    result = CliRunner().invoke(
        main, ["detect", str(path), "--out", str(tmp_path / "out"), "--tile", "1"]
    )
    assert "give --tile 16 or more, or --tile 0" in result.output


@pytest.mark.parametrize("name", ["detect", "simulate", "evaluate", "pretrain", "embed", "probe"])
def test_every_verb_does_so_and_keeps_its_signature(name):
    verb = getattr(api, name)
    assert verb.__wrapped__ is not verb
    assert "out" in inspect.signature(verb).parameters
