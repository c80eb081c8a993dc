"""Find plugins, isolate them from each other, and explain why one is unavailable."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Mapping
from functools import partial
from types import ModuleType
from typing import Any, TypeVar, overload

from pluggy import HookRelay

from sciarada.errors import PluginError, did_you_mean
from sciarada.hooks.entry_points import Candidate, installed_candidates
from sciarada.hooks.hookspecs import OFFERING
from sciarada.hooks.isolation import PluginFault, at_work
from sciarada.hooks.listing import PluginRow, preferred, rows_of, telling_labels
from sciarada.hooks.loading import DISABLE, LoadedPlugin, Problem, disabled_names, load_plugin
from sciarada.hooks.owner import Owner
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.hooks.specs import PluginSpec

logger = logging.getLogger(__name__)

Spec = TypeVar("Spec", bound=PluginSpec)

PATIENCE = 10.0  # seconds that threads may take that are started on a finished run


class PluginManager:
    """Everything that the installed plugins offer.

    Made by `discover`, and not changed afterwards.  Finding, loading and calling a plugin can
    go wrong in any way it likes: that is noted in `problems` and stops nothing, until somebody
    chooses the plugin.
    """

    def __init__(self, candidates: Iterable[Candidate], disabled: frozenset[str] = frozenset()):
        self._plugins = [load_plugin(candidate, disabled) for candidate in candidates]
        specs = [spec for plugin in self._plugins for spec in plugin.specs]
        self.specs: tuple[PluginSpec, ...] = tuple(
            sorted(specs, key=lambda spec: (spec.kind, spec.name, spec.owner.labels))
        )
        self.problems: tuple[Problem, ...] = tuple(
            problem for plugin in self._plugins for problem in plugin.problems
        )

    @classmethod
    def discover(cls, *, quiet: bool = False) -> PluginManager:
        """Load the plugins of all installed distributions.

        Parameters
        ----------
        quiet : bool
            Do not log the problems.
        """
        candidates = installed_candidates()
        disabled = disabled_names()
        manager = cls(candidates, disabled)
        known = {label for candidate in candidates for label in candidate.owner.labels}
        if not quiet:
            for problem in manager.problems:
                if problem.state != "disabled":
                    logger.warning("%s", problem)
            for name in sorted(disabled - known - {"all"}):
                logger.warning("%s names %r, but no plugin is called so", DISABLE, name)
        return manager

    @classmethod
    def of(cls, **modules: ModuleType) -> PluginManager:
        """Load modules that no installed distribution declares, as a plugin's own tests do.

        Parameters
        ----------
        **modules
            Name of the plugin to its module.
        """
        return cls(
            Candidate(
                Owner(name, name, getattr(module, "__version__", ""), module.__name__),
                partial(_itself, module),
            )
            for name, module in modules.items()
        )

    @overload
    def find(self, kind: type[Spec], name: str) -> Spec: ...

    @overload
    def find(self, kind: str, name: str) -> PluginSpec: ...

    def find(self, kind: str | type[PluginSpec], name: str) -> PluginSpec:
        """Return the spec that a user chose.

        Parameters
        ----------
        kind : str or type of spec
            A kind such as ``detector``, a hook such as ``sciarada_tasks``, or the class of the
            spec such as `EncoderSpec`.
        name : str
            Its name, or ``owner:name`` where several plugins offer that name. A name that a
            bundled plugin offers means that one.

        Raises
        ------
        PluginError
            If it is absent, broken, ambiguous, or lacks a requirement.
        """
        owner_label, _, plain = name.rpartition(":")
        offered = list(self.offered(kind))
        offers = _of_name(offered, plain)
        if owner_label:
            offers = [spec for spec in offers if owner_label in spec.owner.labels]
        what = _noun(kind)
        if not offers:
            raise self._not_found(what, plain, owner_label, offered)
        offers = preferred(offers)
        if len(offers) > 1:
            choices = " or ".join(f"{label}:{plain}" for label in telling_labels(offers))
            owners = " and ".join(str(spec.owner) for spec in offers)
            raise PluginError(
                f"the {what} {plain!r} is offered by {owners}; choose one as {choices}"
            )
        (spec,) = offers
        if spec.name != plain:
            logger.warning("the %s %s is now called %s", what, plain, spec.name)
        missing = missing_requirements(spec.requires)
        if missing:
            raise PluginError(
                f"the {what} {plain!r} of {spec.owner} needs {', '.join(missing)}; "
                f"install it with: {install_command(missing)}"
            )
        return spec

    def choose(self, name: str) -> tuple[PluginSpec, ...]:
        """Return everything of this name, of any kind, or all that a plugin of this name offers.

        Unlike `find` it minds neither missing requirements nor several owners of one name.

        Parameters
        ----------
        name : str
            A name, ``owner:name``, ``kind:name``, or a plugin.

        Raises
        ------
        PluginError
            If nothing has this name.
        """
        specs = self.called(name)
        if not specs:
            raise self._absent(name)
        return specs

    def plugins(self, name: str) -> tuple[LoadedPlugin, ...]:
        """Return the plugins of this name, or with a spec of this name, broken or not.

        Parameters
        ----------
        name : str
            As in `choose`.

        Raises
        ------
        PluginError
            If there is no such plugin.
        """
        offering = {spec.owner for spec in self.called(name)}
        found = [p for p in self._plugins if name in p.owner.labels or p.owner in offering]
        if not found:
            raise self._absent(name)
        return tuple(found)

    def called(self, name: str) -> tuple[PluginSpec, ...]:
        """Return the result of `choose`, or None if the name is unknown."""
        before, _, plain = name.rpartition(":")
        called = _of_name(self.specs, plain)
        if before:
            called = [spec for spec in called if before in (spec.kind, *spec.owner.labels)]
        return tuple(called or [spec for spec in self.specs if name in spec.owner.labels])

    def _absent(self, name: str) -> PluginError:
        before, _, plain = name.rpartition(":")
        return self._not_found("plugin", plain, before, list(self.specs))

    @overload
    def offered(self, kind: type[Spec]) -> tuple[Spec, ...]: ...

    @overload
    def offered(self, kind: str) -> tuple[PluginSpec, ...]: ...

    def offered(self, kind: str | type[PluginSpec]) -> tuple[PluginSpec, ...]:
        """Return all specs of a kind, hook or class, whether or not they could be used now."""
        if isinstance(kind, type):
            return tuple(spec for spec in self.specs if isinstance(spec, kind))
        return tuple(spec for spec in self.specs if kind in (spec.kind, _hook_of(spec)))

    def run_finished(self, result: Any) -> None:
        """Show a finished run to every plugin that has a hook for it.

        Each receives a separate copy. One that raises, exits or prints is named in the log;
        the run is finished nevertheless.
        """
        for plugin in self._plugins:
            if plugin.hooks is not None and plugin.observes:
                _show(plugin.owner, plugin.hooks, result)

    def describe(self) -> list[PluginRow]:
        """Return one row for each spec, then one for each problem of a plugin."""
        return rows_of(self.specs, self.problems)

    @property
    def versions(self) -> Mapping[str, str]:
        """Version of each distribution that a loaded plugin came from."""
        owners = [plugin.owner for plugin in self._plugins if plugin.hooks is not None]
        return {owner.distribution: owner.version for owner in owners}

    def _not_found(
        self, what: str, name: str, owner_label: str, offered: list[PluginSpec]
    ) -> PluginError:
        """Return the error that explains why a spec is unavailable."""
        whole = f"{owner_label}:{name}" if owner_label else name
        reasons = [p for p in self.problems if (owner_label or name) in p.owner.labels]
        if reasons:
            why = ", and ".join(map(str, reasons))
            error = PluginError(f"no {what} is called {whole!r}, and {why}")
            error.__cause__ = next((p.cause for p in reasons if p.cause), None)
            return error
        names = sorted({spec.name for spec in offered})
        there = f"there are {', '.join(names)}" if names else "none is installed"
        bad = sorted({str(problem.owner) for problem in self.problems})
        note = f" (plugins with problems: {', '.join(bad)}; see `sciarada plugins`)" if bad else ""
        return PluginError(
            f"no {what} is called {whole!r}: {there}{note}{did_you_mean(name, names)}"
        )


def _itself(module: ModuleType) -> ModuleType:
    return module


def _show(owner: Owner, hooks: HookRelay, result: Any) -> None:
    """Show a finished run to one plugin."""
    hook = hooks.sciarada_run_finished
    doing = "shown the finished run"
    with at_work(owner, doing, level=logging.WARNING, patience=PATIENCE) as work:
        try:
            work.call(lambda: hook(result=copy.deepcopy(result)))
        except PluginFault as fault:
            logger.warning("plugin %s: sciarada_run_finished raised %s", owner, fault)
            logger.debug("plugin %s", owner, exc_info=fault.__cause__)


def _of_name(specs: Iterable[Spec], name: str) -> list[Spec]:
    """Return the specs of a name or, if there are none, those that formerly had the name."""
    specs = list(specs)
    present = [spec for spec in specs if spec.name == name]
    return present or [spec for spec in specs if name in spec.formerly]


def _hook_of(spec: PluginSpec) -> str:
    """Return the hook that offers specs of this type."""
    return next(hook for hook, expected in OFFERING.items() if isinstance(spec, expected))


def _noun(kind: str | type[PluginSpec]) -> str:
    """Return how a sentence calls a kind, a hook or a class of specs."""
    if isinstance(kind, str) and kind not in OFFERING:
        return kind
    spec = OFFERING[kind] if isinstance(kind, str) else kind
    return getattr(spec, "kind", spec.__name__.removesuffix("Spec").lower())
