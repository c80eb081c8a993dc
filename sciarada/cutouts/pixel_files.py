"""The files in which the pixels of a set of cutouts lie."""

from __future__ import annotations

from pathlib import Path

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.image import SkyImage
from sciarada.cutouts.concatenated import ConcatenatedSource
from sciarada.cutouts.cropped_source import CroppedSource
from sciarada.cutouts.cutout_set import CutoutSet
from sciarada.cutouts.folder_set import FolderSet
from sciarada.io.inputs import Inputs


def inputs_of_sets(source: CutoutSource, *others: str | Path | None) -> Inputs:
    """Return the inputs of a run that reads the pixels of a set, and other files."""
    return Inputs.of(*pixel_files(source), *others)


def pixel_files(source: CutoutSource) -> list[Path | SkyImage]:
    """Return the images, files or stores that a set reads pixels from.

    None of a set that another package made.
    """
    match source:
        case CutoutSet():
            return list(source.images)
        case FolderSet():
            return [source.folder / name for name in source.files.tolist()]
        case CroppedSource():
            return pixel_files(source.source)
        case ConcatenatedSource():
            return [file for each in source.sources for file in pixel_files(each)]
    store = getattr(source, "path", None)  # of a `ZarrSet`: zarr takes half a second to import
    return [] if store is None else [Path(store)]
