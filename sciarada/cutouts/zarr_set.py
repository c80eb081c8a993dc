"""Materialised sets: the pixels and the table of cutouts in one Zarr store.

The pixels are one array [n, npix, npix] of float32 in Zarr's format 3, in chunks of some
megabytes that are not compressed. So each chunk is a file with the bare numbers, from which
single cutouts are read by memory map: a batch at random takes some microseconds a cutout, and
milliseconds through zarr, which reads chunks whole. Any reader of Zarr reads the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from astropy.table import Table

from sciarada.core.columns import make_column
from sciarada.core.cutout_source import CutoutSource, Rows, batches, row_numbers
from sciarada.core.fingerprint import combined
from sciarada.core.schema import ColumnSpec
from sciarada.cutouts.shown import Shown
from sciarada.cutouts.square import squared
from sciarada.cutouts.zarr_layout import (
    ABOUT,
    DOCUMENT,
    PIXELS,
    TABLE,
    StoreFault,
    StoreRecord,
    check_columns,
    chunk_path,
    read_pixel_layout,
    read_record,
)
from sciarada.errors import CatalogueError, CutoutError
from sciarada.io.atomic import atomic_folder
from sciarada.io.inputs import NO_INPUTS, Inputs
from sciarada.running.invocation import without_command

MARK, FORMAT = DOCUMENT, 1
CHUNK = 1 << 24  # bytes
KNOWN = ("cutout_id", "ra", "dec", "size", "beam_major")
# What zarr and its codecs raise of bytes that they cannot unpack.
_DAMAGE = (
    OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError,
    MemoryError,
)  # fmt: skip
BEAM = ColumnSpec("beam_major", "float64", "arcsec", "instr.beam;phys.angSize", "FWHM of the beam")


@dataclass(frozen=True, eq=False)
class ZarrSet(Shown):
    """Cutouts with pixels in a Zarr store of SCIARADA; a `CutoutSource`.

    Made by `read_zarr`.

    Parameters
    ----------
    path : `~pathlib.Path`
        The store.
    npix : int
        Side of the cutouts in pixels.
    chunk : int
        Cutouts in each file of pixels.
    rows : ndarray of int64, shape (n,)
        Which cutouts of the store.
    table : `~astropy.table.Table`
        What is known of each cutout: the columns of the set that was materialised and
        ``beam_major``.
    source_hash : str
        Identity of that set.
    """

    path: Path
    npix: int
    chunk: int
    rows: np.ndarray
    table: Table
    source_hash: str

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Rows) -> ZarrSet:
        """Return the cutouts of a slice, a mask or row numbers."""
        return replace(self, rows=self.rows[rows], table=self.table[rows])

    @property
    def ids(self) -> np.ndarray:
        """Names of the cutouts."""
        return np.asarray(self.table["cutout_id"].data.data)

    @property
    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """ICRS (ra, dec) of the centres in degrees, NaN where unknown."""
        return self._values("ra"), self._values("dec")

    @property
    def size(self) -> np.ndarray:
        """Side of each square in arcsec, NaN where unknown."""
        return self._values("size")

    @property
    def beam_major(self) -> np.ndarray:
        """Major axis (FWHM) of each beam in arcsec, NaN where unknown."""
        return self._values("beam_major")

    def pixels(self, rows: Rows | None = None, npix: int | None = None) -> np.ndarray:
        """Return the pixels of many cutouts in one array.

        Parameters
        ----------
        rows : slice or array_like of int or bool, optional
            Which cutouts; all by default.
        npix : int, optional
            Side in pixels, to which they are resampled if it is not that of the store.

        Returns
        -------
        ndarray of float32, shape (n, npix, npix)
            NaN where pixels are missing.

        Raises
        ------
        CutoutError
            If the store is no longer there or damaged.
        """
        chosen = self.rows[row_numbers(rows, len(self))]
        stack = np.empty((len(chosen), self.npix, self.npix), np.float32)
        chunks = chosen // self.chunk
        for number in np.unique(chunks):
            mine = chunks == number
            stack[mine] = self._chunk(int(number))[chosen[mine] - number * self.chunk]
        if npix is None or npix == self.npix:
            return stack
        resampled = np.empty((len(chosen), npix, npix), np.float32)
        for place, picture in enumerate(stack):
            resampled[place] = squared(picture, npix)
        return resampled

    def to_table(self, headers: bool = True) -> Table:
        """Return the table of the set that was materialised, with ``beam_major``."""
        return self.table.copy()

    def data_hash(self) -> str:
        """Return an identity: that of the set that was materialised, pixels on a side and rows."""
        return combined([self.source_hash, str(self.npix), self.rows])

    def _chunk(self, number: int) -> np.ndarray:
        """Return one file of pixels as a memory map."""
        path = chunk_path(self.path, number)
        try:
            return np.memmap(path, "<f4", "r", shape=(self.chunk, self.npix, self.npix))
        except (OSError, ValueError) as error:
            raise CutoutError(
                f"{self.path} is damaged: {path} is missing or too short; materialise it anew"
            ) from error

    def _values(self, name: str) -> np.ndarray:
        return np.asarray(self.table[name].data.data, np.float64)


def write_zarr(
    source: CutoutSource,
    path: str | Path,
    npix: int,
    overwrite: bool = False,
    progress: Callable[[Iterable[Any], str, int], Iterable[Any]] | None = None,
    inputs: Inputs = NO_INPUTS,
    meta: Mapping[str, Any] | None = None,
) -> list[int]:
    """Write the pixels and the table of a set as a Zarr store.

    Memory does not grow with the set's pixels.

    Parameters
    ----------
    source : CutoutSource
        What to write.
    path : str or Path
        Folder to make, which appears whole or not at all; its name usually ends in ``.zarr``.
    npix : int
        Side in pixels to which all cutouts are brought.
    overwrite : bool
        Replace a store that exists.
    progress : callable, optional
        Shows how far it has come: gets the steps, the name of the stage and their number.
    inputs : Inputs
        What the pixels are read from, which must not change meanwhile.
    meta : mapping, optional
        Further metadata of the store.

    Returns
    -------
    list of int
        The cutouts that are blank: no two of their pixels differ.

    Raises
    ------
    ChangedInputError
        If an input changed while it was read.
    CutoutError
        If the set is empty or ``npix`` is not positive.
    OutputError
        If the folder exists or cannot be written.
    """
    if npix < 1 or not len(source):
        raise CutoutError(f"{path} cannot be made of {len(source)} cutouts of {npix} pixels")
    chunk = max(1, min(len(source), CHUNK // (4 * npix**2)))
    blank = []
    with atomic_folder(path, MARK, overwrite) as part:
        group = zarr.create_group(part, zarr_format=3)
        pixels = group.create_array(
            PIXELS,
            shape=(len(source), npix, npix),
            chunks=(chunk, npix, npix),
            dtype="float32",
            compressors=None,
            fill_value=float("nan"),
            config={"write_empty_chunks": True},
        )
        steps = list(batches(len(source), chunk))
        for step in steps if progress is None else progress(steps, "cutting out", len(steps)):
            stack = source.pixels(step, npix)
            pixels[step] = stack
            blank += (step.start + np.flatnonzero(_is_blank(stack))).tolist()
        group.attrs[ABOUT] = _write_table(group, source, meta or {}) | {
            "format": FORMAT,
            "data_hash": source.data_hash(),
            "npix": npix,
            "chunk": chunk,
        }
        inputs.check_unchanged()
    return blank


def read_zarr(path: str | Path) -> ZarrSet:
    """Read a set that `write_zarr` wrote; no pixels yet.

    Raises
    ------
    CutoutError
        If there is no such store, or another made it.
    """
    path = Path(path)
    try:
        record = read_record(path)
        if record.format != FORMAT:
            raise StoreFault(f"is of format {record.format}, and this version reads {FORMAT}")
        layout = read_pixel_layout(path, record)
        check_columns(path, record, layout.count)
        table = _read_table(path, record)
    except StoreFault as error:
        raise CutoutError(
            f"{path} is not a Zarr store of cutouts, or a damaged one: it {error}; make one with "
            "`sciarada cutouts --materialise NPIX`"
        ) from error
    rows = np.arange(layout.count)
    return ZarrSet(path, layout.npix, layout.chunk, rows, table, record.data_hash)


def _is_blank(stack: np.ndarray) -> np.ndarray:
    """Return which pictures have no two pixels that differ; missing pixels do not count."""
    flat = stack.reshape(len(stack), -1)
    low, high = np.fmin.reduce(flat, axis=1), np.fmax.reduce(flat, axis=1)
    return ~(low < high)


def _write_table(
    group: zarr.Group, source: CutoutSource, meta: Mapping[str, Any]
) -> dict[str, Any]:
    """Write one array per column; return their descriptions."""
    table = source.to_table()
    if BEAM.name not in table.colnames:
        table.add_column(make_column(BEAM, source.beam_major))
    columns, stored = [], []
    for column in table.itercols():
        text = column.dtype.kind == "U"
        values = np.ascontiguousarray(_bytes_of(column.data.data) if text else column.data.data)
        place = f"{TABLE}/{column.name}"
        group.create_array(place, data=values, config={"write_empty_chunks": True})
        stored.append(values)
        columns.append(
            {
                "name": column.name,
                "dtype": "str" if text else column.dtype.name,
                "unit": None if column.unit is None else str(column.unit),
                "ucd": column.meta["ucd"],
                "description": column.description,
            }
        )
    return {"columns": columns, "meta": {**table.meta, **meta}, "table_hash": combined(stored)}


def _read_table(path: Path, record: StoreRecord) -> Table:
    stored = _stored_columns(path, record)
    if record.table_hash not in (None, combined(stored)):
        raise StoreFault("has a table that was changed or damaged: its hash is another")
    try:
        columns = [
            make_column(column.spec, _text_of(values) if column.dtype == "str" else values)
            for column, values in zip(record.columns, stored, strict=True)
        ]
    except (CatalogueError, UnicodeError) as error:
        raise StoreFault("has a table with values that no cutouts have") from error
    table = Table(columns, copy=False, meta=without_command(record.meta))
    missing = [name for name in KNOWN if name not in table.colnames]
    if missing:
        raise StoreFault(f"lacks the column {missing[0]}")
    return table


def _stored_columns(path: Path, record: StoreRecord) -> list[np.ndarray]:
    """Return the stored columns; zarr decompresses them."""
    try:
        places = [path / TABLE / column.name for column in record.columns]
        return [np.asarray(zarr.open_array(place, mode="r", zarr_format=3)[:]) for place in places]
    except _DAMAGE as error:
        raise StoreFault("has a table that cannot be unpacked") from error


def _bytes_of(texts: np.ndarray) -> np.ndarray:
    """Return text in UTF-8 as uint8 [n, width], which every version of Zarr has.

    Of names of files that are not UTF-8, the bytes that Python cannot decode are written as it
    holds them: surrogates, in three bytes each.
    """
    packed = np.strings.encode(texts, "utf-8", "surrogatepass")
    return packed.view(np.uint8).reshape(len(packed), -1)


def _text_of(values: np.ndarray) -> np.ndarray:
    packed = values.view(f"S{values.shape[1]}").reshape(-1)
    return np.strings.decode(packed, "utf-8", "surrogatepass")
