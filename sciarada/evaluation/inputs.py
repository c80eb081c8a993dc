"""Inputs of an evaluation: catalogues, the truth, and their maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sciarada.core.image import SkyImage
from sciarada.errors import CatalogueError, OptionError
from sciarada.geometry.windows import Window
from sciarada.io.finders.reading import PLAIN, FinderCatalogue, read_finder
from sciarada.io.fits_image import read_image
from sciarada.io.staging import MARK

LABELS, NOISE = "segmentation.fits", "rms.fits"
ROWS_AT_ONCE = 1 << 22  # pixels of a map that are read at once
SAME_PLACE = 0.1  # of a pixel, by which two maps of one field may differ


@dataclass(frozen=True, eq=False)
class CatalogueInput:
    """A catalogue or the truth, and the maps beside it.

    Parameters
    ----------
    name : str
        What it is called in tables and pictures.
    path : `~pathlib.Path`
        The file it was read from.
    catalogue : FinderCatalogue
        Its sources.
    labels : SkyImage or None
        Map of the numbers of its sources.
    noise : SkyImage or None
        Map of the noise.
    folder : `~pathlib.Path` or None
        Folder of products that contains it.
    """

    name: str
    path: Path
    catalogue: FinderCatalogue
    labels: SkyImage | None = None
    noise: SkyImage | None = None
    folder: Path | None = None


def read_catalogue_input(
    path: Path,
    stem: str,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    labels: Path | None = None,
) -> CatalogueInput:
    """Read a catalogue or the truth, given as a file or as the folder of a run.

    Parameters
    ----------
    path : `~pathlib.Path`
        A file, or the folder of `sciarada detect` or `sciarada simulate`.
    stem : str
        What the table of such a folder is called: ``catalogue`` or ``truth``.
    name : str, optional
        Name to show; by default the finder, or the file's own.
    columns : mapping of str to str, optional
        See `sciarada.io.finders.reading.read_finder`.
    labels : `~pathlib.Path`, optional
        Map of the numbers of sources, if it does not lie beside them.

    Raises
    ------
    CatalogueError
        If there is no table in the folder, or it cannot be used.
    ImageError
        If a map cannot be read.
    """
    folder, path = _table_in(path, stem)
    catalogue = read_finder(path, columns)
    kind = catalogue.finder
    return CatalogueInput(
        name=name or (path.stem if kind == PLAIN else kind),
        path=path,
        catalogue=catalogue,
        labels=_map(labels) if labels else _map_beside(folder, LABELS),
        noise=_map_beside(folder, NOISE),
        folder=folder,
    )


def _table_in(path: Path, stem: str) -> tuple[Path | None, Path]:
    """Return the folder of products, if there is one, and the table in it."""
    if path.is_dir():
        endings = ("fits", "vot", "ecsv", "parquet")
        there = [path / f"{stem}.{ending}" for ending in endings]
        table = next((file for file in there if file.is_file()), None)
        if table is None:
            raise CatalogueError(f"{path} holds no {stem}.fits; name the file of the {stem} itself")
        return path, table
    return (path.parent if path.stem == stem and _is_run(path.parent) else None), path


def _is_run(folder: Path) -> bool:
    return (folder / MARK).is_file()


def _map_beside(folder: Path | None, name: str) -> SkyImage | None:
    if folder is None or not (folder / name).is_file():
        return None
    return _map(folder / name)


def _map(path: Path) -> SkyImage:
    return read_image(path, blank_zero_border=False)


def comparable(first: SkyImage, second: SkyImage) -> bool:
    """Return whether two maps have the same pixels on the sky."""
    if first.shape != second.shape:
        return False
    ny, nx = first.shape
    x, y = np.array([0.0, nx - 1.0, 0.0, nx - 1.0]), np.array([0.0, 0.0, ny - 1.0, ny - 1.0])
    there = second.sky_to_pixel(*first.pixel_to_sky(x, y))
    return bool(np.all(np.abs(np.array(there) - np.array([x, y])) < SAME_PLACE))


def values_at(image: SkyImage, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """Return the pixels of a map in which positions lie, NaN off the map; read in strips."""
    x, y = (np.rint(axis) for axis in image.sky_to_pixel(ra, dec))
    ny, nx = image.shape
    inside = (x >= 0) & (x < nx) & (y >= 0) & (y < ny)
    values = np.full(len(x), np.nan)
    height = max(1, ROWS_AT_ONCE // nx)
    for y0 in range(0, ny, height):
        here = np.flatnonzero(inside & (y >= y0) & (y < y0 + height))
        if len(here):
            strip = image.read(Window(y0, min(y0 + height, ny), 0, nx))
            values[here] = strip[y[here].astype(int) - y0, x[here].astype(int)]
    return values


def parse_names(pairs: tuple[str, ...], option: str, what: str) -> dict[str, str]:
    """Return ``NAME=VALUE`` texts as a dict.

    Raises
    ------
    OptionError
        If one has another form, or a name comes twice.
    """
    parsed: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (name and sign and value):
            raise OptionError(f"{option} takes {what}, not {pair!r}")
        if name in parsed:
            raise OptionError(f"{option} has {name!r} twice")
        parsed[name] = value
    return parsed
