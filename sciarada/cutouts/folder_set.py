"""Folders of cutouts, one per file, as sets for training."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table

from sciarada.core.columns import id_column, make_column
from sciarada.core.cutout_source import Rows, row_numbers
from sciarada.core.fingerprint import combined, file_fingerprint
from sciarada.core.schema import ColumnSpec
from sciarada.cutouts.cutout_set import COLUMNS
from sciarada.cutouts.image_files import PICTURE, read_facts, read_picture
from sciarada.cutouts.shown import Shown
from sciarada.cutouts.square import squared
from sciarada.errors import CutoutError, ImageError
from sciarada.io.foreign import is_foreign_image
from sciarada.tabular.cells import numbers
from sciarada.tabular.joining import Identifiers, join

logger = logging.getLogger(__name__)

FILE = ColumnSpec(
    "file", "str", None, "meta.id;meta.file", "File of the cutout in its folder", required=True
)
LABEL = ColumnSpec("label", "str", None, "meta.code.class", "Folder that the file lies in")
KNOWN = ("ra", "dec", "size", "beam_major")
_SHOWN = 5
_OTHER_PICTURE = re.compile(r"\.(jpe?g|jp2|gif|tiff?|webp|bmp)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class FolderSet(Shown):
    """Cutouts in a folder, one per PNG or FITS file; a `CutoutSource`.

    Made by `read_folder`. Files are read when their pixels are requested, which for packed
    FITS is slow: a set that is read more than once is best materialised
    (`sciarada.cutouts.zarr_set.write_zarr`).

    Parameters
    ----------
    folder : `~pathlib.Path`
        The folder.
    files : ndarray of str, shape (n,)
        Names of the files, relative to it, with ``/`` between folders.
    ids : ndarray of str, shape (n,)
        The file's name without its ending; with its folders where names occur twice.
    given : mapping of str to ndarray
        What is known of ``ra``, ``dec`` (deg), ``size`` and ``beam_major`` (arcsec) from
        elsewhere; the rest is taken from the headers.
    hdu : str, optional
        Which HDU of each FITS file is read, as in ``--hdu``; by default its image.
    """

    folder: Path
    files: np.ndarray
    ids: np.ndarray
    given: Mapping[str, np.ndarray] = field(default_factory=dict)
    hdu: str | None = None

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, rows: Rows) -> FolderSet:
        """Return the cutouts of a slice, a mask or row numbers."""
        known = self.given
        if "_headers" in self.__dict__:  # those that were read are not read again
            known = {**self._headers, **known}
        given = {name: values[rows] for name, values in known.items()}
        return replace(self, files=self.files[rows], ids=self.ids[rows], given=given)

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) in degrees of the middle of each picture, NaN where unknown."""
        return self._known("ra"), self._known("dec")

    @property
    def size(self) -> np.ndarray:
        """Longer side of each picture in arcsec, NaN where unknown."""
        return self._known("size")

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of each beam in arcsec, NaN where unknown."""
        return self._known("beam_major")

    @property
    def labels(self) -> np.ndarray:
        """Folder of each file, relative to the folder of the set, such as a class; or ''."""
        return np.array([name.rpartition("/")[0] for name in self.files.tolist()], np.str_)

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return the pixels of many cutouts in one array.

        Parameters
        ----------
        rows : slice or array_like of int or bool, optional
            Which cutouts; all by default.
        npix : int, optional
            Side in pixels, to which other pictures are resampled as `CutoutSet.pixels` does;
            oblong ones get NaN beyond their shorter sides. By default that of the pictures,
            which must then be squares of equal size.

        Returns
        -------
        ndarray of float32, shape (n, npix, npix)
            NaN where pixels are missing. See `sciarada.cutouts.image_files.read_picture`.

        Raises
        ------
        CutoutError
            If ``npix`` is not given and the pictures differ.
        ImageError
            If a file cannot be read.
        """
        numbers = row_numbers(rows, len(self))
        if npix is None:
            return self._alike(numbers)
        stack = np.empty((len(numbers), npix, npix), np.float32)
        for place, picture in enumerate(self._pictures(numbers)):
            stack[place] = squared(picture, npix)
        return stack

    def with_known(self, table: Table) -> FolderSet:
        """Return the same files with positions, or more, from a table.

        Parameters
        ----------
        table : `~astropy.table.Table`
            A column ``file``, and any of ``ra``, ``dec`` (deg), ``size`` and ``beam_major``
            (arcsec). A file is known by its name, with or without folders.

        Raises
        ------
        CutoutError
            If the table has no column ``file``, or names none of the files.
        """
        lower = {name.lower(): name for name in reversed(table.colnames)}
        if "file" not in lower:
            raise CutoutError(
                f"a table about the files of {self.folder} needs a column file; "
                f"its columns are {', '.join(table.colnames)}"
            )
        wanted = Identifiers.of(self.files, f"folder {self.folder}")
        keys = Identifiers.of(table[lower["file"]], "column file of the table about its files")
        rows = join(wanted, keys, "write each file once").rows
        if not (rows >= 0).any():
            raise CutoutError(f"none of the files of {self.folder} is in the table's column file")
        given = {}
        for name in KNOWN:
            if name in lower:
                given[name] = np.where(rows >= 0, numbers(table[lower[name]])[rows], np.nan)
        return replace(self, given={**self.given, **given})

    def faults(self) -> Iterator[tuple[int, str]]:
        """Return the number of each file that is empty or cannot be read, with the reason.

        Every file is read.
        """
        for number, name in enumerate(self.files.tolist()):
            try:
                picture = read_picture(self.folder / name, self.hdu)
            except ImageError as error:
                yield number, str(error)
                continue
            values = picture[np.isfinite(picture)]
            if not len(values) or values.min() == values.max():
                yield number, f"{self.folder / name} is blank"

    def to_table(self, headers: bool = True) -> Table:
        """Return one row per file: ``cutout_id``, ``file``, ``ra``, ``dec``, ``size``, ``label``.

        Without ``label`` if no file is in a subfolder.

        Parameters
        ----------
        headers : bool
            Open the files for what their headers say; else columns that are not known without
            them are omitted.
        """
        specs = {spec.name: spec for spec in (*COLUMNS, FILE, LABEL)}
        specs["cutout_id"] = id_column(specs["cutout_id"], self.ids)
        values = {"cutout_id": self.ids, "file": self.files}
        for name in ("ra", "dec", "size"):
            if headers or name in self.given:
                values[name] = self._known(name)
        if (self.labels != "").any():
            values["label"] = self.labels
        columns = [make_column(specs[name], value) for name, value in values.items()]
        chosen = {} if self.hdu is None else {"hdu": self.hdu}
        return Table(columns, copy=False, meta={"folder": str(self.folder), **chosen})

    def data_hash(self) -> str:
        """Return an identity of names and content of the files, independent of their folder.

        Raises
        ------
        ImageError
            If a file cannot be read.
        """
        chosen = [] if self.hdu is None else [self.hdu]
        return combined([self.files, *map(self._fingerprint, self.files.tolist()), *chosen])

    def _fingerprint(self, name: str) -> str:
        try:
            return file_fingerprint(self.folder / name)
        except OSError as error:
            raise ImageError(f"{self.folder / name} cannot be read: {error.strerror}") from error

    def _alike(self, numbers: np.ndarray) -> np.ndarray:
        pictures = list(self._pictures(numbers))
        shapes = Counter(picture.shape for picture in pictures)
        if len(shapes) == 1 and len(set(next(iter(shapes)))) == 1:
            return np.stack(pictures)
        if not shapes:
            raise CutoutError("an empty set of cutouts has no size in pixels: give npix")
        listing = ", ".join(f"{nx} x {ny}" for ny, nx in sorted(shapes)[:_SHOWN])
        raise CutoutError(
            f"the pictures of {self.folder} are {listing} pixels: give npix to resample them to "
            f"squares of one size"
        )

    def _pictures(self, numbers: np.ndarray) -> Iterator[np.ndarray]:
        return (read_picture(self.folder / self.files[number], self.hdu) for number in numbers)

    def _known(self, name: str) -> np.ndarray:
        return self.given[name] if name in self.given else self._headers[name]

    @cached_property
    def _headers(self) -> dict[str, np.ndarray]:
        facts = [read_facts(self.folder / name, self.hdu) for name in self.files.tolist()]
        return {name: np.array([getattr(f, name) for f in facts], np.float64) for name in KNOWN}


