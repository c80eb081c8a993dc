"""Check that the specs of a plugin fulfil the contract."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any

from sciarada.errors import PluginError
from sciarada.hooks.describing import describe_error
from sciarada.hooks.isolation import PluginFault, at_work
from sciarada.hooks.loading import LoadedPlugin
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import describe_options, parse_options, resolved
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.hooks.specs import PluginSpec
from sciarada.testing.check import Check
from sciarada.testing.kinds import checks_of_kind
from sciarada.testing.listing import listing_checks

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
LOADING = "is loaded without complaint"
NOTHING = "it defines no hook, or its hooks return nothing"
MARK = "modules:"

Checks = Iterator[tuple[str, Callable[[], Any]]]


def assert_plugin_conforms(plugin: str | ModuleType | PluginSpec) -> None:
    """Raise AssertionError unless a plugin fulfils the contract.

    Parameters
    ----------
    plugin : str, module or PluginSpec
        Name of an installed plugin or of one of its objects; or the module of a plugin,
        installed or not; or one spec.

    Raises
    ------
    AssertionError
        With one line per failed check.
    PluginError
        If there is no such plugin.

    See Also
    --------
    conformance : Yields the checks of one spec.

    Examples
    --------
    >>> from sciarada.testing import assert_plugin_conforms
    >>> assert_plugin_conforms("byte-list")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    sciarada.errors.PluginError: no plugin is called 'byte-list': ...
    """
    for title, checks in _checks_of(plugin):
        failed = [check for check in checks if not check.passed]
        if failed:
            lines = "\n".join(map(str, failed))
            raise AssertionError(f"{title} does not conform:\n{lines}")


def conformance(spec: PluginSpec) -> Iterator[Check]:
    """Run the checks on one spec, one after another.

    If the spec cannot be built, or the built object lacks a method that its kind needs, the
    further checks of that object are omitted.

    Parameters
    ----------
    spec : PluginSpec
        The spec.

    Yields
    ------
    Check

    See Also
    --------
    assert_plugin_conforms : Raises if a check fails.
    loading_checks : Checks of the plugin as a whole.

    Examples
    --------
    >>> from sciarada.hooks.manager import PluginManager
    >>> from sciarada.testing import conformance
    >>> spec = PluginManager.discover().find("detector", "islands")
    >>> all(check.passed for check in conformance(spec))
    True
    """
    yield from _outcomes(spec, _declaration_checks(spec))
    built: list[Any] = []
    building = _run(spec, "builds with its default options", lambda: built.append(spec.make()))
    yield building
    if building.passed:
        checks = _outcomes(spec, checks_of_kind(spec, built[0]))
        yield from checks if spec.kind == "weights" else _while_usable(checks)


def loading_checks(plugin: LoadedPlugin) -> Iterator[Check]:
    """Yield one failed check per problem of loading a plugin, or one that passed.

    Parameters
    ----------
    plugin : LoadedPlugin
        As `PluginManager.plugins` returns it.

    Yields
    ------
    Check

    See Also
    --------
    conformance : Checks of one spec.

    Examples
    --------
    >>> from sciarada.hooks.manager import PluginManager
    >>> from sciarada.testing import loading_checks
    >>> (islands,) = PluginManager.discover().plugins("islands")
    >>> [check.passed for check in loading_checks(islands)]
    [True, True]
    """
    for problem in plugin.problems:
        yield Check(LOADING, False, problem.message)
    if not plugin.problems:
        yield Check(LOADING, True)
        something = bool(plugin.specs) or plugin.observes
        yield Check("offers something", something, "" if something else NOTHING)


def _checks_of(plugin: str | ModuleType | PluginSpec) -> Iterator[tuple[str, Iterator[Check]]]:
    """Yield the title and the checks of each selected object."""
    if isinstance(plugin, PluginSpec):
        yield plugin.title, conformance(plugin)
        return
    if isinstance(plugin, str):
        manager, name = PluginManager.discover(quiet=True), plugin
    else:
        name = plugin.__name__.rpartition(".")[2]
        manager = PluginManager.of(**{name: plugin})
    yield from ((f"plugin {each.owner}", loading_checks(each)) for each in manager.plugins(name))
    for spec in manager.called(name):
        yield spec.title, chain(listing_checks(spec, manager), conformance(spec))


def _while_usable(checks: Iterator[Check]) -> Iterator[Check]:
    """Yield checks of an object, of which the first is whether it has the methods needed."""
    for first in checks:
        yield first
        if first.passed:
            yield from checks
        return


def _outcomes(spec: PluginSpec, checks: Checks) -> Iterator[Check]:
    """Run checks one after another, as far as they can be listed."""
    while True:
        try:
            name, check = next(checks)
        except StopIteration:
            return
        except Exception as error:  # of a property of the plugin, say
            yield Check("can be checked", False, describe_error(error))
            return
        yield _run(spec, name, check)


def _run(spec: PluginSpec, name: str, check: Callable[[], Any]) -> Check:
    """Run one check; any exception is a failure."""
    with at_work(spec.owner, "checked") as work:
        try:
            detail = work.call(check, passed_on=(AssertionError, PluginError))
        except (AssertionError, PluginError) as error:
            return Check(name, False, str(error))
        except PluginFault as fault:
            return Check(name, False, str(fault))
    return Check(name, True, detail if isinstance(detail, str) else "")


def _declaration_checks(spec: PluginSpec) -> Checks:
    """Yield the checks that need nothing built."""
    yield "has a summary of one short line", lambda: _check_summary(spec)
    if spec.owner.known:
        yield "is listed without importing heavy packages", lambda: _check_light(spec)
    yield "has what it requires", lambda: _check_requirements(spec)
    options = spec.options
    if options is not None:
        yield "has defaults for all its options", options
        yield "explains each of its options", lambda: _check_help(options)
        yield "reads its options back from what is recorded", lambda: _check_options(options)


def _check_summary(spec: PluginSpec) -> None:
    length = len(spec.summary)
    assert length <= LONGEST_SUMMARY, f"it has {length} characters, more than {LONGEST_SUMMARY}"


def _check_light(spec: PluginSpec) -> None:
    """Import the plugin's module in a separate Python process and inspect its imports."""
    script = f"import sys, json, {spec.owner.module}; print({MARK!r}, json.dumps([*sys.modules]))"
    python = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    printed, _, rest = python.stdout.partition(MARK)
    assert rest, python.stderr.strip().rpartition("\n")[2] or f"it ends with {python.returncode}"
    modules, _, more = rest.partition("\n")
    heavy = sorted(HEAVY.intersection(json.loads(modules)))
    assert not heavy, f"{spec.owner.module} imports {', '.join(heavy)}; leave that to the factory"
    printed = (printed + more).strip()
    assert not printed, f"{spec.owner.module} prints {printed.splitlines()[0]!r} when imported"
    assert not python.returncode, f"a Python that imports it ends with {python.returncode}"


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
