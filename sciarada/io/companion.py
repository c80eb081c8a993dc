"""Formats with one table per file: the components are written to a second file."""

from __future__ import annotations

from pathlib import Path


def components_path(path: Path) -> Path:
    """Return the file of the components: ``catalogue.components.ecsv``."""
    return path.with_name(f"{path.stem}.components{path.suffix}")
