"""The plugin, and its distribution, that owns a spec."""

from __future__ import annotations

from dataclasses import dataclass

BUNDLED = "sciarada"
"""The distribution with names that no plugin of another one can take."""


@dataclass(frozen=True)
class Owner:
    """The plugin that offers a spec.

    Parameters
    ----------
    plugin : str
        Name of the entry point.
    distribution : str
        Installed distribution that declares it.
    version : str
        Version of the distribution, empty if unknown.
    module : str
        Module that the entry point names.
    """

    plugin: str
    distribution: str
    version: str
    module: str

    def __str__(self) -> str:
        return self.path if self.plugin != self.distribution else self.plugin

    @property
    def known(self) -> bool:
        """Whether a plugin offers the spec; otherwise it was made by hand, as in a test."""
        return self != UNKNOWN

    @property
    def path(self) -> str:
        """Distribution and entry point: unique among the installed plugins."""
        return f"{self.distribution}/{self.plugin}"

    @property
    def bundled(self) -> bool:
        """Whether the plugin comes with SCIARADA."""
        return self.distribution == BUNDLED

    @property
    def labels(self) -> tuple[str, str, str]:
        """The names by which a user may mean this owner, the preferred one first."""
        return (self.distribution, self.plugin, self.path)


UNKNOWN = Owner("unknown", "unknown", "", "")
"""Of a spec that no plugin manager has found."""
