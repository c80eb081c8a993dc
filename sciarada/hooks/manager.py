"""Find what plugins offer, keep them apart, and say why one cannot be had."""

from __future__ import annotations

import dataclasses
import difflib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pluggy

from sciarada.core.errors import PluginError
from sciarada.hooks.hookspecs import OFFERING
from sciarada.hooks.loading import (
    DISABLE,
    Candidate,
    Problem,
    describe_error,
    disabled_names,
    installed_candidates,
    load_candidates,
)
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.hooks.specs import Owner, PluginSpec

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PluginRow:
    """One line of ``sciarada plugins``.

    Parameters
    ----------
    name, kind : str
        What is offered; a plugin with a problem has a line of kind ``plugin`` of its own.
    owner, version : str
        Who offers it.
    state : str
        ``ready``, ``unavailable``, ``ambiguous``, ``broken``, ``warning`` or ``disabled``.
    summary : str
        What it does.
    problem : str
        What is missing or wrong, and what mends it.
    """

    name: str
    kind: str
    owner: str
    version: str
    state: str
    summary: str
    problem: str


class PluginManager:
    """What all plugins offer.

    Made by `discover`, and not changed afterwards.  Finding, loading and calling a plugin can
    go wrong in any way it likes: that is noted in `problems` and stops nothing, until somebody
    chooses the plugin.
    """

    def __init__(self, candidates: Iterable[Candidate], disabled: frozenset[str] = frozenset()):
        self._hooks, self._plugins, problems = load_candidates(candidates, disabled)
        specs, more = self._collect()
        self.specs: tuple[PluginSpec, ...] = tuple(specs)
        self.problems: tuple[Problem, ...] = (*problems, *more)

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
                lambda module=module: module,
            )
            for name, module in modules.items()
        )

    def find(self, kind: str, name: str) -> PluginSpec:
        """Return the spec that somebody has chosen.

        Parameters
        ----------
        kind : str
            A kind such as ``detector``, or a hook such as ``sciarada_tasks``.
        name : str
            Its name, or ``owner:name`` where several plugins offer that name.

        Raises
        ------
        PluginError
            If it is absent, broken, ambiguous, or lacks something that it requires.
        """
        owner_label, _, plain = name.rpartition(":")
        offered = [spec for spec in self.specs if kind in (spec.kind, _hook_of(spec))]
        offers = [spec for spec in offered if spec.name == plain]
        if owner_label:
            offers = [spec for spec in offers if owner_label in spec.owner.labels]
        what = _noun(kind)
        if not offers:
            raise self._not_found(what, plain, owner_label, offered)
        if len(offers) > 1:
            choices = " or ".join(f"{label}:{plain}" for label in _telling_labels(offers))
            owners = " and ".join(str(spec.owner) for spec in offers)
            raise PluginError(
                f"the {what} {plain!r} is offered by {owners}; choose one as {choices}"
            )
        (spec,) = offers
        missing = missing_requirements(spec.requires)
        if missing:
            raise PluginError(
                f"the {what} {plain!r} of {spec.owner} needs {', '.join(missing)}; "
                f"install it with: {install_command(missing)}"
            )
        return spec

    def choose(self, name: str) -> tuple[PluginSpec, ...]:
        """Return everything so called, of whatever kind, or all that a plugin so called offers.

        Unlike `find` it minds neither missing requirements nor several owners of one name.

        Parameters
        ----------
        name : str
            A name, ``owner:name``, or a plugin.

        Raises
        ------
        PluginError
            If there is nothing so called.
        """
        owner_label, _, plain = name.rpartition(":")
        called = [spec for spec in self.specs if spec.name == plain]
        if owner_label:
            called = [spec for spec in called if owner_label in spec.owner.labels]
        chosen = called or [spec for spec in self.specs if name in spec.owner.labels]
        if not chosen:
            raise self._not_found("plugin", plain, owner_label, list(self.specs))
        return tuple(chosen)

    def offered(self, kind: str) -> tuple[PluginSpec, ...]:
        """Return all specs of a kind or hook, whether or not they could be used now."""
        return tuple(spec for spec in self.specs if kind in (spec.kind, _hook_of(spec)))

    def run_finished(self, result: Any) -> None:
        """Show a finished run to every plugin that wants to see it.

        A plugin that raises is named in the log; the run is finished all the same.
        """
        for owner in self._plugins:
            try:
                self._call(owner, "sciarada_run_finished", result=result)
            except Exception as error:
                logger.warning(
                    "plugin %s: sciarada_run_finished raised %s", owner, describe_error(error)
                )
                logger.debug("plugin %s", owner, exc_info=error)

    def describe(self) -> list[PluginRow]:
        """Return one row for each spec, then one for each problem of a plugin."""
        counts: dict[tuple[str, str], list[PluginSpec]] = defaultdict(list)
        for spec in self.specs:
            counts[spec.kind, spec.name].append(spec)
        rows = [_row(spec, counts[spec.kind, spec.name]) for spec in self.specs]
        rows += [
            PluginRow(
                problem.owner.plugin,
                "plugin",
                str(problem.owner),
                problem.owner.version,
                problem.state,
                "",
                problem.message,
            )
            for problem in self.problems
        ]
        return rows

    @property
    def versions(self) -> Mapping[str, str]:
        """Version of each distribution that a loaded plugin came from."""
        return {owner.distribution: owner.version for owner in self._plugins}

    def _call(self, owner: Owner, hook: str, **arguments: Any) -> list[Any]:
        """Call a hook of one plugin and of no other."""
        plugin = self._plugins[owner]
        others = [other for other in self._plugins.values() if other is not plugin]
        caller: pluggy.HookCaller = self._hooks.subset_hook_caller(hook, remove_plugins=others)
        return caller(**arguments)

    def _collect(self) -> tuple[list[PluginSpec], list[Problem]]:
        """Ask each plugin, by itself, what it offers."""
        specs: list[PluginSpec] = []
        problems: list[Problem] = []
        for hook, expected in OFFERING.items():
            for owner in self._plugins:
                try:
                    answers = self._call(owner, hook)
                    own = [spec for answer in answers for spec in _checked(answer, expected)]
                except (Exception, SystemExit) as error:
                    message = f"{hook} raised {describe_error(error)}"
                    problems.append(Problem(owner, "broken", message, error))
                    continue
                specs += [dataclasses.replace(spec, owner=owner) for spec in own]
        return sorted(specs, key=lambda spec: (spec.kind, spec.name, spec.owner.labels)), problems

    def _not_found(
        self, what: str, name: str, owner_label: str, offered: list[PluginSpec]
    ) -> PluginError:
        """Return the error that says why a spec is not to be had."""
        whole = f"{owner_label}:{name}" if owner_label else name
        reasons = [p for p in self.problems if (owner_label or name) in p.owner.labels]
        if reasons:
            why = ", and ".join(map(str, reasons))
            error = PluginError(f"no {what} is called {whole!r}, and {why}")
            error.__cause__ = next((p.cause for p in reasons if p.cause), None)
            return error
        names = sorted({spec.name for spec in offered})
        there = f"there are {', '.join(names)}" if names else "none is installed"
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        bad = sorted({str(problem.owner) for problem in self.problems})
        note = f" (plugins with problems: {', '.join(bad)}; see `sciarada plugins`)" if bad else ""
        return PluginError(f"no {what} is called {whole!r}: {there}{note}{hint}")


