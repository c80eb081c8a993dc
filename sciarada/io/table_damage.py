"""What the readers of tables raise, in words."""

from __future__ import annotations


def explain(error: Exception) -> str:
    """Say in one piece why a file could not be read as a table; any library may have raised."""
    if isinstance(error, KeyError) and len(error.args) == 1:
        missing = str(error.args[0])
        return missing[:1].lower() + missing[1:].rstrip(".")  # "extension 'CUTOUTS' not found"
    first = " ".join(str(error).split()).partition(". ")[0].rstrip(".")
    return first or type(error).__name__
