"""What the table of a set says of its images, checked before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sciarada.core.beam import Beam
from sciarada.core.errors import CutoutError
from sciarada.core.plain_values import PlainValueError, plain_value


@dataclass(frozen=True)
class NamedImage:
    """An image that cutouts are cut from.

    Parameters
    ----------
    name : str
        What the set calls it.
    path : str or None
        Where it was; None for an image in memory.
    """

    name: str
    path: str | None = None


@dataclass(frozen=True)
class ReadWith:
    """The options of `sciarada.io.fits_image.read_image` that the images were read with."""

    plane: str | None = None
    beam: Beam | None = None
    unit: str | None = None


@dataclass(frozen=True)
class SetMetadata:
    """What a set says of its images.

    Parameters
    ----------
    images : list of NamedImage
    read_with : ReadWith
    """

    images: list[NamedImage] = field(default_factory=list)
    read_with: ReadWith = ReadWith()


def set_metadata(meta: dict[str, Any], path: Path) -> SetMetadata:
    """Return what the metadata of a table that was read from ``path`` say of its images.

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
    unknown = meta.get("read_with", {}).keys() - {known.name for known in fields(ReadWith)}
    if unknown:
        raise CutoutError(
            f"{path} was made with the option {min(unknown)!r}, which this version does not know: "
            "make the set again with `sciarada cutouts`"
        )
    return found
