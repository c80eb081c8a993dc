"""The finished run as plugins see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from sciarada.core.catalogue import SourceCatalogue


class FinishedRun(Protocol):
    """A finished run of `sciarada detect`."""

    @property
    def catalogue(self) -> SourceCatalogue:
        """The catalogue of the detected sources."""

    @property
    def out(self) -> Path:
        """Folder of the products."""

    @property
    def run(self) -> dict[str, Any]:
        """The content of ``run.json``."""
