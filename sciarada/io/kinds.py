"""Kinds of files that SCIARADA writes, and how one is told from a file of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A kind of files, known by what SCIARADA writes into them.

    Parameters
    ----------
    name : str
        What a file of this kind is called in messages, such as ``table of embeddings``.
    recognises : callable
        Returns whether a file, given by its path, is of this kind.
    """

    name: str
    recognises: Callable[[Path], bool]
