"""Tables as FITS binary tables, such as SOURCES and COMPONENTS of a catalogue, with checksums.

astropy's own table writer keeps descriptions and UCDs in a comment that STILTS and TOPCAT
do not read, and takes half a second on wide text columns; so the rows are packed here and
each column gets ``TUNITn``, ``TCOMMn``, ``TUCDn`` and ``TNULLn`` cards. The outlines of
sources have a table of their own, see `sciarada.io.wide_text`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from astropy.io import fits
from astropy.table import MaskedColumn, Table
from astropy.utils.exceptions import AstropyUserWarning, AstropyWarning

from sciarada.core.columns import null_value
from sciarada.errors import CatalogueError
from sciarada.io.escaped_columns import MARK, ascii_table, restored
from sciarada.io.fits_damage import BROKEN
from sciarada.io.fits_source import check_promises
from sciarada.io.metadata_text import dump_metadata, load_metadata
from sciarada.io.records import to_records, unit_text
from sciarada.io.table_damage import DAMAGED
from sciarada.io.wide_text import SET_ASIDE, join_again, set_aside
from sciarada.tabular.escaping import shown
from sciarada.tabular.metadata import flat_items, plain_metadata

METADATA_KEYWORD = "METADATA"
ESCAPED = "TESC"
"""With the number of a column: the keyword that says that its text is escaped."""
_BLOCK = 2880  # bytes
_AT_ONCE = 1 << 22  # bytes that are summed at a time
_CARD_LENGTH = 80
_CHECKED = "of the HDU, as written"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def write(tables: Mapping[str, Table], meta: dict[str, Any], path: Path) -> None:
    """Write tables by name to a new FITS file, the metadata with the first."""
    tables = {name: ascii_table(table) for name, table in tables.items()}
    hdus = [_table_hdu(name, table) for name, table in set_aside(tables).items()]
    hdus[0].header.extend(metadata_cards(meta), end=True)
    hdus.insert(0, fits.PrimaryHDU())
    for hdu in hdus:
        hdu.add_checksum(when=_CHECKED)  # astropy would write the time, and the same table differ
    fits.HDUList(hdus).writeto(path)


def write_parts(name: str, parts: Iterable[Table], count: int, path: Path) -> None:
    """Write a table that comes in parts to a new FITS file, in the memory of one part.

    Parameters
    ----------
    name : str
        Name of the table.
    parts : iterable of `~astropy.table.Table`
        Its rows, in columns of one type; at least one part. The metadata are those of the first.
    count : int
        Rows of all parts together.
    path : Path
        File to make.

    Raises
    ------
    CatalogueError
        If a part has other columns than the first, such as wider text, or there are more rows
        than ``count``, or fewer.
    """
    parts = iter(parts)
    first = ascii_table(next(parts))
    header = _table_hdu(name, first).header
    header.extend(metadata_cards(plain_metadata(first.meta)), end=True)
    header["NAXIS2"] = count
    header["DATASUM"] = ("0", _CHECKED)
    primary = fits.PrimaryHDU()
    primary.add_checksum(when=_CHECKED)
    datasum = DataSum()
    with path.open("wb") as file:
        file.write(primary.header.tostring().encode("ascii"))
        start = file.tell()
        file.write(header.tostring().encode("ascii"))
        layout, written = to_records(first[:0]).dtype, 0
        for part in chain([first], parts):
            records = to_records(ascii_table(part))
            if records.dtype != layout:
                raise CatalogueError(f"a part of {name} has other columns than the first")
            rows = records.tobytes()
            datasum.add(rows)
            file.write(rows)
            written += len(records)
        if written != count:
            raise CatalogueError(f"{name} has {written} rows, but {count} were declared")
        file.write(bytes(-file.tell() % _BLOCK))
        header["DATASUM"] = (str(datasum.value), _CHECKED)
        file.seek(start)
        file.write(header.tostring().encode("ascii"))


class DataSum:
    """The sum that FITS keeps of the data of an HDU, of data that come in parts.

    After the FITS standard 4.0, appendix J: big-endian words of 32 bits, with carries added at
    the low end.
    """

    def __init__(self) -> None:
        self._total, self._rest = 0, b""

    def add(self, data: bytes) -> None:
        """Add the next bytes."""
        data = self._rest + data
        whole = len(data) // 4 * 4
        self._total += int(np.frombuffer(data[:whole], ">u4").sum(dtype=np.uint64))
        self._rest = data[whole:]

    @property
    def value(self) -> int:
        """The sum of all bytes so far, padded with zeros."""
        total = self._total + int.from_bytes(self._rest.ljust(4, b"\0"), "big")
        while total >> 32:
            total = (total & 0xFFFFFFFF) + (total >> 32)
        return total


def is_own(path: Path, name: str) -> bool:
    """Return whether the current file with this first table is from `write` or `write_parts`."""
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            with fits.open(stream, memmap=False, lazy_load_hdus=True) as hdus:
                first = hdus[1]
                written = first.name == name and METADATA_KEYWORD in first.header
                return written and all(_has_datasum(hdu, stream) for hdu in hdus[1:])
    except BROKEN:
        return False


def _has_datasum(hdu: fits.BinTableHDU, stream: BinaryIO) -> bool:
    """Return whether the data of an HDU have the sum that its header gives."""
    facts, datasum = hdu.fileinfo(), DataSum()
    stream.seek(facts["datLoc"])
    left = facts["datSpan"]
    while left and (data := stream.read(min(left, _AT_ONCE))):
        datasum.add(data)
        left -= len(data)
    return not left and hdu.header.get("DATASUM") == str(datasum.value)


def read(path: Path, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    """Return the named tables and the metadata of a FITS file after checking its checksums."""
    check_promises(path)
    with path.open("rb") as stream, warnings.catch_warnings():
        # astropy only warns of a file cut short and of a checksum that does not hold.
        warnings.simplefilter("error", AstropyUserWarning)
        try:
            with fits.open(stream, memmap=False, checksum=True) as hdus:
                return _read(hdus, names)
        except AstropyUserWarning as warning:
            raise CatalogueError(_complaint(str(warning))) from warning


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the metadata of the first table of a FITS file; its rows are not read."""
    check_promises(path)
    with path.open("rb") as stream, fits.open(stream, memmap=False) as hdus:
        header = hdus[1].header if len(hdus) > 1 else hdus[0].header
        return load_metadata(header.get(METADATA_KEYWORD, "{}"))


