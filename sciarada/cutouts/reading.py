"""Sets of cutouts in any form: a table of positions or files, a folder, a Zarr store."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from astropy.table import Table

from sciarada.core.catalogue import SourceCatalogue
from sciarada.core.cutout_source import CutoutSource
from sciarada.cutouts.catalogue_set import CATALOGUE, cutouts_of_catalogue, is_run
from sciarada.cutouts.concatenated import ConcatenatedSource, distinct_names
from sciarada.cutouts.folder_set import folder_of_table, read_folder
from sciarada.cutouts.table_files import TABLE, cutouts_of_table
from sciarada.errors import CatalogueError, CutoutError, OptionError
from sciarada.io.foreign import foreign_table
from sciarada.io.hdus.selector import chosen_hdu
from sciarada.io.single_table import read_table, write_table
from sciarada.io.tables import FORMATS, read_catalogue

logger = logging.getLogger(__name__)

ZARR = ".zarr"
_TABLES = tuple(suffix for known in FORMATS.values() for suffix in known.suffixes)


def read_set(path: str | Path, hdu: str | None = None) -> CutoutSource:
    """Read a set of cutouts in any form.

    Parameters
    ----------
    path : str or Path
        What `sciarada cutouts` made: a table in FITS, VOTable, ECSV or Parquet, or a folder
        that ends in ``.zarr``. A catalogue of `sciarada detect`, or the folder of its run: each
        source is a cutout. Or any folder of PNG and FITS files, one per cutout, also as
        ``folder[SCI]``.
    hdu : str, optional
        Which HDU of each FITS file of a folder is read; other sets know theirs.

    Returns
    -------
    CutoutSource
        `CutoutSet`, `FolderSet` or `ZarrSet`.

    Raises
    ------
    CutoutError
        If there is no such file or folder, it is not a set, or what it names is not there.
    CatalogueError
        If a table is damaged.
    ImageError
        If an image cannot be read.
    OptionError
        If an HDU is named of what is no folder of files, or it is no HDU.
    """
    path, chosen = chosen_hdu(path, hdu)
    if chosen is not None:
        if not path.is_dir() or is_run(path) or path.suffix.lower() == ZARR:
            raise OptionError(
                f"--hdu {chosen} is about a folder of FITS files, and {path} is none: leave it out"
            )
        return read_folder(path, str(chosen))
    if path.suffix.lower() == ZARR:
        # zarr takes half a second to import.
        return import_module("sciarada.cutouts.zarr_set").read_zarr(path)
    if path.is_dir():
        return _of_table(path / CATALOGUE) if is_run(path) else read_folder(path)
    if not path.exists():
        raise CutoutError(
            f"there is no set {path}: give one that `sciarada cutouts` made, or a folder of PNG or "
            "FITS files"
        )
    foreign = foreign_table(path)
    if foreign is not None:
        return _of_foreign(foreign, path)
    if path.suffix.lower() not in _TABLES:
        raise CutoutError(
            f"{path} is not a set of cutouts: give a table ({', '.join(_TABLES)}), a folder of PNG "
            f"or FITS files, or a folder that ends in {ZARR}"
        )
    return _of_table(path)


def read_sets(paths: Sequence[str | Path], hdu: str | None = None) -> CutoutSource:
    """Read one set, or several as one.

    Raises
    ------
    CutoutError, CatalogueError, ImageError, OptionError
        As `read_set`.
    """
    sources = [read_set(path, hdu) for path in paths]
    for path, source in zip(paths, sources, strict=True):
        logger.info("reading %s: %d cutouts", path, len(source))
    if len(sources) == 1:
        return sources[0]
    names = distinct_names([Path(path).resolve().stem for path in paths])
    return ConcatenatedSource(tuple(sources), tuple(names))


def write_set(
    source: CutoutSource,
    path: str | Path,
    overwrite: bool = False,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Write a set as a table that `read_set` reads; no pixels.

    Parameters
    ----------
    source : CutoutSource
        A set of positions on images, or of files in a folder.
    path : str or Path
        File to make, in the format that its ending says.
    overwrite : bool
        Replace a file that exists.
    meta : mapping, optional
        What else the table says of itself.

    Raises
    ------
    CutoutError
        If the set is of another kind: only its pixels can be kept.
    CatalogueError, OutputError
        If the file cannot be written so.
    """
    write_table(table_of_set(source, path, meta), TABLE, path, overwrite=overwrite)


def table_of_set(
    source: CutoutSource, path: str | Path, meta: Mapping[str, Any] | None = None
) -> Table:
    """Return the table that `write_set` writes to a path.

    Raises
    ------
    CutoutError
        As `write_set`.
    """
    table = source.to_table()
    if not {"images", "folder"} & table.meta.keys():
        raise CutoutError(
            f"{path} cannot hold a set whose pixels lie in several places or in a Zarr store: "
            f"give an output that ends in {ZARR}, with --materialise"
        )
    table.meta.update(meta or {})
    return table


def _of_table(path: Path) -> CutoutSource:
    """Return the set of a table of positions or files, or of a catalogue."""
    try:
        table = read_table(path, TABLE)
    except CatalogueError as error:
        return cutouts_of_catalogue(_catalogue(path, error), path)
    if "folder" in table.meta:
        return folder_of_table(table, path)
    if "source_name" in table.colnames:  # ECSV and Parquet give their only table for any name
        return cutouts_of_catalogue(read_catalogue(path), path)
    return cutouts_of_table(table, path)


def _of_foreign(table: Table | SourceCatalogue, path: Path) -> CutoutSource:
    """Return the set in a table that was not read by us: positions, files or a catalogue."""
    if isinstance(table, SourceCatalogue):
        return cutouts_of_catalogue(table, path)
    if "folder" in table.meta:
        return folder_of_table(table, path)
    return cutouts_of_table(table, path)


def _catalogue(path: Path, no_set: CatalogueError) -> SourceCatalogue:
    """Return the catalogue that a file holds; else raise why it holds no set."""
    try:
        return read_catalogue(path)
    except CatalogueError:
        raise CatalogueError(
            f"{no_set}; make a set of an image: `sciarada cutouts IMAGE --sampler random -o SET`"
        ) from no_set
