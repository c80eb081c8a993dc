"""Catalogues as sets: each source is a cutout of the image that it was found in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.image import SkyImage
from sciarada.core.read_with import ReadWith
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.errors import CutoutError, ImageError
from sciarada.geometry.beam import Beam
from sciarada.io.fits_image import read_again
from sciarada.io.foreign import holds_image
from sciarada.io.staging import MARK
from sciarada.tabular.plain_values import PlainValueError, plain_value

CATALOGUE = "catalogue.fits"


@dataclass(frozen=True)
class _Input:
    image: str
    sha256: str
    read_with: ReadWith = field(default_factory=ReadWith)


@dataclass(frozen=True)
class _BeamRecord:
    maj_arcsec: float
    min_arcsec: float
    pa_deg: float


@dataclass(frozen=True)
class _ImageRecord:
    beam: _BeamRecord | None = None


@dataclass(frozen=True)
class _About:
    """The metadata of a catalogue about the image that it was made from."""

    inputs: list[_Input] = field(default_factory=list)
    image: _ImageRecord = _ImageRecord()


def is_run(folder: Path) -> bool:
    """Return whether a folder is one that `sciarada detect` made."""
    return (folder / CATALOGUE).is_file() and (folder / MARK).is_file()


def cutouts_of_catalogue(catalogue: SourceCatalogue, path: Path) -> CutoutSet:
    """Return the sources of a catalogue read from ``path``, with twice their size.

    They are cut from the image that the catalogue names: where it was, or where it would be
    from the catalogue's folder or the one above; it must be the same file. The squares are those
    of `CutoutSet.from_catalogue`.

    Raises
    ------
    CutoutError
        If the catalogue has no source, names no image, or that is not there, is another one, or
        cannot be read; or if a source has no largest angular size or is outside the image.
    """
    if not len(catalogue.sources):
        raise CutoutError(f"{path} has no sources, so there is nothing to cut out")
    try:
        return CutoutSet.from_catalogue(catalogue, _image(catalogue, path))
    except (CutoutError, ImageError) as error:
        raise CutoutError(
            f"{path}: {error}; make a set of the image and its sources: `sciarada cutouts IMAGE "
            f"--sampler centred --catalogue {path} -o SET`"
        ) from error


def _image(catalogue: SourceCatalogue, path: Path) -> SkyImage:
    about = _about(catalogue.meta)
    if not about.inputs:
        raise CutoutError("it does not say which image it was made from")
    named = Path(about.inputs[0].image)
    folders = (path.parent, path.parent.resolve().parent)
    near = (folder / name for folder in folders for name in (named, named.name))
    places = [place for place in dict.fromkeys((named, *near)) if holds_image(place)]
    if not places:
        raise CutoutError(f"its image {named} is neither there nor near it")
    for place in places:
        image = read_again(place, about.inputs[0].read_with)
        if image.sha256() == about.inputs[0].sha256:
            return image if image.beam else replace(image, beam=_beam(about))
    raise CutoutError(f"{places[0]} is another file than the image that it was made from")


def _about(meta: Mapping[str, Any]) -> _About:
    """Return the metadata of a catalogue about its image."""
    try:
        return plain_value(meta, _About, "")
    except (PlainValueError, ValueError) as error:  # ValueError: no beam
        raise CutoutError(f"its metadata cannot be used: {error}") from error


def _beam(about: _About) -> Beam | None:
    """Return the beam that the sources were measured with, which the header may lack."""
    known = about.image.beam
    try:
        return known if known is None else Beam(known.maj_arcsec, known.min_arcsec, known.pa_deg)
    except ValueError as error:
        raise CutoutError(f"its metadata cannot be used: {error}") from error