def _read(hdus: fits.HDUList, names: Sequence[str]) -> tuple[list[Table], dict[str, Any]]:
    for name in names:
        if name not in hdus or not isinstance(hdus[name], fits.BinTableHDU):
            raise CatalogueError(f"it has no table {name}")
    meta = load_metadata(hdus[names[0]].header.get(METADATA_KEYWORD, "{}"))
    tables = [_table(hdus[name]) for name in names]
    if SET_ASIDE in hdus:
        tables[0] = join_again(tables[0], _table(hdus[SET_ASIDE]))
    return tables, meta


def _complaint(warning: str) -> str:
    """Return the meaning of a warning of astropy for the file."""
    if "sum verification failed" in warning:
        return "its checksum does not hold: it was changed or damaged, so fetch or write it again"
    return DAMAGED


def metadata_cards(meta: dict[str, Any]) -> list[fits.Card]:
    """Return the cards of the catalogue's metadata.

    ``METADATA`` holds all of it as JSON. What fits on one card also has a card of its own,
    to be read by people, such as ``HIERARCH THRESHOLDS.PEAK = 5.0``.
    """
    cards = [fits.Card(METADATA_KEYWORD, dump_metadata(meta))]
    for name, value in flat_items(meta):
        if value is None or not _PLAIN_KEY.fullmatch(name):
            continue
        value = shown(value) if isinstance(value, str) else value
        text = f"'{value}'" if isinstance(value, str) else str(value)
        if len(f"HIERARCH {name} = {text}") <= _CARD_LENGTH - 2 and "'" not in text[1:-1]:
            cards.append(fits.Card(f"HIERARCH {name.upper()}", value))
    return cards


def _table_hdu(name: str, table: Table) -> fits.BinTableHDU:
    hdu = fits.BinTableHDU(to_records(table), name=name)
    for number, column in enumerate(table.itercols(), start=1):
        hdu.header.extend(_column_cards(number, column), end=True)
    return hdu


def _column_cards(number: int, column: MaskedColumn) -> list[fits.Card]:
    cards = [
        fits.Card(f"TCOMM{number}", shown(column.description)),
        fits.Card(f"TUCD{number}", column.meta["ucd"]),
    ]
    if column.unit is not None:
        cards.append(fits.Card(f"TUNIT{number}", unit_text(column)))
    if column.dtype.kind == "i":
        cards.append(fits.Card(f"TNULL{number}", null_value(column.dtype)))
    if MARK in column.meta:
        cards.append(fits.Card(f"{ESCAPED}{number}", column.meta[MARK], "backslash escapes"))
    return cards


def _table(hdu: fits.BinTableHDU) -> Table:
    columns = []
    for number, column in enumerate(hdu.columns, start=1):
        values = np.asarray(hdu.data.field(column.name))
        values = restored(values, hdu.header.get(f"{ESCAPED}{number}"))
        columns.append(MaskedColumn(values, name=column.name, unit=column.unit))
    return Table(columns, copy=False)
