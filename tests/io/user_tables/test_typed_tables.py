"""Identifiers and labels in FITS, VOTable, ECSV and Parquet keep every digit and letter."""

import numpy as np
import pyarrow as pa
import pytest
from astropy.io import fits
from astropy.table import MaskedColumn, Table
from pyarrow import parquet

from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.cells import labels, texts

LONG = [1237648720693755918, 1237648720693755919, 5853498713190525696]
WORDS = ["007", "1e5", "inf"]


def table() -> Table:
    return Table(
        {
            "id": np.array(LONG),
            "word": WORDS,
            "gap": MaskedColumn(LONG, mask=[False, True, False]),
            "flag": [True, False, True],
        }
    )


WRITERS = {
    "t.fits": lambda path: table().write(path),
    "t.vot": lambda path: table().write(path, format="votable"),
    "binary.vot": lambda path: table().write(path, format="votable", tabledata_format="binary2"),
    "t.ecsv": lambda path: table().write(path),
    "t.parquet": lambda path: parquet.write_table(
        pa.table({n: pa.array(table()[n].tolist()) for n in table().colnames}), path
    ),
    "t.csv": lambda path: table().write(path, format="ascii.csv"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_no_digit_is_lost(tmp_path, name):
    WRITERS[name](tmp_path / name)
    read = read_user_table(tmp_path / name)
    assert texts(read["id"]).tolist() == [str(number) for number in LONG]
    assert texts(read["word"]).tolist() == WORDS
    assert texts(read["gap"]).tolist() == [str(LONG[0]), "", str(LONG[2])]
    assert labels(read["flag"]).tolist() == ["True", "False", "True"]


def test_unsigned_numbers_beyond_the_signed_range(tmp_path):
    largest = np.array([2**64 - 1, 2**63, 7], np.uint64)
    Table({"id": largest}).write(tmp_path / "t.fits")
    parquet.write_table(pa.table({"id": largest}), tmp_path / "t.parquet")
    for name in ("t.fits", "t.parquet"):
        assert texts(read_user_table(tmp_path / name)["id"]).tolist() == [*map(str, largest)]


def test_letters_of_any_encoding_in_fits(tmp_path):
    for encoding in ("utf-8", "latin-1"):
        values = np.array(["Spirale É".encode(encoding)])
        column = fits.Column("label", f"{values.dtype.itemsize}A", array=values)
        fits.BinTableHDU.from_columns([column]).writeto(tmp_path / f"{encoding}.fits")
        assert texts(read_user_table(tmp_path / f"{encoding}.fits")["label"]) == ["Spirale É"]


def test_arrow_types_that_pandas_and_polars_write(tmp_path):
    columns = {
        "category": pa.array(["a", None, "b"]).dictionary_encode(),
        "large": pa.array(["x", "y", None], pa.large_string()),
        "flag": pa.array([True, None, False]),
        "empty": pa.nulls(3),
        "vector": pa.array([[1, 2], [3, 4], [5, 6]]),
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    read = read_user_table(tmp_path / "t.parquet")
    assert texts(read["category"]).tolist() == ["a", "", "b"]
    assert texts(read["large"]).tolist() == ["x", "y", ""]
    assert texts(read["flag"]).tolist() == ["True", "", "False"]
    assert texts(read["empty"]).tolist() == ["", "", ""]
