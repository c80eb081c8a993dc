"""Check that what a plugin offers keeps the contract."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import describe_options, parse_options, resolved
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.hooks.specs import PluginSpec
from sciarada.testing.kinds import checks_of_kind

#: Packages that a plugin may import only when something of it is built.
HEAVY = frozenset(
    (
        "astropy",
        "huggingface_hub",
        "jax",
        "matplotlib",
        "numpy",
        "pandas",
        "photutils",
        "pyarrow",
        "scipy",
        "skimage",
        "sklearn",
        "tensorflow",
        "timm",
        "torch",
        "torchvision",
        "transformers",
    )
)
LONGEST_SUMMARY = 100


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Parameters
    ----------
    name : str
        What must hold.
    passed : bool
        Whether it does.
    detail : str
        What was seen: instead, if it does not hold.
    """

    name: str
    passed: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"{'ok    ' if self.passed else 'FAILED'} {self.name}" + (
            f": {self.detail}" if self.detail else ""
        )


def assert_plugin_conforms(plugin: str | ModuleType | PluginSpec) -> None:
    """Raise AssertionError, with a line for each failed check, unless a plugin conforms.

    Parameters
    ----------
    plugin : str, module or PluginSpec
        Name of an installed plugin or of something that one offers; or the module of a
        plugin, installed or not; or one spec.
    """
    for spec in _specs_of(plugin):
        failed = [check for check in conformance(spec) if not check.passed]
        if failed:
            lines = "\n".join(map(str, failed))
            raise AssertionError(f"the {spec.kind} {spec.name!r} does not conform:\n{lines}")


def conformance(spec: PluginSpec) -> Iterator[Check]:
    """Run the checks on one spec, one after another.

    Once a spec cannot be built, the checks of what it builds are left out.
    """
    for name, check in _declaration_checks(spec):
        yield _run(name, check)
    built: list[Any] = []
    building = _run("builds with its default options", lambda: built.append(spec.build()))
    yield building
    if building.passed:
        for name, check in checks_of_kind(spec, built[0]):
            yield _run(name, check)


def _specs_of(plugin: str | ModuleType | PluginSpec) -> tuple[PluginSpec, ...]:
    """Return the specs that are meant."""
    if isinstance(plugin, PluginSpec):
        return (plugin,)
    if isinstance(plugin, str):
        return PluginManager.discover().choose(plugin)
    manager = PluginManager.of(**{plugin.__name__.rpartition(".")[2]: plugin})
    problems = "; ".join(map(str, manager.problems))
    assert not problems, problems
    assert manager.specs, f"the module {plugin.__name__} offers nothing"
    return manager.specs


def _run(name: str, check: Callable[[], Any]) -> Check:
    """Run one check; whatever it raises is its failure."""
    try:
        detail = check()
    except AssertionError as error:
        return Check(name, False, str(error))
    except Exception as error:
        return Check(name, False, f"{type(error).__name__}: {error}")
    return Check(name, True, detail if isinstance(detail, str) else "")


def _declaration_checks(spec: PluginSpec) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the checks that need nothing built."""
    yield "has a summary of one short line", lambda: _check_summary(spec)
    if spec.owner is not None:
        yield "is listed without importing heavy packages", lambda: _check_light(spec)
    yield "has what it requires", lambda: _check_requirements(spec)
    if spec.options is not None:
        yield "has defaults for all its options", lambda: spec.options()
        yield "explains each of its options", lambda: _check_help(spec.options)
        yield "reads its options back from what is recorded", lambda: _check_options(spec.options)


def _check_summary(spec: PluginSpec) -> None:
    length = len(spec.summary)
    assert length <= LONGEST_SUMMARY, f"it has {length} characters, more than {LONGEST_SUMMARY}"


def _check_light(spec: PluginSpec) -> None:
    """Import the plugin's module in a Python of its own and look at what came with it."""
    script = f"import sys, json, {spec.owner.module}; print(json.dumps(sorted(sys.modules)))"
    python = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert python.returncode == 0, python.stderr.strip().rpartition("\n")[2]
    heavy = sorted(HEAVY & set(json.loads(python.stdout.splitlines()[-1])))
    assert not heavy, f"{spec.owner.module} imports {', '.join(heavy)}; leave that to the factory"


def _check_requirements(spec: PluginSpec) -> None:
    missing = missing_requirements(spec.requires)
    assert not missing, f"missing {', '.join(missing)}; install with: {install_command(missing)}"


def _check_help(options_class: type) -> None:
    silent = [info.name for info in describe_options(options_class) if not info.help]
    assert not silent, f"no help for {', '.join(silent)}"


def _check_options(options_class: type) -> None:
    """Type the defaults, and expect the defaults; record them, and expect JSON."""
    options = options_class()
    typed = [f"{info.name}={info.default}" for info in describe_options(options_class)]
    parsed = parse_options(options_class, typed)
    assert dataclasses.asdict(parsed) == dataclasses.asdict(options), f"{options} became {parsed}"
    json.dumps(resolved(options))
