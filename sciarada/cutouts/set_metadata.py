"""The metadata of a set about its images, validated before use."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sciarada.core.read_with import ReadWith
from sciarada.errors import CutoutError
from sciarada.tabular.plain_values import PlainValueError, plain_value


@dataclass(frozen=True)
class NamedImage:
    """An image that cutouts are cut from.

    Parameters
    ----------
    name : str
        What the set calls it.
    path : str or None
        Where it was; None for an image in memory.
    read_with : ReadWith or None
        How it was read; None in tables with a common entry for all images.
    """

    name: str
    path: str | None = None
    read_with: ReadWith | None = None


@dataclass(frozen=True)
class SetMetadata:
    """The metadata of a set about its images.

    Parameters
    ----------
    images : list of NamedImage
    read_with : ReadWith
    """

    images: list[NamedImage] = field(default_factory=list)
    read_with: ReadWith = field(default_factory=ReadWith)


def set_metadata(meta: dict[str, Any], path: Path) -> SetMetadata:
    """Return the metadata of a table that was read from ``path`` about its images.

    Raises
    ------
    CutoutError
        If they are damaged, or name an option that this version does not know.
    """
    try:
        found = plain_value(meta, SetMetadata, "")
    except (PlainValueError, ValueError) as error:
        raise CutoutError(
            f"{path} has metadata that cannot be used: {error}; make the set again with "
            "`sciarada cutouts`"
        ) from error
    said = [meta, *meta.get("images", [])]
    options = {option for each in said for option in each.get("read_with") or {}}
    unknown = options - {known.name for known in fields(ReadWith)}
    if unknown:
        raise CutoutError(
            f"{path} was made with the option {min(unknown)!r}, which this version does not know: "
            "make the set again with `sciarada cutouts`"
        )
    return found
