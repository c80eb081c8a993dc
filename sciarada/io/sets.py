"""Sets of cutouts in whatever form: a table of positions or files, a folder, a Zarr store."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sciarada.core.cutout_source import CutoutSource
from sciarada.core.errors import CutoutError
from sciarada.io.cutouts import TABLE, cutouts_of_table
from sciarada.io.folder_sets import folder_of_table, read_folder
from sciarada.io.single_table import read_table
from sciarada.io.tables import FORMATS

ZARR = ".zarr"
_TABLES = tuple(suffix for known in FORMATS.values() for suffix in known.suffixes)


def read_set(path: str | Path) -> CutoutSource:
    """Read a set, wherever a SET is asked for.

    Parameters
    ----------
    path : str or Path
        What `sciarada cutouts` made: a table in FITS, VOTable, ECSV or Parquet, or a folder
        that ends in ``.zarr``. Or any folder of PNG and FITS files, one a cutout.

    Returns
    -------
    CutoutSource
        `CutoutSet`, `FolderSet` or `ZarrSet`.

    Raises
    ------
    CutoutError
        If there is no such file or folder, it is no set, or what it names is not there.
    CatalogueError
        If a table is damaged.
    ImageError
        If an image cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() == ZARR:
        # zarr takes half a second to import.
        return import_module("sciarada.io.zarr_sets").read_zarr(path)
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise CutoutError(f"there is no set {path}: make one with `sciarada cutouts`")
    if path.suffix.lower() not in _TABLES:
        raise CutoutError(
            f"{path} is no set of cutouts: give a table ({', '.join(_TABLES)}), a folder of PNG "
            f"or FITS files, or a folder that ends in {ZARR}"
        )
    table = read_table(path, TABLE)
    return folder_of_table(table, path) if "folder" in table.meta else cutouts_of_table(table, path)
