"""The command itself: light start, errors as sentences, commands of plugins."""

import json
import logging
import os
import signal
import subprocess
import sys
import warnings

import click
import pytest
from click.testing import CliRunner

from sciarada import __version__
from sciarada.cli import verbosity
from sciarada.cli.commands import BUILTIN
from sciarada.cli.main import main
from sciarada.errors import ImageError

COMMAND = """
    import click
    from sciarada.hooks import CommandSpec, hookimpl
    {top}

    def factory():
        {factory}

        @click.command()
        @click.option("--size", default=1)
        def command(size):
            "Do it."
            {body}

        return command

    @hookimpl
    def sciarada_commands():
        return [CommandSpec(name="{name}", summary="Do what {name} does.", factory=factory)]
"""


def source(name: str, *, body: str = "pass", factory: str = "pass", top: str = "") -> str:
    return COMMAND.format(name=name, body=body, factory=factory, top=top)


def run(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "sciarada", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.fixture
def invoke():
    return lambda *arguments: CliRunner().invoke(main, arguments, prog_name="sciarada")


def test_help_lists_every_command_and_imports_none(invoke):
    python = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, sys\n"
            "from sciarada.cli.main import main\n"
            "main(['--help'], standalone_mode=False)\n"
            "print(json.dumps(sorted(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    *shown, modules = python.stdout.splitlines()
    for name, summary in BUILTIN.items():
        assert any(name in line and summary in line for line in shown)
    heavy = {"numpy", "astropy", "scipy", "matplotlib", "photutils", "torch", "sklearn", "pyarrow"}
    assert heavy.isdisjoint(json.loads(modules))
    assert "sciarada.cli.plugins" not in modules


def test_help_takes_less_than_half_a_second_of_one_core():
    took = []
    for _ in range(3):
        before = os.times()
        assert run("--help").returncode == 0
        after = os.times()
        took.append(
            after.children_user
            - before.children_user
            + after.children_system
            - before.children_system
        )
    assert min(took) < 0.5, f"{took} s"  # not the time on the clock: other tests may be running


@pytest.mark.parametrize("name", BUILTIN)
def test_every_command_can_be_loaded_and_says_what_it_does(invoke, name):
    result = invoke(name, "--help")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Usage: sciarada {name} ")
    assert "--verbose" in result.output
    assert "--quiet" in result.output


def test_version(invoke):
    assert invoke("--version").output == f"sciarada, version {__version__}\n"
    assert run("--version").stdout == f"sciarada, version {__version__}\n"


def test_an_unknown_command(invoke):
    result = invoke("detcet", "image.fits")
    assert result.exit_code == 2
    assert "No such command 'detcet'; did you mean 'detect'?" in result.output


def test_a_command_of_a_plugin(install_plugin, invoke):
    install_plugin("greet", source("greet", body="click.echo(f'hello {size}')"))
    assert "greet  Do what greet does." in invoke("--help").output
    assert invoke("greet", "--size", "3").output == "hello 3\n"
    assert invoke("dist-greet:greet").output == "hello 1\n"
    assert "--quiet" in invoke("greet", "--help").output


def test_help_does_not_build_the_commands_of_plugins(install_plugin, invoke):
    install_plugin("slow", source("slow", factory="raise RuntimeError('too early')"))
    assert invoke("--help").exit_code == 0
    result = invoke("slow")
    assert result.exit_code == 2
    assert result.stderr == (
        "sciarada: the command 'slow' of plugin dist-slow/slow cannot be started: "
        "RuntimeError: too early\n"
    )


def test_a_broken_plugin_breaks_neither_help_nor_another_command(install_plugin, invoke):
    install_plugin("boom", "raise RuntimeError('boom')")
    assert invoke("--help").exit_code == 0
    assert invoke("plugins", "--json").exit_code == 0
    result = invoke("boom")
    assert result.exit_code == 2
    assert "no command is called 'boom', and plugin dist-boom/boom: cannot be" in result.stderr


def test_a_factory_must_return_a_command(install_plugin, invoke):
    install_plugin("odd", source("odd", factory="return 5"))
    result = invoke("odd")
    assert result.exit_code == 2
    assert "the command 'odd' of plugin dist-odd/odd is not a click command but 5" in result.stderr


def test_a_plugin_does_not_replace_a_command(install_plugin, invoke):
    install_plugin("thief", source("plugins", body="click.echo('stolen')"))
    assert "stolen" not in invoke("plugins").output
    assert invoke("dist-thief:plugins").output == "stolen\n"
    rows = json.loads(invoke("plugins", "--json").output)
    (row,) = [row for row in rows if row["owner"] == "dist-thief/thief"]
    assert row["state"] == "hidden"
    assert "run as `sciarada dist-thief:plugins`" in row["problem"]


@pytest.fixture
def attempt(monkeypatch):
    """Run a function as the command ``attempt``."""

    def attempt(function, *arguments: str):
        command = verbosity.add_verbosity_options(click.Command("attempt", callback=function))
        known = main.get_command
        monkeypatch.setattr(
            main,
            "get_command",
            lambda ctx, name: command if name == "attempt" else known(ctx, name),
        )
        return CliRunner().invoke(main, arguments or ("attempt",), prog_name="sciarada")

    return attempt


def refuse():
    raise ImageError("a.fits has no\n  celestial axes; give --wcs") from KeyError("CTYPE1")


def test_what_a_user_can_mend_is_one_sentence(attempt):
    result = attempt(refuse)
    assert result.exit_code == 2
    assert result.stderr == "sciarada: a.fits has no celestial axes; give --wcs\n"
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [("-v", "attempt"), ("attempt", "-v"), ("attempt", "-vv")])
def test_with_v_the_traceback_is_shown_too(attempt, arguments):
    result = attempt(refuse, *arguments)
    assert result.exit_code == 2
    assert "KeyError: 'CTYPE1'" in result.stderr
    assert result.stderr.endswith("\nsciarada: a.fits has no celestial axes; give --wcs\n")


