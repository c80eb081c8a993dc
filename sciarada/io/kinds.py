"""Kinds of files that SCIARADA writes, and how they are distinguished from other files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A kind of files that SCIARADA writes.

    Parameters
    ----------
    name : str
        Name of the kind in messages, such as ``table of embeddings``.
    recognises : callable
        Returns whether a file, given by its path, is of this kind.
    """

    name: str
    recognises: Callable[[Path], bool]

    @property
    def with_article(self) -> str:
        """The name with its article: ``an image``."""
        return f"{'an' if self.name[0] in 'aeio' else 'a'} {self.name}"