def _checked(answer: Any, expected: type[PluginSpec]) -> Sequence[PluginSpec]:
    """Return what a hook returned, if it is what the hook must return."""
    if not isinstance(answer, (list, tuple)):
        raise TypeError(f"it must return a list of {expected.__name__}, not {answer!r}")
    seen: set[tuple[str, str]] = set()
    for spec in answer:
        if not isinstance(spec, expected):
            raise TypeError(f"it must return a list of {expected.__name__}, not of {spec!r}")
        missing_requirements(spec.requires)
        if (spec.kind, spec.name) in seen:
            raise ValueError(f"it offers the {spec.kind} {spec.name!r} twice")
        seen.add((spec.kind, spec.name))
    return answer


def _row(spec: PluginSpec, rivals: list[PluginSpec]) -> PluginRow:
    """Return the line of one spec, given all specs of its kind and name."""
    missing = missing_requirements(spec.requires)
    state, problem = "ready", ""
    if missing:
        state, problem = "unavailable", f"missing {', '.join(missing)}: {install_command(missing)}"
    elif len(rivals) > 1:
        labels = zip(rivals, _telling_labels(rivals), strict=True)
        label = next(label for rival, label in labels if rival is spec)
        state, problem = "ambiguous", f"choose it as {label}:{spec.name}"
    return PluginRow(
        spec.name, spec.kind, str(spec.owner), spec.owner.version, state, spec.summary, problem
    )


def _telling_labels(specs: list[PluginSpec]) -> list[str]:
    """Return for each spec the nicest label of its owner that no other owner bears."""
    labels = [spec.owner.labels for spec in specs]
    return [
        next(
            label
            for label in own
            if not any(label in other for j, other in enumerate(labels) if j != i)
        )
        for i, own in enumerate(labels)
    ]


def _hook_of(spec: PluginSpec) -> str:
    """Return the hook that offers specs of this type."""
    return next(hook for hook, expected in OFFERING.items() if isinstance(spec, expected))


def _noun(kind: str) -> str:
    """Return how a sentence calls a kind or a hook."""
    return OFFERING[kind].__name__.removesuffix("Spec").lower() if kind in OFFERING else kind