def test_a_fault_of_the_program_is_not_hidden(attempt):
    result = attempt(lambda: 1 / 0)
    assert isinstance(result.exception, ZeroDivisionError)


def test_an_interrupt(attempt):
    def interrupt():
        raise KeyboardInterrupt

    result = attempt(interrupt)
    assert result.exit_code == 130
    assert result.stderr == "sciarada: interrupted\n"


def chatter():
    log = logging.getLogger("sciarada_somewhere.deep")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        log.log(level, "ours %d", level)
        logging.getLogger("matplotlib").log(level, "theirs %d", level)
    warnings.warn_explicit("old style", UserWarning, "a.py", 1)
    click.echo(f"quiet {verbosity.is_quiet()}, level {verbosity.verbosity()}")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("arguments", "shown", "said"),
    [
        ("attempt", "ours 30,theirs 30,ours 40,theirs 40", "quiet False, level 0"),
        ("attempt -v", "ours 20,ours 30,theirs 30,ours 40,theirs 40", "quiet False, level 1"),
        ("-v attempt -v", "ours 20,ours 30,theirs 30,ours 40,theirs 40", "quiet False, level 1"),
        ("attempt -vvv", "ours 10,ours 20,ours 30,theirs 30,ours 40,theirs 40", "level 3"),
        ("--quiet attempt", "ours 40,theirs 40", "quiet True, level -1"),
        ("attempt --quiet", "ours 40,theirs 40", "quiet True, level -1"),
    ],
)
def test_how_much_is_said(attempt, arguments, shown, said):
    before = logging.getLogger().handlers[:], logging.getLogger().level
    result = attempt(chatter, *arguments.split())
    records = [line for line in result.stderr.splitlines() if "ours" in line or "theirs" in line]
    assert ",".join(line.split(": ", 2)[2] for line in records) == shown
    assert ("old style" in result.stderr) == ("-v" in arguments)
    assert said in result.stdout
    assert (logging.getLogger().handlers, logging.getLogger().level) == before


def test_a_command_keeps_its_own_option():
    own = click.Option(["-v", "--volume"])
    command = verbosity.add_verbosity_options(click.Command("loud", params=[own]))
    assert [param.name for param in command.params] == ["volume", "quiet"]
    assert verbosity.add_verbosity_options(command).params == command.params
    assert len(command.params) == 2


def test_linear_algebra_stays_on_one_core():
    """The work is spread over processes."""
    script = (
        "import os, sciarada.cli.main\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])"
    )
    clean = {name: value for name, value in os.environ.items() if "_NUM_THREADS" not in name}
    for given, seen in [({}, "1 1\n"), ({"OMP_NUM_THREADS": "4"}, "1 4\n")]:
        python = subprocess.run(
            [sys.executable, "-c", script],
            env=clean | given,
            capture_output=True,
            text=True,
            check=True,
        )
        assert python.stdout == seen


@pytest.mark.skipif(os.name != "posix", reason="there are no signals and pipes of this sort")
def test_ctrl_c_and_a_closed_pipe(install_plugin):
    install_plugin(
        "long",
        source(
            "long",
            body="""
            import time
            while True:
                click.echo("line")
                time.sleep(0.01)
""",
        ),
    )
    for act, status, said in [
        (lambda process: process.send_signal(signal.SIGINT), 130, "sciarada: interrupted\n"),
        (lambda process: process.stdout.close(), 141, ""),
    ]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sciarada", "long"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "line\n"
        act(process)
        assert process.wait(timeout=30) == status
        assert process.stderr.read() == said
        process.stderr.close()
        process.stdout.close()
