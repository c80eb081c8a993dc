"""Text in any script, and names that are not UTF-8, in every format of tables."""

import re

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from sciarada.core.columns import make_column
from sciarada.core.embeddings import Embeddings
from sciarada.core.schema import ColumnSpec
from sciarada.errors import CatalogueError
from sciarada.io.embeddings import read_embeddings, write_embedding_parts
from sciarada.io.single_table import read_table, write_table
from sciarada.io.user_tables.reading import read_user_table
from sciarada.tabular.cells import texts

FORMATS = ("fits", "vot", "ecsv", "parquet")
WORDS = (
    *("plain", "C:\\new", 'a "quoted", one', "#1", "[SCI]"),
    *("σOct", "星系", "Spirale É", "e\u0301", "\N{GRINNING FACE}", "نجم"),
    *("raw \udcff\udc80", "two\nlines", "tab\t", " blanks ", "\x07", "\xa0"),
)
NUMBER = ColumnSpec("row", "int64", None, "meta.number", "Number of the row")
SPEC = ColumnSpec("word", "str", None, "meta.id", "A word such as σ")


def table(words):
    numbers = make_column(NUMBER, np.arange(len(words)))
    return Table([make_column(SPEC, np.array(words, np.str_)), numbers])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("word", WORDS)
def test_every_text_is_read_back(tmp_path, form, word):
    path = tmp_path / f"t.{form}"
    write_table(table(["a", "", word]), "WORDS", path)
    read = read_table(path, "WORDS")["word"]
    assert [cell or "" for cell in read.tolist()] == ["a", "", word]
    assert texts(read_user_table(path)["word"]).tolist() == ["a", "", word.strip()]


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), min_size=1))
def test_any_text_is_read_back(tmp_path_factory, words):
    folder = tmp_path_factory.mktemp("any")
    for form in FORMATS:
        write_table(table(words), "WORDS", folder / f"t.{form}")
        assert read_table(folder / f"t.{form}", "WORDS")["word"].tolist() == words


def test_ecsv_and_parquet_hold_printable_unicode_as_it_is(tmp_path):
    write_table(table(["星系"]), "WORDS", tmp_path / "t.ecsv")
    assert "星系" in (tmp_path / "t.ecsv").read_text(encoding="utf-8")
    assert Table.read(tmp_path / "t.ecsv", format="ascii.ecsv")["word"].tolist() == ["星系"]


def test_fits_says_which_columns_are_escaped(tmp_path):
    write_table(table(["C:\\new"]), "WORDS", tmp_path / "plain.fits")
    write_table(table(["C:\\new", "σ"]), "WORDS", tmp_path / "greek.fits")
    with fits.open(tmp_path / "plain.fits") as hdus:
        assert "TESC1" not in hdus[1].header
        assert hdus[1].data["word"].tolist() == ["C:\\new"]
    with fits.open(tmp_path / "greek.fits", checksum=True) as hdus:
        assert hdus[1].header["TESC1"] == "unicode-escape"
        assert hdus[1].data["word"].tolist() == ["C:\\\\new", "\\u03c3"]
        assert hdus[1].header["TCOMM1"] == "A word such as \\u03c3"


def test_columns_of_others_are_not_restored(tmp_path):
    Table({"word": ["\\u03c3"]}).write(tmp_path / "t.fits")
    assert read_user_table(tmp_path / "t.fits")["word"].tolist() == ["\\u03c3"]


@pytest.mark.parametrize(
    "damage", [(b"\\u03c3", b"\\u03zz"), (b"unicode-escape", b"other-escape  ")]
)
def test_a_damaged_escape_is_said(tmp_path, damage):
    path = tmp_path / "t.parquet"
    write_table(table(["\udcff", "\\u03c3"]), "WORDS", path)
    path = tmp_path / "t.ecsv"
    write_table(table(["\udcff", "σ"]), "WORDS", path)
    path.write_bytes(
        re.sub(re.escape(damage[0]), damage[1].replace(b"\\", b"\\\\"), path.read_bytes())
    )
    with pytest.raises(CatalogueError, match=r"damaged escape|which this version does not read"):
        read_table(path, "WORDS")


@pytest.mark.parametrize("form", FORMATS)
def test_embeddings_in_parts_have_names_in_any_script(tmp_path, form):
    names = np.array(["a", "b", "星系", "raw \udcff"])
    made = Embeddings(names, np.ones((4, 2)))
    path = tmp_path / f"e.{form}"
    write_embedding_parts(names, iter([made[:2], made[2:]]), path)
    assert read_embeddings(path).ids.tolist() == names.tolist()
