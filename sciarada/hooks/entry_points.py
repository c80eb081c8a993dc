"""Find the plugins that installed distributions declare, one by one."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import Distribution
from typing import Any

from sciarada.hooks.describing import printable
from sciarada.hooks.metadata import (
    ENTRY_POINTS,
    Entry,
    entries,
    name_and_version,
    read_tolerantly,
)
from sciarada.hooks.owner import Owner
from sciarada.hooks.references import Reference

GROUP = "sciarada"


@dataclass(frozen=True)
class Candidate:
    """A plugin that could be loaded.

    Parameters
    ----------
    owner : Owner
        The plugin.
    load : callable
        Imports it, and returns its module or object.
    complaints : tuple of str
        What is wrong with how it is declared, though it may be loaded.
    """

    owner: Owner
    load: Callable[[], Any]
    complaints: tuple[str, ...] = ()


def installed_candidates() -> list[Candidate]:
    """Return the plugins declared by installed distributions, in a settled order."""
    found: dict[str, Candidate] = {}
    for distribution in importlib.metadata.distributions():
        text = read_tolerantly(distribution, ENTRY_POINTS)
        if GROUP in text and not _is_shadowed(distribution):
            for candidate in _declared(distribution, text):
                path = candidate.owner.path
                found[path] = _first_of(found.get(path, candidate), candidate)
    return sorted(found.values(), key=lambda candidate: candidate.owner.labels)


def _declared(distribution: Distribution, text: str) -> Iterator[Candidate]:
    """Yield the plugins that one distribution declares."""
    name, version = name_and_version(distribution)
    lacking = [what for what, value in (("name", name), ("version", version)) if not value]
    complaints = (f"its metadata give no {' and no '.join(lacking)}",) if lacking else ()
    for entry in entries(text):
        if entry.group == GROUP:
            yield _candidate(entry, name, version, complaints)


def _candidate(entry: Entry, name: str, version: str, complaints: tuple[str, ...]) -> Candidate:
    plugin = printable(entry.name) or "(unnamed)"
    try:
        reference = Reference.parse(entry.value)
    except ValueError:
        message = f"its entry point refers to {entry.value!r}, which is not 'module:attribute'"
        refusing = _Refusing(message if entry.value else "its entry point refers to no module")
        return Candidate(Owner(plugin, name or plugin, version, ""), refusing, complaints)
    owner = Owner(plugin, name or reference.module, version, reference.module)
    return Candidate(owner, reference.load, complaints)


@dataclass(frozen=True)
class _Refusing:
    """The loading of what cannot be loaded."""

    message: str

    def __call__(self) -> None:
        raise ImportError(self.message)


def _is_shadowed(distribution: Distribution) -> bool:
    """Return whether another distribution of this name comes first on the path."""
    name, _ = name_and_version(distribution)
    try:
        first = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False
    return first.locate_file("") != distribution.locate_file("")


def _first_of(first: Candidate, second: Candidate) -> Candidate:
    """Return the first of two candidates of one name; it complains if the second is another."""
    one, other = first.owner, second.owner
    if one == other:
        return first
    what = "version" if one.version != other.version else "module"
    used, unused = getattr(one, what), getattr(other, what)
    complaint = f"is installed twice: its {what} {used or 'unknown'} is used, {unused} is not"
    return replace(first, complaints=(*first.complaints, complaint))
