"""Names of a new plugin, of its object, its distribution and its package."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass

from sciarada.errors import OptionError
from sciarada.hooks.manager import PluginManager

LONGEST = 30
_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class PluginName:
    """The name by which users choose a plugin, and those that follow from it.

    Parameters
    ----------
    name : str
        Lower-case letters and digits, in words that are joined by ``-`` or ``_``; it begins with
        a letter and has at most 30 characters.

    Raises
    ------
    OptionError
        If the name cannot be used.

    Examples
    --------
    >>> PluginName("local-maxima").package
    'sciarada_local_maxima'
    """

    name: str

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST or not _NAME.fullmatch(self.name):
            raise OptionError(
                f"the name {self.name!r} cannot be used for a plugin: give lower-case letters and "
                f"digits, at most {LONGEST}, with '-' or '_' between words, such as local-maxima"
            )

    @property
    def distribution(self) -> str:
        """Name of the distribution, by which pip installs it."""
        return f"sciarada-{self.name.replace('_', '-')}"

    @property
    def package(self) -> str:
        """Name of the Python package."""
        return f"sciarada_{self.name.replace('-', '_')}"


def check_free(name: PluginName, kind: str, commands: tuple[str, ...] = ()) -> None:
    """Raise unless a name is free for a new plugin.

    Parameters
    ----------
    name : PluginName
    kind : str
        Kind of the plugin.
    commands : tuple of str
        Names of the commands that SCIARADA has itself.

    Raises
    ------
    OptionError
        If SCIARADA or an installed plugin uses the name.
    """
    if kind == "command" and name.name in commands:
        raise OptionError(f"sciarada has a command {name.name} of its own: choose another name")
    if importlib.util.find_spec(name.package) is not None:
        raise OptionError(f"a package {name.package} is installed already: choose another name")
    for spec in PluginManager.discover(quiet=True).offered(kind):
        if spec.name == name.name:
            raise OptionError(
                f"{spec.owner} offers {kind} {name.name} already: choose another name"
            )
