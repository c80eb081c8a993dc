"""Collect the specs of one plugin, and check them."""

from __future__ import annotations

import dataclasses
from typing import Any

from sciarada.hooks.describing import describe_value
from sciarada.hooks.hookspecs import OFFERING
from sciarada.hooks.owner import Owner
from sciarada.hooks.requirements import missing_requirements
from sciarada.hooks.specs import PluginSpec


def checked_specs(answers: Any, hook: str, owner: Owner) -> list[PluginSpec]:
    """Return the specs of a plugin's answers to a hook, with their owner.

    Parameters
    ----------
    answers : list
        What the implementations of the hook returned, one list of specs each.
    hook : str
        A hook of `OFFERING`.
    owner : Owner
        The plugin.

    Raises
    ------
    TypeError, ValueError
        If an answer is not what the hook must return.
    """
    expected = OFFERING[hook]
    specs = [dataclasses.replace(spec, owner=owner) for spec in _listed(answers, expected)]
    names = [(spec.kind, spec.name) for spec in specs]
    for kind, name in names:
        if names.count((kind, name)) > 1:
            raise ValueError(f"it offers the {kind} {name!r} twice")
    return specs


def _listed(answers: Any, expected: type[PluginSpec]) -> list[PluginSpec]:
    wanted = f"it must return a list of {expected.__name__}"
    specs = []
    for answer in answers:
        if not isinstance(answer, list | tuple):
            raise TypeError(f"{wanted}, not {describe_value(answer)}")
        for spec in answer:
            if not isinstance(spec, expected):
                raise TypeError(f"{wanted}, not of {describe_value(spec)}")
            expected.__post_init__(spec)  # a class of the plugin's own may have left it out
            if spec.kind != getattr(expected, "kind", spec.kind):
                raise ValueError(
                    f"{spec.name}: the kind of a {expected.__name__} cannot be changed"
                )
            missing_requirements(spec.requires)
            specs.append(spec)
    return specs
