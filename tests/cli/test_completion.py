"""Completion, asked for as shells do it: in a process, through the environment."""

import os
import subprocess
import sys

import pytest

from sciarada.cli.commands import BUILTIN


def complete(*words: str, shell: str = "bash", **environment: str) -> list[str]:
    """Return what a shell is told when Tab is pressed at the end of the last word."""
    asked = {"_SCIARADA_COMPLETE": f"{shell}_complete", "COMP_CWORD": str(len(words))}
    asked["COMP_WORDS"] = " ".join(["sciarada", *words])
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    done = subprocess.run(
        [sys.executable, "-m", "sciarada"],
        env={**os.environ, **asked, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("det",), ["plain,detect"]),
        (("detect", "--detector", "isl"), ["plain,islands"]),
        (("pretrain", "--encoder", "sim"), ["plain,simclr"]),
        (("embed", "-w", "def"), ["plain,default"]),
        (("embed", "-w", "./"), ["file,./"]),
        (("simulate", "--survey", "em"), ["plain,emu"]),
        (("weights", "ex"), ["plain,export"]),
        (("detect", "--overw"), ["plain,--overwrite"]),
        (("detect", "--save"), ["plain,--save-config"]),
    ],
)
def test_bash(words, offered):
    assert complete(*words) == offered


def test_zsh_and_fish_are_told_what_a_name_is():
    zsh = complete("detect", "--detector", "isl", shell="zsh")
    assert zsh[:2] == ["plain", "islands"]
    assert len(zsh[2]) > 10
    assert complete("plugins", "show", "isl", shell="fish")[0].startswith("plain,islands\t")


def test_the_commands_are_offered_without_those_that_do_not_fit():
    offered = {line.removeprefix("plain,") for line in complete("")}
    assert set(BUILTIN) <= offered


def test_weights_of_the_user_are_offered(tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "mine.safetensors").write_bytes(b"not even weights")
    found = complete("weights", "show", "mi", SCIARADA_WEIGHTS=str(folder))
    assert found == ["plain,mine"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell):
    done = subprocess.run(
        [sys.executable, "-m", "sciarada"],
        env={**os.environ, "_SCIARADA_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "_SCIARADA_COMPLETE" in done.stdout
