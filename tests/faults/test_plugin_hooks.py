"""Hooks that raise whatever they like or return garbage; each is named, and the check fails."""

import json

import pytest
from click.testing import CliRunner

from sciarada.cli.main import main

START = """
    import sys
    from sciarada.hooks import HubSpec, ReaderSpec, TaskSpec, hookimpl

    def task(**changes):
        given = {"kind": "detector", "name": "odd", "summary": "Odd", "factory": list}
        return TaskSpec(**{**given, **changes})

"""
GARBAGE = {
    "midway": (
        "def sciarada_tasks():\n        yield task()\n        raise ValueError",
        "sciarada_tasks raised TypeError: it must return a list of TaskSpec, not <generator",
    ),
    "none": ("def sciarada_tasks():\n        return [None]", "a list of TaskSpec, not of None"),
    "another": (
        "def sciarada_hubs():\n        return [task()]",
        "sciarada_hubs raised TypeError: it must return a list of HubSpec, not of TaskSpec(",
    ),
    "deep": ("def sciarada_tasks():\n        return sciarada_tasks()", "raised RecursionError"),
    "memory": ("def sciarada_tasks():\n        raise MemoryError", "raised MemoryError"),
    "interrupt": ("def sciarada_tasks():\n        raise KeyboardInterrupt", "raised KeyboardInt"),
    "exit": ("def sciarada_tasks():\n        sys.exit(4)", "raised SystemExit: 4"),
    "base": ("def sciarada_tasks():\n        raise BaseException('x')", "raised BaseException: x"),
    "kind": (
        "def sciarada_readers():\n"
        "        odd = type('Odd', (ReaderSpec,), {'kind': 7})\n"
        "        return [odd(name='odd', summary='x', factory=list, suffixes=('.x',))]",
        "raised ValueError: odd: the kind of a ReaderSpec cannot be changed",
    ),
    "unchecked": (
        "def sciarada_hubs():\n"
        "        odd = type('Odd', (HubSpec,), {'__post_init__': lambda self: None})\n"
        "        return [odd(name=None, summary='x', factory=list)]",
        "raised ValueError: the name None of a spec must be made of",
    ),
    "unshown": (
        "def sciarada_tasks():\n"
        "        def fail(self):\n"
        "            raise KeyboardInterrupt\n"
        "        return type('Odd', (), {'__repr__': fail, '__str__': fail})()",
        "not <Odd that cannot be shown>",
    ),
    "misspelt": (
        "def sciarada_tasks():\n        return [task()]\n\n    @hookimpl\n"
        "    def sciarada_hub():\n        return []",
        "unknown hook sciarada_hub; did you mean 'sciarada_hubs'?",
    ),
}


def plugins(*arguments):
    return CliRunner().invoke(main, ["plugins", *arguments])


@pytest.mark.parametrize(("hook", "message"), GARBAGE.values(), ids=GARBAGE)
def test_a_bad_hook_is_named_and_harms_nobody(install_plugin, hook, message):
    install_plugin("odd", START + "    @hookimpl\n    " + hook)
    rows = json.loads(plugins("--json").stdout)
    problems = [row["problem"] for row in rows if row["kind"] == "plugin"]
    assert len(problems) == 1
    assert message in problems[0]
    assert ("islands", "ready") in {(row["name"], row["state"]) for row in rows}
    checked = plugins("check", "odd")
    assert checked.exit_code == 1
    assert message in checked.stdout


DECLARED = {
    "requires": (
        "requires=('no_such_module_xyz',)",
        "is listed as ready: missing no_such_module_xyz",
    ),
    "factory": (
        "factory='no_such_module_xyz:Odd'",
        "cannot be started: ModuleNotFoundError",
    ),
    "attribute": ("factory='json:Odd'", "has no attribute 'Odd'"),
    "leaving": ("factory=lambda: sys.exit(0)", "cannot be started: SystemExit: 0"),
    "methods": ("factory=object", "has halo(image) and detect(view): object lacks one of them"),
    "help": ("options=Silent, factory=lambda options: 1", "explains each of its options: no help"),
    "default": ("options=Needy, factory=lambda options: 1", "has defaults for all its options"),
    "types": (
        "options=Unknown, factory=lambda options: 1",
        "explains each of its options: NameErr",
    ),
    "ambiguous": ("name='twin'", "is listed as ready: choose it as dist-odd:twin"),
}
OPTIONS = """
    from dataclasses import dataclass

    @dataclass
    class Silent:
        level: int = 1

    @dataclass
    class Needy:
        level: int

    @dataclass
    class Unknown:
        level: "NoSuchType" = 1

    @hookimpl
    def sciarada_tasks():
        return [task(CHANGES)]
"""


@pytest.mark.parametrize(("changes", "failure"), DECLARED.values(), ids=DECLARED)
def test_the_check_fails_for_whatever_is_wrong(install_plugin, changes, failure):
    install_plugin("odd", START + OPTIONS.replace("CHANGES", changes))
    install_plugin("twin", START + OPTIONS.replace("CHANGES", "name='twin'"))
    run = plugins("check", "dist-odd")
    assert run.exit_code == 1
    failed = [line for line in run.stdout.splitlines() if line.startswith("  FAILED")]
    assert any(failure in line for line in failed), run.stdout
    assert "Traceback" not in run.output
    assert plugins("show", "dist-odd").exit_code in (0, 2)