def read_folder(folder: str | Path, hdu: str | None = None) -> FolderSet:
    """Return the PNG and FITS files of a folder, and of the folders in it, as a set.

    If there are none, the files are taken that a plugin reads as images. Hidden files and folders
    are omitted; other files are, too, and named in the log, pictures of other formats with a
    warning.

    Parameters
    ----------
    folder : str or Path
    hdu : str, optional
        Which HDU of each FITS file is read, such as ``SCI``; by default its image.

    Raises
    ------
    CutoutError
        If there is no such folder, or it holds no PNG or FITS file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CutoutError(f"{folder} is not a folder of cutouts")
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    names = [name for name in names if not any(part[0] == "." for part in name.split("/"))]
    files = [name for name in names if PICTURE.search(name)]
    files = files or [name for name in names if is_foreign_image(folder / name)]
    others = sorted(set(names) - set(files))
    if not files:
        raise CutoutError(
            f"{folder} holds no PNG or FITS file to be taken as cutout: give another folder"
        )
    pictures = [name for name in others if _OTHER_PICTURE.search(name)]
    if pictures:
        logger.warning(
            "%s: %d pictures are neither PNG nor FITS and are omitted: %s",
            folder,
            len(pictures),
            shortened(pictures),
        )
    if others:
        logger.info("%s: not cutouts: %s", folder, shortened(others))
    return FolderSet(folder, np.array(files, np.str_), _ids(files), hdu=hdu)


def folder_of_table(table: Table, path: Path) -> FolderSet:
    """Return the files of a table as `FolderSet.to_table` makes it.

    Raises
    ------
    CutoutError
        If a column, the folder or a file does not exist.
    """
    for name in ("file", "cutout_id"):
        if name not in table.colnames:
            raise CutoutError(
                f"{path} is about the files of a folder but has no column {name}: make it again "
                "with `sciarada cutouts FOLDER -o SET`"
            )
    folder = Path(str(table.meta["folder"]))
    files = np.asarray(table["file"]).astype(np.str_)
    if not folder.is_dir() and (path.parent / folder).is_dir():
        folder = path.parent / folder
    missing = [name for name in files.tolist() if not (folder / name).is_file()]
    if missing:
        raise CutoutError(f"{path} names {folder / missing[0]}, which does not exist")
    ids = np.asarray(table["cutout_id"]).astype(np.str_)
    given = {name: _filled(table[name]) for name in KNOWN if name in table.colnames}
    hdu = table.meta.get("hdu")
    return FolderSet(folder, files, ids, given, None if hdu is None else str(hdu))


def shortened(names: list[str]) -> str:
    """Return names with commas between, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _filled(column: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(column, np.float64), np.nan)


def _ids(files: list[str]) -> np.ndarray:
    """Return names without suffix: of the files alone, or with folders if names are repeated."""
    whole = [PICTURE.sub("", name) for name in files]
    stems = [name.rpartition("/")[2] for name in whole]
    for ids in (stems, whole):
        if len(set(ids)) == len(ids):
            return np.array(ids, np.str_)
    return np.array(files, np.str_)
