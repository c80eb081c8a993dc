"""The generators of morphologies, found among the plugins by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sciarada.core.shape import Shape
from sciarada.hooks.manager import PluginManager
from sciarada.hooks.options import parse_options
from sciarada.hooks.specs import SimulatorSpec


@dataclass(frozen=True)
class Generator:
    """The generator of one morphology, and the classes of its sources.

    Parameters
    ----------
    name : str
        As requested: ``fr2``, or ``owner:name``.
    draw : callable
        Takes the largest angular size in arcsec and a `numpy.random.Generator`, and returns a
        `Shape`.
    fr_class : str or None
        One of `sciarada.core.taxonomy.FR_CLASSES`.
    structure : str or None
        One of `sciarada.core.taxonomy.STRUCTURE_CLASSES`.
    """

    name: str
    draw: Callable[[float, np.random.Generator], Shape]
    fr_class: str | None
    structure: str | None


def generators(
    names: Iterable[str], options: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Generator]:
    """Return the generators of some morphologies.

    Parameters
    ----------
    names : iterable of str
        Names that plugins offer; ``owner:name`` where several offer one name.
    options : mapping, optional
        Options of a morphology by its name, as typed: ``{"fr2": ["core=0.2"]}``.

    Returns
    -------
    dict
        By name, each once, in the order of first mention.

    Raises
    ------
    PluginError
        A morphology is unknown, ambiguous, or lacks a requirement.
    OptionError
        An option is unknown or does not fit.
    """
    manager = PluginManager.discover(quiet=True)
    given = options or {}
    found = {}
    for name in dict.fromkeys(names):
        spec = manager.find(SimulatorSpec, name)
        chosen = parse_options(spec.options, given.get(name, ()), plugin=name)
        found[name] = Generator(name, spec.build(chosen).draw, spec.fr_class, spec.structure)
    return found


def generator_names() -> list[str]:
    """Return the names of all morphologies that are offered."""
    return sorted({spec.name for spec in PluginManager.discover(quiet=True).offered(SimulatorSpec)})
