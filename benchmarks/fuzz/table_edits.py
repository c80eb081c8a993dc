"""Damage to tables that keeps their format: other types, values, names, units, metadata."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
from astropy.io import fits
from pyarrow import parquet

from benchmarks.fuzz.odd_values import TEXTS, any_of, cell_edited, changed_json, line_edited

Random = np.random.Generator
_NUMBERS = (np.nan, np.inf, -np.inf, 0, -1, 1e300, -1e300, 1e-300, 2**40, 91, 361, -400)
_CARDS = (
    "TFORM1", "TTYPE1", "TUNIT1", "TDIM1", "TNULL1", "TSCAL1", "TZERO1", "TFIELDS", "NAXIS1",
    "NAXIS2", "PCOUNT", "GCOUNT", "EXTNAME", "XTENSION", "METADATA", "THEAP", "BITPIX",
)  # fmt: skip
_CARD_VALUES = (
    0, 1, -1, 2**31, 10**15, 3.5, "", "1D", "1PE(99)", "99999999999D", "A", "(3,4)", "Jy", "ra",
    "{", "é", True,
)  # fmt: skip


def column_changed(path: Path, random: Random) -> None:
    """Change values, type, name or unit of a column."""
    {".fits": _fits_column, ".parquet": _parquet_column}.get(path.suffix, cell_edited)(path, random)


def metadata_changed(path: Path, random: Random) -> None:
    """Change an entry of the metadata."""
    {".fits": _fits_metadata, ".parquet": _parquet_metadata}.get(path.suffix, cell_edited)(
        path, random
    )


def layout_changed(path: Path, random: Random) -> None:
    """Change what the header says of the layout."""
    {".fits": _fits_card, ".parquet": _parquet_column}.get(path.suffix, line_edited)(path, random)


def _fits_column(path: Path, random: Random) -> None:
    with _changed_fits(path) as hdu:
        if hdu is None:
            return
        names = hdu.columns.names
        column = hdu.columns[names[int(random.integers(len(names)))]]
        match int(random.integers(5)):
            case 0 if hdu.data[column.name].dtype.kind in "fi":
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    row = int(random.integers(len(hdu.data) or 1))
                    hdu.data[column.name][row : row + 3] = np.float64(any_of(_NUMBERS, random))
            case 1:
                column.name = any_of(("x", "ra", "RA", "dec", "size", column.name + "_"), random)
            case 2:
                column.unit = any_of(("Jy", "m", "foo", "deg", "hourangle", "", "10**3"), random)
            case 3:
                hdu.columns.del_col(column.name)
            case _:
                hdu.data[:] = hdu.data[random.integers(len(hdu.data) or 1, size=len(hdu.data))]


def _fits_metadata(path: Path, random: Random) -> None:
    with _changed_fits(path) as hdu:
        if hdu is not None and "METADATA" in hdu.header:
            meta = changed_json(json.loads(hdu.header["METADATA"]), random)
            text = json.dumps(meta).replace("\u007f", "?")
            hdu.header["METADATA"] = text.replace("'", "\\u0027").replace("&", "\\u0026")


def _fits_card(path: Path, random: Random) -> None:
    """Change a card as bytes, so that nothing is made good."""
    data = path.read_bytes()
    key = any_of(_CARDS, random)
    place = data.rfind(f"{key:8}=".encode())
    if place >= 0:
        value = any_of(_CARD_VALUES, random)
        text = f"'{value}'" if isinstance(value, str) else str(value).upper()
        card = f"{key:8}= {text:>20}".encode("utf-8", "replace")[:80].ljust(80)
        path.write_bytes(data[:place] + card + data[place + 80 :])


class _changed_fits:
    """Give the last or first table of a file for a change, and write it with sound checksums."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.hdus = fits.open(self.path, memmap=False)
                return next((h for h in self.hdus if isinstance(h, fits.BinTableHDU)), None)
            except Exception:  # damaged already by an earlier step
                self.hdus = None
                return None

    def __exit__(self, *raised) -> bool:
        if self.hdus is not None and raised[0] is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    self.hdus.writeto(self.path, overwrite=True, checksum=True)
                except Exception:  # astropy cannot write it: the sound file stays
                    return True
        return True


def _parquet_column(path: Path, random: Random) -> None:
    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError):
        return
    number = int(random.integers(table.num_columns))
    name = table.column_names[number]
    count = table.num_rows
    values = any_of(
        (
            [None] * count, [float("nan")] * count, [-1] * count, [2**60] * count, ["é"] * count,
            [any_of(TEXTS, random)] * count, [True] * count, [[1.0, 2.0]] * count,
            [b"\xff"] * count, [{"a": 1}] * count, [1e300] * count, [0.0] * count,
        ),
        random,
    )  # fmt: skip
    match int(random.integers(3)):
        case 0:
            table = table.remove_column(number)
        case 1:
            table = table.rename_columns(
                [any_of(("ra", "", "x", "é"), random) if n == number else c
                 for n, c in enumerate(table.column_names)]
            )  # fmt: skip
        case _:
            table = table.set_column(number, name, pa.array(values))
    parquet.write_table(table, path)


def _parquet_metadata(path: Path, random: Random) -> None:
    try:
        table = parquet.read_table(path)
    except (pa.ArrowException, OSError):
        return
    meta = json.loads((table.schema.metadata or {}).get(b"sciarada", b"{}"))
    text = json.dumps(changed_json(meta, random)).encode()
    parquet.write_table(table.replace_schema_metadata({b"sciarada": text}), path)


OF_TABLES = (column_changed, metadata_changed, layout_changed)
