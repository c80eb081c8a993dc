"""Sets of cutouts to and from files: tables of positions, and DS9 boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from astropy.table import Table

from sciarada.core.image import SkyImage
from sciarada.cutouts.cutout_set import CutoutSet, Outside
from sciarada.cutouts.set_metadata import NamedImage, set_metadata
from sciarada.errors import CutoutError
from sciarada.io.ds9 import Digits, plain, write_lines
from sciarada.io.fits_image import read_again
from sciarada.io.foreign import holds_image
from sciarada.io.single_table import read_table, write_table

TABLE = "CUTOUTS"


def write_cutouts(
    cutouts: CutoutSet,
    path: str | Path,
    format: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write the positions of a set, and the names and paths of its images; no pixels.

    Parameters
    ----------
    cutouts : CutoutSet
        What to write.
    path : str or Path
        File to make; it appears whole or not at all.
    format : str, optional
        ``fits``, ``vot``, ``ecsv`` or ``parquet``; by default what the file's ending says.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    CatalogueError
        If the format is unknown, or an id or the name of an image is empty.
    OutputError
        If the file exists or cannot be written.
    """
    write_table(cutouts.to_table(), TABLE, path, format, overwrite)


def read_cutouts(
    path: str | Path,
    images: SkyImage | Sequence[SkyImage] | None = None,
    format: str | None = None,
    outside: Outside = "raise",
) -> CutoutSet:
    """Read a set that `write_cutouts` wrote.

    Parameters
    ----------
    path : str or Path
        The table.
    images : SkyImage or sequence of SkyImage, optional
        The images it names. By default they are read from where they were when the table was
        written, or from beside the table, with the options of
        `sciarada.io.fits_image.read_image` that the table's metadata hold for each.
    format : str, optional
        As in `write_cutouts`.
    outside : {'raise', 'blank', 'drop'}
        As in `CutoutSet.from_positions`.

    Raises
    ------
    CatalogueError
        If the file is not there, of an unknown format, damaged, or no such table.
    CutoutError
        If a column is missing, an image is unknown or a position is outside.
    ImageError
        If an image cannot be read.
    """
    return cutouts_of_table(read_table(path, TABLE, format), path, images, outside)


def cutouts_of_table(
    table: Table,
    path: str | Path,
    images: SkyImage | Sequence[SkyImage] | None = None,
    outside: Outside = "raise",
) -> CutoutSet:
    """Return the set of a table that was read from ``path``, as `read_cutouts` does."""
    if images is None:
        images = _read_images(table, Path(path))
    try:
        return CutoutSet.from_table(table, images, outside=outside)
    except CutoutError as error:
        raise CutoutError(f"{path}: {error}") from error


def write_cutout_regions(cutouts: CutoutSet, path: str | Path, overwrite: bool = False) -> None:
    """Write the squares as DS9 boxes, turned as the pixels of their images are.

    Each carries its id as text and its image as tag.

    Parameters
    ----------
    cutouts : CutoutSet
        What to draw; positions that their image does not reach are omitted.
    path : str or Path
        File to make. It has a header also when there are no cutouts.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    OutputError
        If the file exists or cannot be written.
    """
    write_lines(_boxes(cutouts), path, overwrite)


def _read_images(table: Table, path: Path) -> list[SkyImage]:
    images = []
    about = set_metadata(table.meta, path)
    for entry in about.images:
        image = read_again(_find(entry, path), entry.read_with or about.read_with)
        images.append(image if image.name == entry.name else replace(image, name=entry.name))
    if not images:
        raise CutoutError(
            f"{path} names no images to cut from: make a set with `sciarada cutouts IMAGE`"
        )
    return images


def _find(entry: NamedImage, table: Path) -> Path:
    """Return where an image is: where it was, or where it would be from the table's folder."""
    if entry.path is None:
        raise CutoutError(
            f"{table}: image {entry.name} was in memory only: give the images yourself"
        )
    image = Path(entry.path)
    for place in (image, table.parent / image, table.parent / image.name):
        if holds_image(place):
            return place
    raise CutoutError(
        f"{table}: image {entry.name} is not at {image}, nor beside the table: give the images "
        f"yourself, or put it there"
    )


def _boxes(cutouts: CutoutSet) -> Iterator[str]:
    angles = np.full(len(cutouts), np.nan)
    for number in np.unique(cutouts.image_index):
        mine = cutouts.image_index == number
        where = cutouts.x[mine], cutouts.y[mine]
        image = cutouts.images[number]
        # DS9 counts from west through north; for a square, a quarter turn is no turn.
        turn = -image.handedness(*where) * np.degrees(image.north_angle(*where))
        angles[mine] = (turn + 45.0) % 90.0 - 45.0
    names = [plain(image.name) for image in cutouts.images]
    digits = [Digits(image.pixel_scale) for image in cutouts.images]
    rows = (cutouts.ids, cutouts.image_index, cutouts.ra, cutouts.dec, cutouts.size, angles)
    for cutout_id, index, ra, dec, size, angle in zip(*(a.tolist() for a in rows), strict=True):
        if np.isfinite(angle):
            side = digits[index].arcsec(size)
            yield (
                f"box({digits[index].sky(ra, dec)},{side},{side},{angle:.3f}) # "
                f"text={{{plain(str(cutout_id))}}} tag={{{names[index]}}}"
            )
