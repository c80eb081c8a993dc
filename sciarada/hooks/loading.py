"""Load one plugin and collect its specs, so that a broken plugin affects no other."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pluggy

from sciarada.errors import did_you_mean
from sciarada.hooks import hookspecs
from sciarada.hooks.contract import ContractError, check_contract
from sciarada.hooks.entry_points import Candidate
from sciarada.hooks.isolation import PluginFault, Work, at_work
from sciarada.hooks.offers import checked_specs
from sciarada.hooks.owner import Owner
from sciarada.hooks.specs import PluginSpec

PREFIX = "sciarada_"
DISABLE = "SCIARADA_DISABLE_PLUGINS"


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plugin.

    Parameters
    ----------
    owner : Owner
        The plugin.
    state : str
        ``broken``: it offers nothing, or less than it means to; ``warning``: it can be used,
        but something about it is wrong; ``disabled``: it was not loaded, as the user wished.
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


@dataclass
class LoadedPlugin:
    """One plugin, once it has been loaded as far as it could be.

    Parameters
    ----------
    owner : Owner
        The plugin.
    hooks : pluggy.HookRelay or None
        Its hooks and those of no other plugin; None if it could not be loaded.
    specs : list of PluginSpec
        What it offers.
    problems : list of Problem
        What is wrong with it.
    """

    owner: Owner
    hooks: pluggy.HookRelay | None = None
    specs: list[PluginSpec] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def observes(self) -> bool:
        """Whether it has a hook for finished runs."""
        return bool(self.hooks and self.hooks.sciarada_run_finished.get_hookimpls())

    def complain(self, state: str, message: str, cause: BaseException | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.owner, state, message, cause))


def disabled_names() -> frozenset[str]:
    """Return the plugins or distributions disabled by the environment."""
    names = os.environ.get(DISABLE, "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def load_plugin(candidate: Candidate, disabled: frozenset[str] = frozenset()) -> LoadedPlugin:
    """Import a plugin and collect its specs.

    Every failure becomes a problem of the plugin, and what it changed in the process is
    put back.
    """
    loaded = LoadedPlugin(candidate.owner)
    if "all" in disabled or not disabled.isdisjoint(candidate.owner.labels):
        loaded.complain("disabled", f"is disabled by {DISABLE}")
        return loaded
    for complaint in candidate.complaints:
        loaded.complain("warning", complaint)
    with at_work(candidate.owner, "being loaded", patience=0) as work:
        _load(loaded, candidate, work)
        if loaded.hooks is not None:
            _ask(loaded, work)
    if work.changed:
        names = ", ".join(work.changed)
        loaded.complain("warning", f"changed {names} while it was loaded, which was put back")
    return loaded


def _load(loaded: LoadedPlugin, candidate: Candidate, work: Work) -> None:
    """Import and register a plugin."""
    manager = pluggy.PluginManager("sciarada")
    manager.add_hookspecs(hookspecs)

    def register() -> list[str]:
        plugin = candidate.load()
        check_contract(plugin)
        manager.register(plugin)
        return _misnamed(manager, plugin)

    try:
        misnamed = work.call(register, passed_on=(ContractError,))
    except ContractError as error:
        loaded.complain("broken", str(error), error)
        return
    except PluginFault as fault:
        loaded.complain("broken", f"cannot be loaded: {fault}", fault.__cause__)
        return
    loaded.hooks = manager.hook
    for complaint in misnamed:
        loaded.complain("warning", complaint)


def _ask(loaded: LoadedPlugin, work: Work) -> None:
    """Call the hooks of a plugin that return specs."""
    for hook in hookspecs.OFFERING:
        answer = partial(_answer, loaded, hook)
        try:
            loaded.specs += work.call(answer)
        except PluginFault as fault:
            loaded.complain("broken", f"{hook} raised {fault}", fault.__cause__)


def _answer(loaded: LoadedPlugin, hook: str) -> list[PluginSpec]:
    return checked_specs(getattr(loaded.hooks, hook)(), hook, loaded.owner)


def _misnamed(manager: pluggy.PluginManager, plugin: Any) -> list[str]:
    """Return complaints about functions of a plugin that look like hooks but are none."""
    known = [name for name in vars(hookspecs) if name.startswith(PREFIX)]
    marked = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    routines = {name for name, _ in inspect.getmembers(plugin, inspect.isroutine)}
    complaints = []
    for name in sorted(marked | {name for name in routines if name.startswith(PREFIX)}):
        if name not in known:
            hint = did_you_mean(name, known, f"hooks are {', '.join(known)}")
            complaints.append(f"unknown hook {name}{hint}")
        elif name not in marked:
            complaints.append(f"{name} has no effect because it is not marked @hookimpl")
    return complaints
