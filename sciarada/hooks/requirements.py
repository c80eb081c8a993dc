"""Return which requirements of a plugin are missing, without importing any of them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shlex
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

    from packaging.requirements import Requirement


def missing_requirements(requires: Iterable[str]) -> tuple[str, ...]:
    """Return the requirements that this Python does not meet.

    Parameters
    ----------
    requires : iterable of str
        Importable modules (``"detectron2"``, ``"astropy.wcs"``) or requirements as in
        ``pyproject.toml`` (``"torch>=2.9"``, ``"name @ url"``, with or without a marker). One with
        extras (``"sciarada[web]"``) is met where all that they bring is.

    Raises
    ------
    ValueError
        If one of them cannot be understood.
    """
    return tuple(requirement for requirement in requires if not is_met(requirement))


def is_met(requirement: str) -> bool:
    """Return whether one requirement is installed, in a version that will do."""
    # packaging takes tens of milliseconds to import, and few plugins require anything.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(requirement)
    except InvalidRequirement as error:
        raise ValueError(f"the requirement {requirement!r} cannot be understood") from error
    if wanted.marker is not None and not wanted.marker.evaluate():
        return True
    installed = _installed(wanted)
    if installed is None:
        return not wanted.specifier and _is_importable(wanted.name)
    within = wanted.specifier.contains(installed.version, prereleases=True)
    return within and all(_brings(installed, extra) for extra in wanted.extras)


def install_command(missing: Iterable[str]) -> str:
    """Return the command that installs missing requirements."""
    return shlex.join(["pip", "install", *missing])


def _installed(wanted: Requirement) -> Distribution | None:
    """Return the distribution of this name or, with a bound, the one with such a module."""
    try:
        return importlib.metadata.distribution(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        pass
    if not wanted.specifier or not _is_importable(wanted.name):
        return None
    providers = importlib.metadata.packages_distributions().get(wanted.name)
    return importlib.metadata.distribution(providers[0]) if providers else None


def _brings(installed: Distribution, extra: str) -> bool:
    """Return whether a distribution has an extra, and all that it adds is installed."""
    from packaging.requirements import Requirement

    for needed in map(Requirement, installed.requires or ()):
        marker, needed.marker = needed.marker, None
        if marker is None or marker.evaluate({"extra": ""}):
            continue
        if marker.evaluate({"extra": extra}) and not is_met(str(needed)):
            return False
    return extra in installed.metadata.get_all("Provides-Extra", [])


def _is_importable(name: str) -> bool:
    """Return whether a module could be imported; not even its parent packages are run."""
    top, *rest = name.split(".")
    try:
        found = importlib.util.find_spec(top)
    except ValueError:  # a module made by hand, without a __spec__
        return True
    for depth, _ in enumerate(rest, start=2):
        if found is None or found.submodule_search_locations is None:
            return False
        qualified = ".".join(name.split(".")[:depth])
        found = PathFinder.find_spec(qualified, list(found.submodule_search_locations))
    return found is not None
