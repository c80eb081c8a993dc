"""The layout of a Zarr store of cutouts, checked against the files that are there.

Pixels are read past zarr, as bare numbers, so everything that says how they lie has to agree: the
shape, the chunks, the type, the codec, the size and number of the files, and what the store says
of itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sciarada.core.schema import ColumnSpec
from sciarada.errors import CutoutError
from sciarada.io.plausible import is_plausible
from sciarada.tabular.json_text import JsonError, parse_json_object
from sciarada.tabular.plain_values import PlainValueError, plain_value

DOCUMENT, PIXELS, TABLE, ABOUT = "zarr.json", "pixels", "table", "sciarada"
BYTES = 4  # of a pixel
_PACKED = {"bytes", "zstd", "gzip", "blosc", "crc32c"}


class StoreFault(CutoutError):
    """A fault of a store; the message follows its name."""


@dataclass(frozen=True)
class StoredColumn:
    """A column of the table of cutouts, as the store describes it."""

    name: str
    dtype: Literal["str", "int64", "int32", "int16", "float64", "float32"]
    unit: str | None
    ucd: str
    description: str

    @property
    def spec(self) -> ColumnSpec:
        """The column's specification."""
        return ColumnSpec(self.name, self.dtype, self.unit, self.ucd, self.description)


@dataclass(frozen=True)
class StoreRecord:
    """The metadata of a store.

    Parameters
    ----------
    format : int
        Number of the layout.
    data_hash : str
        Identity of the set that was stored.
    columns : list of StoredColumn
    meta : dict
        Metadata of the set.
    npix, chunk : int or None
        Side of the cutouts and cutouts in a file; None in stores of earlier versions.
    table_hash : str or None
        Of the values of all columns; None in stores of earlier versions.
    """

    format: int
    data_hash: str
    columns: list[StoredColumn]
    meta: dict[str, Any] = field(default_factory=dict)
    npix: int | None = None
    chunk: int | None = None
    table_hash: str | None = None


@dataclass(frozen=True)
class _ChunkShape:
    chunk_shape: list[int]


@dataclass(frozen=True)
class _ChunkGrid:
    name: Literal["regular"]
    configuration: _ChunkShape


@dataclass(frozen=True)
class _Codec:
    name: str
    configuration: dict[str, Any] = field(default_factory=dict)


_BARE = [_Codec("bytes", {"endian": "little"})]


@dataclass(frozen=True)
class _Array:
    """The part of the metadata of an array that describes its layout."""

    zarr_format: Literal[3]
    node_type: Literal["array"]
    shape: list[int]
    data_type: str
    chunk_grid: _ChunkGrid
    chunk_key_encoding: dict[str, Any]
    codecs: list[_Codec]
    storage_transformers: list[Any] = field(default_factory=list)

    @property
    def chunks(self) -> list[int]:
        return self.chunk_grid.configuration.chunk_shape


@dataclass(frozen=True)
class PixelLayout:
    """The layout of the pixels of a store.

    Parameters
    ----------
    count, npix : int
        Cutouts, and their side in pixels.
    chunk : int
        Cutouts in each file.
    """

    count: int
    npix: int
    chunk: int


def read_record(path: Path) -> StoreRecord:
    """Return the metadata of a store.

    Raises
    ------
    StoreFault
        If it is damaged, or of another program.
    """
    attributes = _document(path).get("attributes")
    about = attributes.get(ABOUT) if isinstance(attributes, dict) else None
    return _typed(about, StoreRecord, DOCUMENT)


def read_pixel_layout(path: Path, record: StoreRecord) -> PixelLayout:
    """Return the layout of the pixels, if its description agrees with the files.

    Raises
    ------
    StoreFault
        If something does not.
    """
    array = _array(path, PIXELS)
    if len(array.shape) != 3 or array.shape[1] != array.shape[2]:
        raise StoreFault(f"has {PIXELS} of shape {array.shape}, which are no square cutouts")
    if array.data_type != "float32" or array.codecs != _BARE:
        raise StoreFault(f"has {PIXELS} that are not plain float32, as they are written here")
    count, npix, _ = array.shape
    chunk = array.chunks[0] if array.chunks[1:] == [npix, npix] else 0
    if not (0 < chunk <= count and npix > 0):
        raise StoreFault(f"has {PIXELS} of shape {array.shape} in chunks of {array.chunks}")
    for name, said, found in (("npix", record.npix, npix), ("chunk", record.chunk, chunk)):
        if said not in (None, found):
            raise StoreFault(f"says {name} {said}, but its {PIXELS} have {found}")
    _check_files(path, PixelLayout(count, npix, chunk))
    return PixelLayout(count, npix, chunk)


def check_columns(path: Path, record: StoreRecord, count: int) -> None:
    """Refuse columns with arrays that differ from the metadata of the store, before reading them.

    Raises
    ------
    StoreFault
        If the length or the type of one is another, or it promises more than its files hold.
    """
    for column in record.columns:
        array = _array(path, f"{TABLE}/{column.name}")
        is_text = column.dtype == "str"
        known = (1 + is_text, "uint8" if is_text else column.dtype)
        if (len(array.shape), array.data_type) != known or array.shape[0] != count:
            raise StoreFault(
                f"has a column {column.name} of type {array.data_type} and shape {array.shape} for "
                f"{count} cutouts"
            )
        if not {codec.name for codec in array.codecs} <= _PACKED:
            raise StoreFault(f"has a column {column.name} that is packed in an unknown way")
        folder = path / TABLE / column.name
        held = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if min(array.chunks + array.shape[1:]) < 1 or not is_plausible(
            max(math.prod(array.shape), math.prod(array.chunks)), held
        ):
            raise StoreFault(f"has a column {column.name} that promises more than its files hold")


def chunk_path(path: Path, number: int) -> Path:
    """Return the file of pixels of a number."""
    return path / PIXELS / "c" / str(number) / "0" / "0"


def _check_files(path: Path, layout: PixelLayout) -> None:
    needed = -(-layout.count // layout.chunk)
    found = sum(1 for _ in (path / PIXELS / "c").glob("*"))
    if found != needed:
        raise StoreFault(f"has {found} files of pixels where {needed} are needed")
    size = layout.chunk * layout.npix**2 * BYTES
    for number in range(needed):
        file = chunk_path(path, number)
        if not file.is_file() or file.stat().st_size != size:
            raise StoreFault(f"has a file {file.relative_to(path)} that is missing or cut short")


def _array(path: Path, name: str) -> _Array:
    array = _typed(_document(path / name), _Array, f"{name}/{DOCUMENT}")
    separator = array.chunk_key_encoding.get("configuration", {"separator": "/"})
    if array.chunk_key_encoding.get("name") != "default" or separator != {"separator": "/"}:
        raise StoreFault(f"has {name} in files that are named in another way")
    if array.storage_transformers or len(array.chunks) != len(array.shape):
        raise StoreFault(f"has {name} that are stored in another way")
    return array


def _document(folder: Path) -> dict[str, Any]:
    try:
        return parse_json_object((folder / DOCUMENT).read_bytes())
    except OSError as error:
        raise StoreFault(f"has no {DOCUMENT} in {folder.name} that can be read") from error
    except JsonError as error:
        raise StoreFault(f"has a {DOCUMENT} in {folder.name} that {error}") from error


def _typed(value: Any, wanted: type, place: str) -> Any:
    try:
        return plain_value(value, wanted, "")
    except PlainValueError as error:
        raise StoreFault(f"has a {place} that cannot be used: {error}") from error
