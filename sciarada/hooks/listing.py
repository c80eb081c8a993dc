"""The rows of ``sciarada plugins``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sciarada.hooks.loading import Problem
from sciarada.hooks.requirements import install_command, missing_requirements
from sciarada.hooks.specs import PluginSpec

Spec = TypeVar("Spec", bound=PluginSpec)


@dataclass(frozen=True)
class PluginRow:
    """One line of ``sciarada plugins``.

    Parameters
    ----------
    name, kind : str
        Offered specs; a plugin with a problem has a separate line of kind ``plugin``.
    owner, version : str
        Who offers it.
    state : str
        ``ready``, ``unavailable``, ``ambiguous``, ``hidden``, ``broken``, ``warning`` or
        ``disabled``.
    summary : str
        What it does.
    problem : str
        What is missing or wrong, and how to fix it.
    """

    name: str
    kind: str
    owner: str
    version: str
    state: str
    summary: str
    problem: str


def rows_of(specs: Sequence[PluginSpec], problems: Iterable[Problem]) -> list[PluginRow]:
    """Return one row for each spec, then one for each problem of a plugin."""
    return [*(row_of(spec, specs) for spec in specs), *map(_row_of_problem, problems)]


def row_of(spec: PluginSpec, specs: Sequence[PluginSpec]) -> PluginRow:
    """Return the row of one spec, given the specs of all plugins."""
    rivals = [other for other in specs if (other.kind, other.name) == (spec.kind, spec.name)]
    missing = missing_requirements(spec.requires)
    state, problem = "ready", ""
    if missing:
        state, problem = "unavailable", f"missing {', '.join(missing)}: {install_command(missing)}"
    elif not all(meant is spec for meant in preferred(rivals)):
        labels = zip(rivals, telling_labels(rivals), strict=True)
        label = next(label for rival, label in labels if rival is spec)
        hidden = any(rival.owner.bundled for rival in rivals)
        state = "hidden" if hidden else "ambiguous"
        problem = f"hidden by sciarada's own {spec.name}; " if hidden else ""
        problem += f"choose it as {label}:{spec.name}"
    return PluginRow(
        spec.name, spec.kind, str(spec.owner), spec.owner.version, state, spec.summary, problem
    )


def preferred(specs: Sequence[Spec]) -> list[Spec]:
    """Return those of specs of one name that the name means: a bundled one before all others."""
    return [spec for spec in specs if spec.owner.bundled] or list(specs)


def telling_labels(specs: Sequence[PluginSpec]) -> list[str]:
    """Return for each spec the first label of its owner that no other owner has."""
    labels = [spec.owner.labels for spec in specs]
    return [
        next(
            label
            for label in own
            if not any(label in other for j, other in enumerate(labels) if j != i)
        )
        for i, own in enumerate(labels)
    ]


def _row_of_problem(problem: Problem) -> PluginRow:
    owner = problem.owner
    return PluginRow(
        owner.plugin, "plugin", str(owner), owner.version, problem.state, "", problem.message
    )
