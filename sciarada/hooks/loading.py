"""Load plugins one at a time, so that a bad one harms nobody but itself."""

from __future__ import annotations

import difflib
import importlib.metadata
import inspect
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pluggy

from sciarada.hooks import hookspecs
from sciarada.hooks.specs import Owner

GROUP = "sciarada"
PREFIX = "sciarada_"
DISABLE = "SCIARADA_DISABLE_PLUGINS"


@dataclass(frozen=True)
class Candidate:
    """A plugin that could be loaded: who owns it, and how to load it."""

    owner: Owner
    load: Callable[[], Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plugin.

    Parameters
    ----------
    owner : Owner
        The plugin.
    state : str
        ``broken``: it offers nothing, or less than it means to; ``warning``: a part of it has
        no effect; ``disabled``: it was not loaded, as the user wished.
    message : str
        What is wrong, to be read after the plugin's name.
    cause : BaseException or None
        What was raised.
    """

    owner: Owner
    state: str
    message: str
    cause: BaseException | None = None

    def __str__(self) -> str:
        return f"plugin {self.owner}: {self.message}"


def installed_candidates() -> list[Candidate]:
    """Return the plugins declared by installed distributions, in a settled order."""
    found = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution = entry.dist
        owner = Owner(
            plugin=entry.name,
            distribution=(distribution and distribution.name) or entry.module,
            version=(distribution and distribution.version) or "",
            module=entry.module,
        )
        found.append(Candidate(owner, entry.load))
    return sorted(found, key=lambda candidate: candidate.owner.labels)


def disabled_names() -> frozenset[str]:
    """Return the plugins or distributions that the environment says not to load."""
    names = os.environ.get(DISABLE, "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def load_candidates(
    candidates: Iterable[Candidate], disabled: frozenset[str] = frozenset()
) -> tuple[pluggy.PluginManager, dict[Owner, Any], list[Problem]]:
    """Import and register each candidate in its own ``try``.

    Returns
    -------
    manager : pluggy.PluginManager
        With the plugins that loaded.
    plugins : dict
        Owner to loaded plugin.
    problems : list of Problem
        What was wrong with the others.
    """
    manager = pluggy.PluginManager("sciarada")
    manager.add_hookspecs(hookspecs)
    plugins: dict[Owner, Any] = {}
    problems: list[Problem] = []
    for candidate in candidates:
        owner = candidate.owner
        if "all" in disabled or not disabled.isdisjoint(owner.labels):
            problems.append(Problem(owner, "disabled", f"is disabled by {DISABLE}"))
            continue
        try:
            plugin = candidate.load()
            manager.register(plugin, name=owner.path)
            misnamed = _misnamed(manager, plugin)
        except (Exception, SystemExit) as error:
            message = f"cannot be loaded: {describe_error(error)}"
            problems.append(Problem(owner, "broken", message, error))
            if manager.has_plugin(owner.path):
                manager.unregister(name=owner.path)
            continue
        plugins[owner] = plugin
        problems += [Problem(owner, "warning", text) for text in misnamed]
    return manager, plugins, problems


def describe_error(error: BaseException) -> str:
    """Return an error as part of a sentence: its type and its first line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _misnamed(manager: pluggy.PluginManager, plugin: Any) -> list[str]:
    """Say which functions of a plugin look like hooks but are none."""
    known = [name for name in vars(hookspecs) if name.startswith(PREFIX)]
    marked = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    routines = {name for name, _ in inspect.getmembers(plugin, inspect.isroutine)}
    complaints = []
    for name in sorted(marked | {name for name in routines if name.startswith(PREFIX)}):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f", did you mean {close[0]}" if close else f" (hooks are {', '.join(known)})"
            complaints.append(f"unknown hook {name}{hint}")
        elif name not in marked:
            complaints.append(f"{name} has no effect because it is not marked @hookimpl")
    return complaints
